/* The speaker page: the current slide and the next one, notes, the step that comes, how the last one went, the time, and
   buttons. It follows the presenter's page, and asks it to move; what it shows comes whole in each message of the server. */
(() => {
  "use strict";

  const deck = document.currentScript.dataset.deck;
  const QUERY = "receiver&controls=false&progress=false&history=false&hash=false&transition=none&backgroundTransition=none"
    + "&autoSlide=0&keyboard=false&overview=false&touch=false&mouseWheel=false&help=false&scrollActivationWidth=0";
  const get = (id) => document.getElementById(id);
  const frames = { now: get("now"), next: get("next") };

  let socket;
  let wait = 250;
  let view = null;
  let viewedAt = 0;
  let place = null;
  let offer = null;
  let order = [];
  let state = { running: null, phase: "idle", results: {} };

  /* What was asked for while the connection was interrupted, which Chromium does when a network of this machine changes. */
  let late = null;
  const LATEST_MS = 3000;
  const send = (message) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    else late = { message, at: performance.now() };
  };
  const sendLate = () => {
    if (late && performance.now() - late.at < LATEST_MS) send(late.message);
    late = null;
  };

  /* ---- Slides ---- */

  const ready = (frame) => {
    const { Live, Reveal } = frame.contentWindow ?? {};
    return Live?.isCurrent && Reveal?.isReady() && Live.sectionOf ? { Live, Reveal } : null;
  };

  const moveFrame = (frame, ahead) => {
    const parts = ready(frame);
    const section = place && parts?.Live.sectionOf(place.slide);
    if (!section?.isConnected) return false;
    parts.Live.goTo(section, place.fragment);
    if (ahead) parts.Reveal.next();
    parts.Reveal.togglePause(!ahead && place.paused);
    return true;
  };

  /* What the notes of the slide, or of its fragment that was shown last, consist of. */
  const notesIn = (slide) => {
    const fragment = slide.querySelector(".current-fragment");
    const aside = fragment?.querySelector("aside.notes") ?? (fragment?.dataset.notes ? null : slide.querySelector("aside.notes"));
    if (aside) return Array.from(aside.childNodes, (node) => document.importNode(node, true));
    return [fragment?.dataset.notes ?? slide.dataset.notes ?? ""];
  };

  const showNotes = () => {
    const slide = ready(frames.now)?.Reveal.getCurrentSlide();
    get("notes").replaceChildren(...(slide ? notesIn(slide) : []));
  };

  const follow = () => {
    if (!place) return;
    get("position").textContent = place.slides ? `${place.index + 1} / ${place.slides}` : "";
    get("blank").classList.toggle("on", place.paused);
    const moved = moveFrame(frames.now, false);
    moveFrame(frames.next, true);
    if (moved) showNotes();
  };

  /* Notes change without a move when their slide is edited. */
  const watchNotes = (frame) => {
    const slides = frame.contentDocument.querySelector(".slides");
    new MutationObserver(showNotes).observe(slides, { childList: true, subtree: true });
  };

  /* A frame is there when its deck is; it loads itself again when its deck cannot be changed in place. */
  const load = (frame) => {
    frame.addEventListener("load", async () => {
      while (!ready(frame)) await new Promise((done) => setTimeout(done, 50));
      if (frame === frames.now) watchNotes(frame);
      follow();
    });
    frame.src = `/${encodeURIComponent(deck)}.html?${QUERY}`;
  };

  /* ---- Time ---- */

  const clock = (seconds) => {
    const whole = Math.floor(Math.max(0, seconds));
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
    const text = `${minutes}:${String(rest).padStart(2, "0")}`;
    return hours ? `${hours}:${text.padStart(5, "0")}` : text;
  };

  const tick = () => {
    if (!view) return;
    const since = (performance.now() - viewedAt) / 1000;
    get("elapsed").textContent = clock(view.times.elapsed_s + since);
    const late = view.times.late_s === null ? null : view.times.late_s + since;
    const away = Math.abs(late ?? 0);
    get("late").textContent = late === null ? "" : away < 1 ? "on time" : `${clock(away)} ${late > 0 ? "late" : "early"}`;
    get("late").classList.toggle("wrong", (late ?? 0) >= 60);
    get("step-time").textContent = state.phase === "running" ? clock(view.times.step_s + since) : "";
  };

  /* ---- The step ---- */

  const plain = (text) => text.replace(/\u241b\[[0-9;:]*m/g, "");

  /* Whether the step that comes is on the slide that is shown: a step that the audience does not see is not run. */
  const isOnSlide = () => order.find(({ cue }) => cue === view.position)?.slide === place?.slide;

  const showStep = () => {
    const { step, last } = view;
    const running = state.running !== null;
    get("step").hidden = !step;
    if (step) {
      get("step-name").textContent = `${step.name}${step.optional ? " (optional)" : ""}`;
      get("caption").textContent = step.caption;
      get("commands").textContent = step.commands.join("\n");
      get("typing").textContent = step.to_type.length ? `then type: ${step.to_type.join(" ⏎ ")}` : "";
      get("expected").textContent = plain(step.recorded);
      get("recorded-time").textContent = step.recorded_s === null ? "not recorded" : `recorded: ${step.recorded_s.toFixed(1)} s`;
    }
    get("message").textContent = [view.message, ...view.warnings].filter(Boolean).join(" · ");
    get("last").hidden = !last;
    if (last) {
      get("verdict").textContent = `${last.name}: ${last.summary}`;
      get("verdict").className = ["FAILED", "SUSPECT", "BROKEN"].includes(last.verdict) ? "wrong" : last.verdict === "DRIFTED" ? "differs" : "";
      get("evidence").textContent = last.verdict === "PASSED" ? "" : last.evidence.join("\n");
    }
    const spare = view.optional.reduce((sum, { saves_s: saves }) => sum + saves, 0);
    get("optional").textContent = view.times.late_s > 0 && view.optional.length
      ? `Leave out ${view.optional.map(({ name }) => name).join(", ")}: saves ${clock(spare)}` : "";
    get("run").textContent = running ? "Stop" : "Run";
    get("run").classList.toggle("on", running);
    get("run").disabled = !running && state.phase !== "playing" && !isOnSlide();
    get("recorded").disabled = !running && !isOnSlide();
    get("skip").disabled = running;
    get("recorded").classList.toggle("on", Boolean(state.overdue));
    get("controls").classList.toggle("without-steps", !step && !last);
  };

  const showOffer = () => {
    get("offer").hidden = !offer;
    if (offer) get("offer-text").textContent = `${offer.steps.join(", ")} ${offer.steps.length > 1 ? "have" : "has"} not been run (${offer.seconds} s).`;
  };

  const run = () => {
    if (state.running !== null || state.phase === "playing") send({ kind: "do", action: "stop" });
    else if (view?.step && isOnSlide()) send({ kind: "run", cue: view.position });
  };

  const actions = {
    previous: () => send({ kind: "go", where: "previous" }),
    following: () => send({ kind: "go", where: "next" }),
    blank: () => send({ kind: "go", where: "blank" }),
    run,
    recorded: () => view?.step && send({ kind: "recorded", cue: view.position }),
    skip: () => send({ kind: "do", action: "skip" }),
    back: () => send({ kind: "do", action: "back" }),
    restart: () => send({ kind: "clock" }),
    "offer-run": () => {
      send({ kind: "run", cue: offer.cue, first: true });
      offer = null;
      showOffer();
    },
    "offer-not": () => {
      offer = null;
      showOffer();
    },
  };
  const keys = {
    ArrowLeft: "previous", PageUp: "previous", ArrowUp: "previous", ArrowRight: "following", PageDown: "following", ArrowDown: "following",
    " ": "following", r: "run", b: "blank", ".": "blank",
  };

  /* ---- Messages ---- */

  const handlers = {
    order: ({ steps }) => {
      order = steps;
      if (view) showStep();
    },
    view: (message) => {
      view = message;
      viewedAt = performance.now();
      showStep();
      tick();
    },
    state: (message) => {
      state = message;
      if (state.running !== null) offer = null;
      showOffer();
      if (view) showStep();
    },
    at: (message) => {
      place = message;
      follow();
      if (view) showStep();
    },
    offer: (message) => {
      offer = message;
      showOffer();
    },
    problems: ({ errors }) => {
      const [first] = errors;
      get("problem").textContent = first ? `${first.place}: ${first.what}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ""}` : "";
    },
  };

  const connect = () => {
    socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/_live/socket`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wait = 250;
      document.body.classList.remove("lost");
      send({ kind: "hello", page: `${deck}.html`, speaker: true });
      sendLate();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") return;
      const message = JSON.parse(data);
      handlers[message.kind]?.(message);
    };
    socket.onclose = () => {
      document.body.classList.add("lost");
      setTimeout(connect, wait);
      wait = Math.min(4000, wait * 2);
    };
  };

  for (const [name, act] of Object.entries(actions)) get(name).addEventListener("click", (event) => event.isTrusted && act());
  addEventListener("keydown", (event) => {
    if (!event.isTrusted) return;
    const name = keys[event.key];
    const pressed = event.target.matches("button") && [" ", "Enter"].includes(event.key);
    if (!name || pressed || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    actions[name]();
  });
  setInterval(tick, 500);
  load(frames.now);
  if (getComputedStyle(frames.next).display !== "none") load(frames.next);
  connect();
})();
