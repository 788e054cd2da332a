/* Steps on their slides: the button that runs one, and a line above its card with what goes on, the verdict, and what can
   be done next. Everything is drawn from the server's last `state`. Only a person's keys and clicks run anything. */
(() => {
  "use strict";

  const { Live } = window;
  const { make, button } = Live.panels;
  /* A reset needs a second press within this time. */
  const RESET_MS = 4000;
  const FAILED = ["FAILED", "SUSPECT", "BROKEN"];

  let state = { next: null, running: null, phase: "idle", results: {}, last: null, message: "" };
  let sure = null;

  const send = (message) => Live.receiver || Live.send(message);
  const act = (action, more = {}) => send({ kind: "do", action, ...more });

  const run = (cue, { first = false } = {}) => {
    if (state.running !== null) {
      Live.tell("A step is running.");
      return;
    }
    Live.panels.close();
    Live.terminal.claim(cue);
    send(first ? { kind: "run", cue, first } : { kind: "run", cue });
  };

  /* The key R. */
  const runNext = () => {
    const steps = Live.blocks.stepsOn(Reveal.getCurrentSlide());
    const next = steps.find(({ cue }) => !(cue in state.results));
    if (state.running === null && !next) Live.tell(steps.length ? "All steps of this slide have been run." : "This slide has no steps.");
    else run(next?.cue);
  };

  const again = (cue) => {
    Live.terminal.claim(cue);
    act("again");
  };

  const playRecorded = (cue) => {
    Live.terminal.claim(cue);
    send({ kind: "recorded", cue });
  };

  const reset = (cue) => {
    clearTimeout(sure);
    if (sure) {
      sure = null;
      act("reset", { cue });
    } else sure = setTimeout(() => { sure = null; render(); }, RESET_MS);
    render();
  };

  /* What goes on in *cue*: a class for the mark, its words, and whether they open the differences. Null: nothing. */
  const describe = (cue) => {
    const view = Live.terminal.viewOf(cue);
    if (state.running === cue && state.phase === "waiting") return { mark: "waiting", words: state.message || "waiting for the stage" };
    if (sure && state.last?.cue === cue) return { mark: "failed", words: "press again for a fresh stage" };
    if (view?.recorded) return { mark: "recorded", words: "recorded" };
    if (state.running === cue) return { mark: "live", words: Live.keys.hasKeys(cue) ? "Ctrl-] leaves" : "running" };
    const result = state.results[cue];
    if (!result || !view) return null;
    if (result.verdict === "recorded") return { mark: "recorded", words: "recorded" };
    const differs = state.last?.cue === cue && state.last.evidence.length > 0 && result.verdict !== "PASSED";
    return { mark: FAILED.includes(result.verdict) ? "failed" : "live", words: result.summary, differs };
  };

  /* The parts of a block that are ours; made once for its element, which save and see may replace. */
  const dress = (block, cue) => {
    const card = block.querySelector(".card");
    if (card.stepParts) return card.stepParts;
    const parts = { cue };
    const control = (name, label, doing) => {
      const element = button(`control ${name}`, "", () => doing(parts.cue));
      element.setAttribute("aria-label", label);
      element.title = label;
      // reveal.js takes the keys that press a button.
      element.addEventListener("keydown", (event) => ["Enter", " "].includes(event.key) && event.stopPropagation());
      element.addEventListener("click", (event) => event.detail && element.blur());
      return element;
    };
    parts.run = control("run", "Run this step", run);
    parts.line = make("div", "step-line");
    parts.words = button("words", "", () => {
      if (Live.panels.open()?.kind === "evidence") Live.panels.close();
      else Live.panels.showEvidence(parts.cue, state.last?.evidence ?? []);
    });
    parts.words.addEventListener("keydown", (event) => ["Enter", " "].includes(event.key) && event.stopPropagation());
    parts.status = make("span", "status");
    parts.status.setAttribute("role", "status");
    parts.status.append(parts.words);
    parts.stop = control("stop", "Stop the step (Ctrl-C)", () => act("stop"));
    parts.again = control("again", "Run the step again", again);
    parts.back = control("back", "Back to before this step", () => act("back"));
    parts.recorded = control("recorded", "Show the recorded output", playRecorded);
    parts.reset = control("reset", "Begin again on a fresh stage (press twice)", reset);
    parts.line.append(parts.status, parts.stop, parts.again, parts.back, parts.recorded, parts.reset);
    card.append(parts.line);
    if (!Live.receiver) card.querySelector(".commands").after(parts.run);
    card.stepParts = parts;
    return parts;
  };

  const draw = (block, cue) => {
    const parts = dress(block, cue);
    parts.cue = cue;
    const about = describe(cue);
    const runs = state.running === cue;
    const plays = state.phase === "playing" && Live.terminal.current()?.cue === cue;
    const last = state.running === null && !plays && (state.last?.cue === cue || (about !== null && Live.terminal.current()?.cue === cue));
    parts.line.className = `step-line ${about?.mark ?? "empty"}`;
    if (parts.words.textContent !== (about?.words ?? "")) parts.words.textContent = about?.words ?? "";
    parts.words.disabled = !about?.differs || Live.receiver;
    parts.words.title = about?.words ?? "";
    const shown = {
      stop: runs || plays,
      again: last && state.last?.cue === cue,
      back: (last && state.last?.cue === cue) || (runs && state.phase === "waiting"),
      recorded: runs || last,
      reset: last && state.last?.cue === cue,
    };
    for (const [name, visible] of Object.entries(shown)) parts[name].hidden = Live.receiver || !visible;
    parts.reset.classList.toggle("sure", Boolean(sure));
    parts.run.disabled = state.running !== null;
    parts.recorded.disabled = Boolean(Live.terminal.viewOf(cue)?.recorded);
    block.classList.toggle("with-line", about !== null);
  };

  /* Draw the steps of the slide that is shown. */
  const render = () => {
    if (!Reveal.isReady()) return;
    for (const { cue } of Live.blocks.stepsOn(Reveal.getCurrentSlide())) {
      const block = Live.blocks.findBlock(cue);
      if (block) draw(block, cue);
    }
  };

  const onState = (message) => {
    if (message.running !== state.running || message.last?.cue !== state.last?.cue) {
      clearTimeout(sure);
      sure = null;
      Live.panels.close();
    }
    if (message.message && message.message !== state.message && message.running === null && !Live.receiver) Live.tell(message.message);
    state = message;
    Live.terminal.handlers.state(message);
    Live.keys.onState(message);
    Live.terminal.layout();
    render();
  };

  const watch = () => {
    Reveal.on("slidechanged", render);
    if (Live.receiver) return;
    Reveal.addKeyBinding({ keyCode: 82, key: "R", description: "Run the next step" }, (event) => event?.isTrusted && runNext());
  };

  Live.steps = { run, render, onState, watch };
})();
