/* What a deck does in the browser beyond reveal.js: copying commands, stepping through lines of code,
   and giving each output its share of the slide. A classic script, because modules do not load from file://. */
(() => {
  "use strict";

  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  // ---- Copying

  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // From file:// or without permission: the old way, with a field that nobody sees.
      const field = document.createElement("textarea");
      field.value = text;
      field.style.cssText = "position: fixed; opacity: 0";
      document.body.append(field);
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      if (!copied) throw new Error("the browser does not let this page copy");
    }
  };

  const onCopy = async (button) => {
    const say = (state, label) => {
      button.classList.toggle("copied", state);
      button.setAttribute("aria-label", label);
    };
    try {
      await copyText(button.dataset.copy);
      say(true, "Copied");
    } catch {
      say(false, "Could not copy");
    }
    button.blur();
    setTimeout(() => say(false, "Copy the commands"), 1500);
  };

  // ---- Code: which lines are lit

  /* "1-2|4" is [Set{1, 2}, Set{4}]; a part without numbers lights every line. */
  const parseSteps = (text) =>
    text.split("|").map((part) => {
      const lines = new Set();
      for (const [, first, last] of part.matchAll(/(\d+)(?:\s*-\s*(\d+))?/g)) {
        for (let line = +first; line <= +(last ?? first); line += 1) lines.add(line);
      }
      return lines;
    });

  /* The first step shows with the slide; each further one is a fragment, an empty element after the code. */
  const prepareSteps = (code) => {
    const from = (parseInt(code.dataset.lnStartFrom, 10) || 1) - 1;
    code.style.setProperty("--from", from);
    code.style.setProperty("--digits", Math.max(2, String(from + all(code, ".line").length).length));
    const steps = parseSteps(code.dataset.lineNumbers);
    const pre = code.parentElement;
    if (!pre.querySelector(":scope > .code-step")) {
      for (const _ of steps.slice(1)) {
        const fragment = document.createElement("span");
        fragment.className = "fragment code-step";
        if (code.dataset.fragmentIndex) fragment.dataset.fragmentIndex = +code.dataset.fragmentIndex + all(pre, ".code-step").length;
        pre.append(fragment);
      }
    }
    light(code);
  };

  const light = (code) => {
    const steps = parseSteps(code.dataset.lineNumbers);
    const lit = steps[all(code.parentElement, ":scope > .code-step.visible").length] ?? new Set();
    const lines = all(code, ".line");
    code.classList.toggle("steps", lit.size > 0);
    lines.forEach((line, index) => line.classList.toggle("lit", lit.has(index + 1)));
    const pre = code.parentElement;
    const first = lines.find((line) => line.classList.contains("lit"));
    if (first && pre.scrollHeight > pre.clientHeight) pre.scrollTop = first.offsetTop - pre.clientHeight / 3;
  };

  // ---- What needs the whole slide to be known

  /* A paragraph that holds a picture and nothing else; CSS cannot see text. */
  const markPictures = (root) => {
    for (const image of all(root, "p > img, p > a > img")) {
      const paragraph = image.closest("p");
      if (paragraph.textContent.trim() || all(paragraph, "img").length > 1) continue;
      image.parentElement.classList.add("picture");
      const asWritten = !["style", "width", "height", "class"].some((name) => image.hasAttribute(name));
      if (asWritten) image.classList.add("filling");
    }
  };

  /* Columns of numbers are right-aligned, unless the table says otherwise. */
  const alignNumbers = (table) => {
    const rows = all(table, "tbody tr").map((row) => Array.from(row.cells));
    const heads = Array.from(table.tHead?.rows[0]?.cells ?? []);
    const numeric = (cell) => /^[-+±~]?[\d.,\u202f\u00a0 ]*\d\s?(%|[a-zA-Zµ]{1,3})?$/.test(cell.textContent.trim());
    (rows[0] ?? []).forEach((_, column) => {
      const cells = rows.map((row) => row[column]).filter((cell) => cell?.textContent.trim());
      if (!cells.length || !cells.every(numeric)) return;
      for (const cell of [heads[column], ...cells]) {
        if (cell && !cell.style.textAlign && !cell.hasAttribute("align")) cell.classList.add("number");
      }
    });
  };

  /* Lines that are too long for their block at size 32 make its type smaller. */
  const sizeCode = (pre) => {
    const longest = Math.max(...pre.textContent.split("\n").map((line) => line.length));
    const { paddingLeft, paddingRight } = getComputedStyle(pre);
    const columns = Math.floor((pre.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight)) / COLUMN);
    const taken = pre.classList.contains("commands") ? 3 : pre.querySelector("[data-line-numbers]") ? 5 : 0;
    pre.classList.toggle("wide", longest + taken > columns);
  };

  const COLUMN = 0.6 * 32;

  /* A slide of the class "section", with a heading and nothing else, or with one of the first level and a line below
     it, starts a section. */
  const markChapters = (root) => {
    let number = 0;
    for (const slide of all(root, "section:not(.title-slide)")) {
      if (slide.querySelector(":scope > section")) continue;
      const parts = Array.from(slide.children).filter((part) => !part.matches("aside, .folder, script, style"));
      const [heading, line] = parts;
      const text = Array.from(slide.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      const alone = heading?.matches("h1, h2") && !text && (
        slide.matches(".section") ||
        parts.length === 1 ||
        (parts.length === 2 && heading.matches("h1") && line.matches("p") && !line.querySelector("img, svg")));
      if (!alone || slide.dataset.visibility === "hidden") continue;
      slide.classList.add("chapter");
      heading.dataset.number = number += 1;
    }
  };

  /* A link without words shows the sign that the page has for it, unless a style shows something there. */
  const signLinks = (root) => {
    for (const link of all(root, "a[data-sign]:empty")) {
      const shows = (part) => !["none", "normal"].includes(getComputedStyle(link, part).content);
      const { backgroundImage, maskImage } = getComputedStyle(link);
      const symbol = document.getElementById(link.dataset.sign);
      if (!symbol || shows("::before") || shows("::after") || (backgroundImage + maskImage).includes("(")) continue;
      const { width, height } = symbol.viewBox.baseVal;
      const use = `<use href="#${symbol.id}"/>`;
      const stroke = symbol.hasAttribute("stroke") ? 'stroke-width="2"' : "";
      link.innerHTML = `<svg class="glyph" width="${width / height}em" height="1em" ${stroke} aria-hidden="true">${use}</svg>`;
    }
  };

  /* A link that shows an icon and no words says where it leads. */
  const nameLinks = (root) => {
    for (const link of all(root, "section a[href]")) {
      if (link.textContent.trim() || link.ariaLabel || link.title || link.querySelector("img[alt]:not([alt='']), svg[aria-label]")) continue;
      link.setAttribute("aria-label", link.getAttribute("href").replace(/^[a-z]+:\/\/(www\.)?|[/#]$/g, ""));
    }
  };

  // ---- Each output its share

  const SCROLLERS = ".terminal, pre:not(.commands, .terminal)";
  const PICTURES = ".picture > img, .diagram";
  const TIGHTENED = "table, pre:not(.commands, .terminal)";
  const WIDE = "table, .r-fit-text, .katex-html > .base";

  /* How far the contents reach below the margin of the slide, in pixels of the canvas. */
  const excess = (slide) => {
    const box = slide.getBoundingClientRect();
    const scale = box.height / slide.offsetHeight;
    const parts = Array.from(slide.children).filter((part) => part.offsetParent && getComputedStyle(part).position !== "absolute");
    const bottom = Math.max(0, ...parts.map((part) => part.getBoundingClientRect().bottom - box.top));
    return bottom / scale - (slide.clientHeight - parseFloat(getComputedStyle(slide).paddingBottom));
  };

  /* Make a slide's contents fit: code and tables get tighter, then outputs, code and pictures shorter; then all of it
     gets a little smaller; then, where several outputs come one after the other, only the last one that came is open.
     At last long words in tables break. Where contents do not fit even so, the slide scrolls. */
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

  const SIZES = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58];
  const SCROLLING = 0.76;
  const LEAST_HEADING = 0.82;

  /* Show the contents at *size*, code and tables as tight as it takes, and say whether the slide holds them. */
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

  /* On a slide that folds, open one output that waits for its key press, and close the others. */
  const open = (slide, chosen) => {
    for (const output of all(slide, ".output.fragment")) output.classList.toggle("open", output === chosen);
  };

  /* The state that belongs to the fragments shown now. */
  const finish = (slide) => {
    if (slide.classList.contains("folding")) {
      open(slide, all(slide, ".output.fragment.visible").pop());
      shorten(slide);
    }
    for (const block of all(slide, SCROLLERS)) if (block.offsetParent) showRest(block);
    if (slide.classList.contains("overfull")) showRest(slide);
    else slide.classList.remove("overflowing");
  };

  /* Shorten the tallest blocks and pictures first, but only so far; what is still too much, in pixels. */
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

  /* Give the blocks and pictures of a slide the heights that they have by themselves, and say which they are. */
  const release = (slide) => {
    const blocks = all(slide, `${SCROLLERS}, ${PICTURES}`).filter((block) => block.offsetParent);
    for (const block of blocks) {
      block.dataset.maxHeight ??= block.style.maxHeight;
      block.style.maxHeight = block.dataset.maxHeight || (block.matches(PICTURES) ? "" : "none");
    }
    return blocks;
  };

  const lineHeight = (block) => parseFloat(getComputedStyle(block).lineHeight);

  /* Fade what goes on below, and say how many lines that is. */
  const showRest = (block) => {
    const below = block.scrollHeight - block.clientHeight - block.scrollTop;
    const lines = Math.round(below / lineHeight(block));
    const overflowing = block.scrollHeight > block.clientHeight + 2;
    block.classList.toggle("overflowing", overflowing);
    block.classList.toggle("at-end", lines < 1);
    // What scrolls, and only that, can be reached by the keyboard.
    if (overflowing) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
    const output = block.closest(".output");
    if (!output) return;
    if (lines < 1) delete output.dataset.hidden;
    else output.dataset.hidden = `${lines} more ${lines === 1 ? "line" : "lines"}`;
  };

  /* The keys that scroll do so while an output has the focus, and reveal.js does not see them. */
  const onOutputKey = (event) => {
    const block = event.currentTarget;
    if (!block.classList.contains("overflowing")) return;
    const line = lineHeight(block);
    const page = block.clientHeight - line;
    const by = { ArrowDown: line, ArrowUp: -line, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    block.scrollTop = Math.min(Math.max(block.scrollTop + by, 0), block.scrollHeight);
    event.preventDefault();
    event.stopPropagation();
  };

  // ---- Putting it together

  const prepare = (root) => {
    // What speaker notes hold is nothing to be shown by a key press.
    for (const part of all(root, "aside .fragment")) part.classList.remove("fragment");
    markPictures(root);
    markChapters(root);
    all(root, "section table:not(.events)").forEach(alignNumbers);
    all(root, "code[data-line-numbers]").forEach(prepareSteps);
    for (const button of all(root, "button.copy")) {
      button.setAttribute("aria-label", "Copy the commands");
      button.title = "Copy the commands";
    }
    signLinks(root);
    nameLinks(root);
    for (const box of all(root, "li input[type=checkbox]:not([aria-label])")) box.setAttribute("aria-label", box.checked ? "Done" : "To do");
    for (const block of all(root, `${SCROLLERS}, section`)) {
      block.addEventListener("scroll", () => showRest(block), { passive: true });
      block.addEventListener("keydown", onOutputKey);
    }
    for (const output of all(root, ".output")) output.removeAttribute("tabindex");
    for (const screen of all(root, ".terminal")) {
      screen.setAttribute("role", "group");
      screen.setAttribute("aria-label", "Output");
    }
  };

  const reveal = document.querySelector(".reveal");
  const printing = /[?&](view=print|print-pdf)/.test(location.search);
  const fitAll = () => {
    const sections = all(reveal, ".slides section");
    // For print all slides are shown at once, and reveal.js counts their pages before it shows them.
    if (printing) for (const section of sections) section.style.display = "block";
    sections.filter((section) => !section.querySelector(":scope > section")).forEach(fit);
  };
  // A class, since `.reveal:has(.present)` in a style sheet is searched for anew for each of a thousand slides.
  const markTitle = () => reveal.classList.toggle("at-title", Boolean(Reveal.getCurrentSlide()?.matches(".title-slide")));
  /* reveal.js takes a ground for dark up to half of its brightness; on green and turquoise white is pale long before. */
  const markGrounds = () => {
    for (const slide of all(reveal, ".slides section.has-dark-background")) {
      const ground = Reveal.getSlideBackground(slide);
      const channels = ground ? getComputedStyle(ground).backgroundColor.match(/[\d.]+/g).map(Number) : [];
      if (channels.length < 3 || channels[3] < 1) continue;
      const [red, green, blue] = channels.map((one) => (one <= 10 ? one / 3295 : ((one / 255 + 0.055) / 1.055) ** 2.4));
      if (0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.21) continue;
      const shown = slide === Reveal.getCurrentSlide() ? [reveal, Reveal.getViewportElement()] : [];
      for (const one of [slide, ...shown]) {
        one.classList.remove("has-dark-background");
        one.classList.add("has-light-background");
      }
    }
  };
  const lightAll = () => all(reveal, "code[data-line-numbers]").forEach(light);

  reveal.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) onCopy(button);
  });

  prepare(reveal);
  Reveal.on("ready", () => {
    // reveal.js calls itself an application, which keeps screen readers from reading the slides.
    reveal.removeAttribute("role");
    markTitle();
    markGrounds();
    fitAll();
    document.fonts?.ready.then(fitAll);
    addEventListener("load", fitAll);
  });
  Reveal.on("slidechanged", (event) => {
    markTitle();
    fit(event.currentSlide);
  });
  Reveal.on("sync", markGrounds);
  Reveal.on("overviewshown", fitAll);
  for (const name of ["fragmentshown", "fragmenthidden"]) Reveal.on(name, () => finish(Reveal.getCurrentSlide()));
  for (const name of ["fragmentshown", "fragmenthidden", "slidechanged", "sync"]) Reveal.on(name, lightAll);
  Reveal.on("pdf-ready", () => {
    lightAll();
    fitAll();
  });

  // Below this width reveal.js lets slides scroll: a narrower canvas gives them larger type on a phone.
  const narrow = innerWidth <= 435;

  const start = () => Reveal.initialize({
    width: narrow ? 1200 : 1920,
    height: 1080,
    scrollLayout: "compact",
    margin: 0,
    minScale: 0.05,
    maxScale: 4,
    center: false,
    controls: false,
    progress: true,
    slideNumber: "c/t",
    hash: true,
    transition: "none",
    backgroundTransition: "none",
    pdfSeparateFragments: false,
    autoAnimate: !calm,
    ...JSON.parse(document.querySelector("script#reveal-options")?.textContent || "{}"),
    ...(calm ? { transition: "none", backgroundTransition: "none", autoAnimate: false } : {}),
    plugins: typeof RevealNotes === "undefined" ? [] : [RevealNotes],
  });

  // Diagrams are drawn when the slides have started (diagrams.js), but for paper before.
  reveal.addEventListener("drawn", (event) => fit(event.target.closest(".slides section")));
  if (printing) Promise.resolve(window.DeckDiagrams?.draw()).then(start);
  else start();
})();
