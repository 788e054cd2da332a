/* The blocks of steps: which one shows a cue, and where its terminal belongs, in pixels of the screen: over the rectangle of
   its output, below its commands. */
(() => {
  "use strict";

  const COLUMNS = 100;
  const NARROW_COLUMNS = 80;
  /* Text that would be smaller than this part of the theme's size gets the narrow terminal. */
  const SMALLEST = 0.6;
  const LEAST_ROWS = 10;
  const GAP = 24;

  const number = (text) => parseFloat(text) || 0;

  /* The look of recorded output, in the units of the canvas: the theme's own rules say it. */
  let look;
  const readLook = () => {
    const probe = document.createElement("div");
    probe.style.cssText = "position: absolute; visibility: hidden; pointer-events: none";
    probe.innerHTML = '<div class="output"><pre class="terminal"><code></code></pre></div>';
    document.querySelector(".reveal").append(probe);
    const output = getComputedStyle(probe.firstElementChild);
    const pre = probe.querySelector("pre");
    const text = getComputedStyle(pre);
    const colour = (value) => {
      pre.style.color = value;
      return getComputedStyle(pre).color;
    };
    look = {
      family: text.fontFamily,
      size: number(text.fontSize),
      leading: number(text.lineHeight) / number(text.fontSize),
      padding: { top: number(text.paddingTop), right: number(text.paddingRight), bottom: number(text.paddingBottom), left: number(text.paddingLeft) },
      background: output.backgroundColor,
      foreground: text.color,
      accent: colour("var(--accent)"),
      onAccent: colour("var(--on-accent)"),
      line: colour("var(--line)"),
      quiet: colour("var(--quiet)"),
      palette: Array.from({ length: 16 }, (_, index) => colour(`var(--ansi-${index})`)),
    };
    const context = document.createElement("canvas").getContext("2d");
    context.font = `100px ${look.family}`;
    look.advance = context.measureText("W").width / 100;
    probe.remove();
    return look;
  };

  /* Whole pixels of the device, so that no row is blurred. */
  const snap = (length) => Math.round(length * devicePixelRatio) / devicePixelRatio;

  /* The place of the terminal of *block*, a step's figure on the slide that is shown. */
  const findPlace = (block) => {
    const { size, leading, padding, advance } = look ?? readLook();
    const card = block.querySelector(".card");
    const commands = card.querySelector(".commands").getBoundingClientRect();
    const output = card.querySelector(".output");
    const box = card.getBoundingClientRect();
    const slide = block.closest("section");
    const area = slide.getBoundingClientRect();
    const scale = area.height / slide.offsetHeight;
    // With what deck.js has zoomed.
    const unit = box.width / number(getComputedStyle(card).width);
    const margin = number(getComputedStyle(slide).paddingBottom) * scale;

    const inner = box.width - (padding.left + padding.right) * unit;
    const fontFor = (columns) => Math.min(size * unit, inner / (columns * advance));
    let columns = COLUMNS;
    let font = fontFor(columns);
    if (font < SMALLEST * size * unit) font = fontFor((columns = NARROW_COLUMNS));

    // Snapped edges: xterm.js draws rows at whole pixels.
    const left = snap(box.left);
    let top = snap(commands.bottom);
    const around = (padding.top + padding.bottom) * unit;
    const rowsIn = (height, size) => Math.floor((height - around) / snap(size * leading));
    const bottom = area.bottom - margin;
    const fit = rowsIn(bottom - top, font);
    let small = font;
    let lowest = bottom;
    // Where there is little room, ten rows are smaller and lower, if they are all needed; at last over the commands.
    if (fit < LEAST_ROWS) {
      lowest = area.bottom - GAP * scale;
      while (rowsIn(lowest - top, small) < LEAST_ROWS && small > SMALLEST * size * unit) small *= 0.95;
      const height = around + LEAST_ROWS * snap(small * leading);
      if (height > lowest - top) top = Math.max(0, snap(lowest - height));
    }
    const below = Array.from(slide.querySelectorAll("figure.step"))
      .map((other) => other.getBoundingClientRect().top)
      .filter((start) => start > commands.bottom);
    return {
      left,
      top,
      width: snap(box.right) - left,
      recorded: output?.offsetParent ? Math.max(0, output.getBoundingClientRect().bottom - top) : 0,
      free: Math.min(area.bottom - margin, ...below.map((start) => start - GAP * scale)) - top,
      unit,
      font,
      cell: snap(font * leading),
      columns,
      rows: Math.max(LEAST_ROWS, fit),
      /* The number of rows that fit at the size of the theme; if more are needed, all are smaller. */
      fit,
      small,
      smallCell: snap(small * leading),
      around,
    };
  };

  /* The steps that slides show, as the server lists them, each with its occurrence on its slide. */
  let steps = [];
  const setOrder = (list) => {
    const counts = new Map();
    steps = list.map((step) => {
      const key = `${step.slide} ${step.step}`;
      const nth = counts.get(key) ?? 0;
      counts.set(key, nth + 1);
      return { ...step, nth };
    });
  };
  const stepsOn = (section) => steps.filter((step) => section && step.slide === window.Live.numberOf(section));

  /* The figure that shows *cue*, wherever it is. */
  const findBlock = (cue) => {
    const step = steps.find((other) => other.cue === cue);
    const section = step && window.Live.sectionOf(step.slide);
    const figures = Array.from(section?.querySelectorAll("figure.step") ?? []).filter((figure) => figure.dataset.step === step.step);
    return figures[step?.nth]?.querySelector(".card > .commands") ? figures[step.nth] : undefined;
  };

  /* The same if it is on the screen as it stays: not in the overview or the scroll view, and not in a fragment to come. */
  const findShown = (cue) => {
    if (!Reveal.isReady() || Reveal.isOverview() || Reveal.isScrollView?.()) return undefined;
    const block = findBlock(cue);
    return block?.closest("section") === Reveal.getCurrentSlide() && !block.closest(".fragment:not(.visible)") ? block : undefined;
  };

  /* After the theme has changed. */
  const forgetLook = () => { look = undefined; };

  window.Live.blocks = { setOrder, stepsOn, findBlock, findShown, findPlace, forgetLook, look: () => look ?? readLook(), all: () => steps };
})();
