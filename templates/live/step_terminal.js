/* The terminal of one step: xterm.js in a box beside `.slides`, since text inside it, which reveal.js scales, could not be
   selected. It knows neither the server nor who may type. */
(() => {
  "use strict";

  const SCROLLBACK = 5000;
  /* Where the files of xterm.js are. */
  const ASSETS = document.currentScript.dataset.vendor ?? "/_live/vendor";
  /* Forget everything: screen, lines above it, modes. */
  const RESET = "\x1bc";

  const TRIES = 5;
  const PAUSE_MS = 300;

  /* Chromium aborts requests when a network of this machine changes, as stages make it do: they are tried again. */
  const loadFile = async (name, make) => {
    for (let left = TRIES; left; left -= 1) {
      const element = make(`${ASSETS}/${name}`);
      element.dataset.triesAgain = "";
      const loaded = await new Promise((done) => {
        element.onload = () => done(true);
        element.onerror = () => done(false);
        document.head.append(element);
      });
      if (loaded) return;
      element.remove();
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
    throw new Error(`could not load ${name}`);
  };
  const loadScript = (name) => loadFile(name, (src) => Object.assign(document.createElement("script"), { src }));
  // In the body: the style sheets in the head are compared with those of the next build.
  const loadSheet = (name) => loadFile(name, (href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href }));

  let library;
  /* xterm.js, its addon and the theme's font, loaded once. */
  const loadLibrary = () => (library ??= (async () => {
    const { family, size } = window.Live.blocks.look();
    await Promise.all([
      loadSheet("xterm.css"),
      loadScript("xterm.js").then(() => loadScript("addon-unicode-graphemes.js")),
      // Without its font, text is still readable.
      ...["", "bold ", "italic "].map((style) => document.fonts.load(`${style}${size}px ${family}`).catch(() => null)),
    ]);
  })());

  const theme = () => {
    const { background, foreground, accent, onAccent, line, quiet, palette } = window.Live.blocks.look();
    const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
    const bright = (name) => `bright${name[0].toUpperCase()}${name.slice(1)}`;
    return {
      background,
      foreground,
      cursor: accent,
      cursorAccent: onAccent,
      selectionBackground: accent,
      selectionForeground: onAccent,
      selectionInactiveBackground: accent,
      scrollbarSliderBackground: line,
      scrollbarSliderHoverBackground: quiet,
      scrollbarSliderActiveBackground: quiet,
      ...Object.fromEntries(names.flatMap((name, index) => [[name, palette[index]], [bright(name), palette[index + 8]]])),
    };
  };

  /* What a program must not do to the page: titles, colours of the theme, links, notifications, the clipboard; and what it
     asks the terminal, which would be answered as if somebody had typed. The server removes all this, too. */
  const OSC = [0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 12, 50, 52, 104, 105, 110, 111, 112, 133, 633, 777, 1337];
  const CSI = [{ final: "c" }, { prefix: ">", final: "c" }, { prefix: "=", final: "c" }, { final: "n" }, { prefix: "?", final: "n" },
    { intermediates: "$", final: "p" }, { prefix: "?", intermediates: "$", final: "p" }, { prefix: ">", final: "q" }, { final: "t" }];
  const DCS = [{ intermediates: "$", final: "q" }, { intermediates: "+", final: "q" }];
  const neutralise = (parser) => {
    for (const id of OSC) parser.registerOscHandler(id, () => true);
    for (const id of CSI) parser.registerCsiHandler(id, () => true);
    for (const id of DCS) parser.registerDcsHandler(id, () => true);
  };

  class StepTerminal {
    /* Empty, with *rows* and *columns*; `loadLibrary` must have ended. *typed* gets what is typed, as bytes. */
    constructor({ cue, recorded, rows, columns, typed }) {
      this.cue = cue;
      this.recorded = recorded;
      this.rows = rows;
      this.columns = columns;
      /* Bytes that are on the screen, and writes that are not yet; of output that began again only the new. */
      this.taken = 0;
      this.pending = 0;
      this.beginning = 0;
      this.place = null;
      this.used = 0;
      this.height = 0;
      this.box = document.createElement("div");
      this.box.className = "step-terminal";
      this.box.dataset.preventSwipe = "";
      this.box.hidden = true;
      this.box.append(document.createElement("div"));
      document.querySelector(".reveal").append(this.box);
      this.terminal = new window.Terminal({
        rows,
        cols: columns,
        scrollback: SCROLLBACK,
        convertEol: false,
        cursorInactiveStyle: "none",
        disableStdin: true,
        drawBoldTextInBrightColors: false,
        fontFamily: window.Live.blocks.look().family,
        fontWeightBold: 700,
        macOptionIsMeta: false,
        // The addon registers a Unicode version, which xterm.js counts among its proposed API. Off again below.
        allowProposedApi: true,
        theme: theme(),
      });
      this.terminal.loadAddon(new window.UnicodeGraphemesAddon.UnicodeGraphemesAddon());
      this.terminal.options.allowProposedApi = false;
      neutralise(this.terminal.parser);
      this.refuseUntrusted();
      this.terminal.open(this.box.firstElementChild);
      this.terminal.onData((text) => typed(this, new TextEncoder().encode(text)));
      this.terminal.onBinary((text) => typed(this, Uint8Array.from(text, (character) => character.charCodeAt(0))));
      this.terminal.onRender(() => this.grow());
    }

    /* Events that scripts make never reach xterm.js. */
    refuseUntrusted() {
      const names = ["keydown", "keypress", "keyup", "input", "beforeinput", "paste", "compositionstart", "compositionupdate", "compositionend",
        "mousedown", "mousemove", "mouseup", "wheel", "contextmenu"];
      for (const name of names) {
        this.box.addEventListener(name, (event) => {
          if (!event.isTrusted) {
            event.stopImmediatePropagation();
            event.preventDefault();
          }
        }, true);
      }
    }

    /* Be empty again, after what is being written. */
    begin({ recorded, rows, columns }) {
      Object.assign(this, { recorded, rows, columns, taken: 0, pending: 0, used: 0 });
      this.beginning += 1;
      this.terminal.write(RESET);
    }

    /* *shown* is called when *data* is on the screen. */
    write(data, shown) {
      const { beginning } = this;
      this.pending += 1;
      this.terminal.write(data, () => {
        if (beginning !== this.beginning) return;
        this.pending -= 1;
        this.taken += data.length;
        shown(this);
      });
    }

    /* Be at *place*; null hides the terminal. A terminal that is *settled* stays as low as the free space allows. */
    put(place, { settled }) {
      this.place = place;
      this.settled = settled;
      this.box.hidden = !place;
      if (!place) return;
      const { left, top, width, unit, cell } = place;
      Object.assign(this.box.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
      this.box.style.setProperty("--unit-here", `${unit}px`);
      if (settled) {
        const most = Math.max(place.recorded, place.free);
        this.resize(Math.max(3, Math.min(this.rows, Math.floor((most - place.around) / cell))), this.columns);
      } else this.resize(this.rows, this.columns);
      this.used = 0;
      this.grow();
    }

    setFont(font, cell) {
      const { options } = this.terminal;
      if (options.fontSize === font && this.cell === cell) return;
      this.cell = cell;
      options.lineHeight = 1;
      options.fontSize = font;
      const screen = this.box.querySelector(".xterm-screen");
      // xterm.js multiplies the font's own height, rounded up, and rounds down.
      options.lineHeight = Math.max(1, (cell + 0.01) / (parseFloat(screen.style.height) / this.terminal.rows));
    }

    resize(rows, columns) {
      if (this.terminal.rows !== rows || this.terminal.cols !== columns) this.terminal.resize(columns, rows);
    }

    /* Rows that have something on them; all of them in a program that owns the screen. */
    usedRows() {
      const { active } = this.terminal.buffer;
      if (active.type === "alternate" || active.baseY > 0) return this.terminal.rows;
      let used = Math.min(this.terminal.rows, active.cursorY + (active.cursorX > 0 || this.box.classList.contains("has-keys") ? 1 : 0));
      for (let row = this.terminal.rows; row > used; row -= 1) if (active.getLine(row - 1)?.translateToString(true)) used = row;
      return used;
    }

    /* The box grows with what is printed; only when a program gives the screen back it shrinks. */
    grow() {
      if (!this.place) return;
      const { recorded, free, around, fit, font, cell, small, smallCell } = this.place;
      const whole = this.terminal.buffer.active.type === "alternate";
      if (whole !== this.whole) this.used = 0;
      this.whole = whole;
      if (this.used < this.terminal.rows) this.used = Math.max(this.used, this.usedRows());
      if (this.used > fit && !this.settled) this.setFont(small, smallCell);
      else this.setFont(font, cell);
      const height = Math.round(Math.max(Math.min(recorded, around + this.terminal.rows * this.cell), around + this.used * this.cell));
      if (height === this.height) return;
      this.height = height;
      this.box.style.height = `${height}px`;
      this.box.classList.toggle("over", height > Math.max(recorded, free) + this.cell / 2);
    }

    /* After the theme has changed. */
    repaint() {
      this.terminal.options.theme = theme();
      this.terminal.options.fontFamily = window.Live.blocks.look().family;
      this.cell = null;
    }

    dispose() {
      this.terminal.dispose();
      this.box.remove();
    }
  }

  Object.assign(window.Live, { StepTerminal, loadTerminals: loadLibrary });
})();
