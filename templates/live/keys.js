/* Who has the keys: the deck, or the program in the terminal. Only events of a person count. */
(() => {
  "use strict";

  const { Live } = window;
  /* After leaving with Ctrl-], the next key within this time goes to the program: Ctrl-] itself, or a key of the deck. */
  const CHORD_MS = 1000;
  /* A `.` this soon after another character is part of what is typed; alone it is a clicker's. */
  const TYPING_MS = 1000;
  const SEQUENCES = { PageUp: "\x1b[5~", PageDown: "\x1b[6~", F5: "\x1b[15~", ".": "." };
  const PIECE = 16384;

  let state = { running: null, phase: "idle", interactive: false };
  /* Whether the program gets the keys back when its slide is shown again. */
  let wanted = false;
  let left = -Infinity;
  let lastTyped = -Infinity;
  /* Whether the running program, which asks for input, was given the keys. */
  let offered = false;

  const running = () => state.running !== null && (state.phase === "running" || state.phase === "waiting");
  const accepts = (view) => !Live.receiver && view && view === Live.terminal.current() && !view.recorded && state.phase === "running" && state.running === view.cue;
  const hasFocus = (view) => document.activeElement === view.terminal.textarea;

  const enter = (view) => {
    if (view.box.hidden || Reveal.isPaused()) return;
    wanted = true;
    view.terminal.focus();
  };

  const leave = (view) => {
    wanted = false;
    view.terminal.blur();
  };

  const sendBytes = (data) => {
    for (let start = 0; start < data.length; start += PIECE) Live.send(data.subarray(start, start + PIECE));
  };
  const sendText = (text) => sendBytes(new TextEncoder().encode(text));

  /* xterm.js has something for the program. */
  const typed = (view, data) => {
    if (accepts(view)) sendBytes(data);
  };

  const isChord = ({ key, code, ctrlKey, metaKey }) => ctrlKey && !metaKey && (key === "]" || key === "\x1d" || (code === "BracketRight" && key !== "+"));
  const isPlain = ({ ctrlKey, altKey, metaKey, shiftKey }) => !ctrlKey && !altKey && !metaKey && !shiftKey;
  /* Keys of clickers are the deck's: next, previous, blank, start. */
  const isDecks = (event) => event.key in SEQUENCES && isPlain(event) && !(event.key === "." && event.timeStamp - lastTyped < TYPING_MS);

  /* reveal.js ignores keys while something has the focus that one can type into. */
  const giveToDeck = (key) => {
    if (key === "PageDown") Reveal.next();
    else if (key === "PageUp") Reveal.prev();
    else if (key === ".") Reveal.togglePause();
    else if (!document.fullscreenElement) document.documentElement.requestFullscreen?.().catch(() => {});
  };

  /* Whether xterm.js handles *event*, a key in the terminal *view*. */
  const handle = (view, event) => {
    if (!event.isTrusted) return false;
    if (!accepts(view)) {
      // Selected text can be copied; with any other key the deck gets the keys back, this one included.
      const copies = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c";
      if (event.type === "keydown" && !copies && !["Control", "Meta", "Shift", "Alt"].includes(event.key)) view.terminal.blur();
      return false;
    }
    if (isChord(event)) {
      event.preventDefault();
      event.stopPropagation();
      if (event.type === "keydown") {
        left = event.timeStamp;
        leave(view);
      }
      return false;
    }
    if (isDecks(event)) {
      event.preventDefault();
      event.stopPropagation();
      if (event.type === "keydown") giveToDeck(event.key);
      return false;
    }
    if (event.type === "keydown" && event.key.length === 1 && !event.ctrlKey) lastTyped = event.timeStamp;
    return true;
  };

  const showFrame = (view) => {
    const has = hasFocus(view) && accepts(view);
    view.box.classList.toggle("has-keys", Boolean(has));
    view.grow();
    const lock = has && document.fullscreenElement;
    if (lock) navigator.keyboard?.lock?.()?.catch?.(() => {});
    else navigator.keyboard?.unlock?.();
    Live.steps?.render();
  };

  /* A new terminal. */
  const attend = (view) => {
    const { terminal, box } = view;
    terminal.attachCustomKeyEventHandler((event) => handle(view, event));
    terminal.textarea.addEventListener("focus", () => {
      wanted ||= Boolean(accepts(view));
      showFrame(view);
    });
    terminal.textarea.addEventListener("blur", () => showFrame(view));
    terminal.textarea.setAttribute("aria-label", "The terminal of the running step; Ctrl-] leaves it");
    box.addEventListener("pointerdown", () => { if (Live.receiver) terminal.blur(); });
  };

  /* After a change of what runs or of what is shown. */
  const update = () => {
    const view = Live.terminal.current();
    if (!view) return;
    const open = accepts(view);
    view.terminal.options.disableStdin = !open;
    if (!open) {
      if (hasFocus(view) && wanted) leave(view);
      offered = false;
      return showFrame(view);
    }
    if (state.interactive && !offered) {
      offered = true;
      wanted = true;
      enter(view);
    }
    if (view.box.hidden || Reveal.isPaused()) {
      if (hasFocus(view)) view.terminal.blur();
    } else if (wanted && !hasFocus(view) && (!document.activeElement || document.activeElement === document.body)) enter(view);
    else showFrame(view);
  };

  const onState = (message) => {
    state = message;
    update();
  };

  /* Keys outside of the terminal that are for it: Ctrl-] enters it; after Ctrl-] the next key may be meant for the program. */
  const onKey = (event) => {
    const view = Live.terminal.current();
    if (!event.isTrusted || !accepts(view) || view.box.hidden || hasFocus(view)) return;
    const soon = event.timeStamp - left < CHORD_MS;
    const meant = soon && event.key in SEQUENCES && isPlain(event);
    if (!isChord(event) && !meant) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    left = -Infinity;
    enter(view);
    if (soon) sendText(meant ? SEQUENCES[event.key] : "\x1d");
  };

  const watch = () => {
    if (Live.receiver) return;
    addEventListener("keydown", onKey, true);
    addEventListener("pointerdown", (event) => {
      const view = Live.terminal.current();
      if (!event.isTrusted || !view || view.box.contains(event.target)) return;
      wanted = false;
      if (hasFocus(view)) view.terminal.blur();
    }, true);
    addEventListener("fullscreenchange", update);
    addEventListener("beforeunload", (event) => {
      if (running() && !Live.reloading) event.preventDefault();
    });
    Reveal.on("paused", update);
    Reveal.on("resumed", update);
  };

  Live.keys = { attend, typed, update, onState, watch, hasKeys: (cue) => Live.terminal.current()?.cue === cue && Live.terminal.current().box.classList.contains("has-keys") };
})();
