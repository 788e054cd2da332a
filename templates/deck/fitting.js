/* Fitting: contents that are too large for their slide get smaller, and long outputs scroll. */
(() => {
  "use strict";

  const all = (root, selector) => Array.from(root.querySelectorAll(selector));

  const COLUMN = 0.6 * 32;
  const SIZES = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58];
  const SCROLLING = 0.76;
  const LEAST_HEADING = 0.82;
  const SCROLLERS = ".terminal, pre:not(.commands, .terminal)";
  const PICTURES = ".picture > img, .diagram";
  const TIGHTENED = "table, pre:not(.commands, .terminal)";
  const WIDE = "table, .r-fit-text, .katex-html > .base";
  const printing = /[?&](view=print|print-pdf)/.test(location.search);

  /* Code with lines that are too long at 32 px gets a smaller font. */
  const sizeCode = (pre) => {
    const longest = Math.max(...pre.textContent.split("\n").map((line) => line.length));
    const { paddingLeft, paddingRight } = getComputedStyle(pre);
    const columns = Math.floor((pre.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)) / COLUMN);
    const taken = pre.classList.contains("commands") ? 3 : pre.querySelector("[data-line-numbers]") ? 5 : 0;
    pre.classList.toggle("wide", longest + taken > columns);
  };

  /* How far the contents reach below the margin of the slide, in pixels of the canvas. */
  const excess = (slide) => {
    const box = slide.getBoundingClientRect();
    const scale = box.height / slide.offsetHeight;
    const parts = Array.from(slide.children).filter((part) => part.offsetParent && getComputedStyle(part).position !== "absolute");
    const bottom = Math.max(0, ...parts.map((part) => part.getBoundingClientRect().bottom - box.top));
    return bottom / scale - (slide.clientHeight - parseFloat(getComputedStyle(slide).paddingBottom));
  };

  /* Make a slide's contents fit. Code and tables get tighter, then outputs, code and pictures shorter; then everything
     gets a little smaller; then, of several outputs that are fragments, only the last one shown is open; then long
     words in tables break. Contents that do not fit even so scroll. */
  const fit = (slide) => {
    if (!slide.offsetHeight) return;
    const notes = slide.querySelector(":scope > .footnotes");
    if (notes) slide.style.setProperty("--foot", `${notes.offsetHeight + 16}px`);
    const outputs = all(slide, ".output.fragment");
    slide.classList.remove("folding", "breaking", "overfull");
    for (const part of slide.children) part.style.zoom = "";
    all(slide, "pre:not(.terminal)").forEach(sizeCode);
    if (SIZES.slice(0, 3).some((size) => fits(slide, size))) return finish(slide);
    if (outputs.length > 1 && !printing) {
      slide.classList.add("folding");
      const everyState = (size) => outputs.every((output) => (open(slide, output), fits(slide, size)));
      if (SIZES.some(everyState)) return finish(slide);
    } else if (SIZES.slice(3).some((size) => fits(slide, size))) {
      return finish(slide);
    } else {
      slide.classList.add("breaking");
      if (SIZES.some((size) => fits(slide, size))) return finish(slide);
    }
    if (!printing && excess(slide) > 0.5) {
      fits(slide, SCROLLING);
      slide.classList.add("overfull");
    }
    return finish(slide);
  };

  /* Show the contents at *size*, with code and tables as tight as necessary; returns whether they fit. */
  const fits = (slide, size) => {
    for (const part of slide.children) {
      if (part.matches("aside, .folder")) continue;
      const own = part.matches("h1, h2") ? Math.max(size, LEAST_HEADING) : size;
      part.style.zoom = own === 1 ? "" : own;
    }
    slide.classList.remove("tight", "tighter");
    release(slide);
    for (const name of ["tight", "tighter"]) if (slide.querySelector(TIGHTENED) && excess(slide) > 0) slide.classList.add(name);
    return shorten(slide) <= 0.5 && beyond(slide) <= 0.5;
  };

  /* How far the contents reach beyond the right margin, in pixels of the screen. */
  const beyond = (slide) => {
    const parts = all(slide, WIDE).filter((part) => part.offsetParent && getComputedStyle(part).position !== "absolute");
    if (!parts.length) return 0;
    const box = slide.getBoundingClientRect();
    const margin = (parseFloat(getComputedStyle(slide).paddingRight) * box.height) / slide.offsetHeight;
    return Math.max(...parts.map((part) => part.getBoundingClientRect().right)) - (box.right - margin);
  };

  /* On a folding slide, open one of the outputs that are fragments, and close the others. */
  const open = (slide, chosen) => {
    for (const output of all(slide, ".output.fragment")) output.classList.toggle("open", output === chosen);
  };

  /* Update the slide for its visible fragments. */
  const finish = (slide) => {
    if (slide.classList.contains("folding")) {
      open(slide, all(slide, ".output.fragment.visible").pop());
      shorten(slide);
    }
    for (const block of all(slide, SCROLLERS)) if (block.offsetParent) showRest(block);
    if (slide.classList.contains("overfull")) showRest(slide);
    else slide.classList.remove("overflowing");
  };

  /* Shorten blocks and pictures down to their minimum, the tallest first; returns the remaining excess, in pixels. */
  const shorten = (slide) => {
    const blocks = release(slide);
    const least = (block) => (block.matches(PICTURES) ? 240 : 3 * lineHeight(block) + 40);
    let over = excess(slide);
    for (let round = 0; over > 0 && blocks.length && round < 40; round += 1, over = excess(slide)) {
      const heights = blocks.map((block) => block.offsetHeight);
      const tallest = Math.max(...heights);
      const many = blocks.filter((_, index) => heights[index] === tallest);
      const next = Math.max(0, ...heights.filter((height) => height < tallest));
      const height = Math.floor(Math.max(next, tallest - over / many.length, ...many.map(least)));
      if (height >= tallest) break;
      for (const block of many) block.style.maxHeight = `${height}px`;
    }
    return over;
  };

  /* Undo shortening; returns the blocks and pictures that can be shortened. */
  const release = (slide) => {
    const blocks = all(slide, `${SCROLLERS}, ${PICTURES}`).filter((block) => block.offsetParent);
    for (const block of blocks) {
      block.dataset.maxHeight ??= block.style.maxHeight;
      block.style.maxHeight = block.dataset.maxHeight || (block.matches(PICTURES) ? "" : "none");
    }
    return blocks;
  };

  const lineHeight = (block) => parseFloat(getComputedStyle(block).lineHeight);

  /* Fade a block that continues below its edge, and show how many lines are hidden. */
  const showRest = (block) => {
    const below = block.scrollHeight - block.clientHeight - block.scrollTop;
    const lines = Math.round(below / lineHeight(block));
    const overflowing = block.scrollHeight > block.clientHeight + 2;
    block.classList.toggle("overflowing", overflowing);
    block.classList.toggle("at-end", lines < 1);
    // Only blocks that scroll take the keyboard focus.
    if (overflowing) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
    const output = block.closest(".output");
    if (!output) return;
    if (lines < 1) delete output.dataset.hidden;
    else output.dataset.hidden = `${lines} more ${lines === 1 ? "line" : "lines"}`;
  };

  /* Keys scroll the focused block; reveal.js does not get them. */
  const onKey = (event) => {
    const block = event.target.closest?.(`:is(${SCROLLERS}, section).overflowing`);
    if (!block) return;
    const line = lineHeight(block);
    const page = block.clientHeight - line;
    const by = { ArrowDown: line, ArrowUp: -line, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    block.scrollTop = Math.min(Math.max(block.scrollTop + by, 0), block.scrollHeight);
    event.preventDefault();
    event.stopPropagation();
  };

  const reveal = document.querySelector(".reveal");
  // Captured, because scroll events do not bubble, and reveal.js handles keys on an ancestor.
  const onScroll = ({ target }) => target.matches?.(`${SCROLLERS}, section`) && showRest(target);
  reveal.addEventListener("scroll", onScroll, { capture: true, passive: true });
  reveal.addEventListener("keydown", onKey, { capture: true });

  window.Deck = Object.assign(window.Deck ?? {}, { fit, finish, printing });
})();
