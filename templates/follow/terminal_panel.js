/* The terminal of the step that was performed last. */
(() => {
  "use strict";

  const { Live } = window;
  const LARGEST = 20;
  /* Smaller text could not be read: then there is a scroll bar. A phone is held closer. */
  const smallest = () => (innerWidth < 900 ? 9.5 : 12);

  const box = document.querySelector(".terminal-box");
  const screen = box.querySelector(".reveal");
  const title = box.querySelector("h2");
  const mark = box.querySelector(".mark");
  let view = null;
  let running = false;

  const snap = (length) => Math.round(length * devicePixelRatio) / devicePixelRatio;

  const layout = () => {
    if (!view || !screen.clientWidth) return;
    const { size, leading, padding, advance } = Live.blocks.look();
    const sides = (padding.left + padding.right) / size;
    const fitting = screen.clientWidth / (view.columns * advance + sides);
    const font = Math.max(smallest(), Math.min(LARGEST, fitting));
    const unit = font / size;
    const cell = snap(font * leading);
    const width = Math.max(screen.clientWidth, Math.ceil((view.columns * advance + sides) * font));
    const around = (padding.top + padding.bottom) * unit;
    const place = { left: 0, top: 0, width, unit, font, cell, around, recorded: 0, free: 0, fit: Infinity, small: font, smallCell: cell };
    view.put(place, { settled: false });
    screen.style.setProperty("--least", `${around + 3 * cell}px`);
  };

  const label = () => {
    box.hidden = !view;
    document.body.classList.toggle("with-terminal", Boolean(view));
    const state = view?.recorded ? "recorded" : running ? "live" : "done";
    mark.className = `mark ${state}`;
    mark.textContent = { recorded: "recorded", live: "running", done: "" }[state];
  };

  /* At the end, unless the reader has scrolled up. */
  const write = (text) => {
    const atEnd = screen.scrollTop + screen.clientHeight > screen.scrollHeight - 40;
    view?.write(text, () => {
      if (atEnd) requestAnimationFrame(() => { screen.scrollTop = screen.scrollHeight; });
    });
  };

  const terminal = async ({ cue, recorded, rows, columns, caption, text }) => {
    if (cue === null) {
      view?.dispose();
      view = null;
      return label();
    }
    box.hidden = false;
    await Live.loadTerminals();
    if (view?.cue === cue) view.begin({ recorded, rows, columns });
    else {
      view?.dispose();
      view = new Live.StepTerminal({ cue, recorded, rows, columns, typed: () => {} });
    }
    title.textContent = caption;
    label();
    layout();
    if (text) write(text);
  };

  let chain = Promise.resolve();
  const later = (task) => (message) => {
    chain = chain.then(() => task(message)).catch((error) => console.warn("quarterdeck:", error));
  };

  new ResizeObserver(layout).observe(screen);
  Live.terminalPanel = {
    everything: later((message) => {
      running = message.running;
      return terminal(message.terminal ?? { cue: null });
    }),
    terminal: later(terminal),
    output: later(({ text }) => write(text)),
    size: later(({ rows, columns }) => {
      if (view) Object.assign(view, { rows, columns });
      layout();
    }),
    running: later((message) => {
      running = message.running;
      label();
    }),
  };
})();
