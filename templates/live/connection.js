/* The connection to the server. Messages are handled one after the other; those of live slides (`serve --live`) among
   themselves, since the output of a step does not wait for a slide that changes. */
(() => {
  "use strict";

  const { Live } = window;
  const isDeck = () => document.querySelector(".reveal .slides") && !document.body.matches(".index");
  /* This script runs, and the server may answer, before reveal.js is loaded. */
  const loaded = new Promise((done) => addEventListener("DOMContentLoaded", done));
  const deckReady = async () => {
    await loaded;
    if (isDeck() && !Reveal.isReady()) await new Promise((done) => Reveal.on("ready", done));
  };
  const printing = /[?&](view=print|print-pdf)/.test(location.search);

  let socket;
  let wait = 250;
  let inPlace = false;
  let leaving = false;
  let muted = false;

  /* What a presenter asked for while the connection was interrupted, which Chromium does when a network of this machine
     changes. */
  let late = null;
  const LATEST_MS = 3000;
  /* Send a message, or bytes for a running step; while there is no connection, only what runs steps is kept, for a moment. */
  const send = (message) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(message instanceof Uint8Array ? message : JSON.stringify(message));
    else if (["run", "recorded", "do"].includes(message.kind)) late = { message, at: performance.now() };
  };
  const sendLate = () => {
    if (late && performance.now() - late.at < LATEST_MS) send(late.message);
    late = null;
  };
  const hello = () => send({ kind: "hello", page: Live.page, version: Live.version, ...(Live.receiver ? { receiver: true } : {}) });

  const reload = () => {
    if (leaving) return;
    leaving = true;
    Live.reload(Live.numberOf, Live.numbers());
  };

  /* The list of decks: its contents are small, and replaced as a whole. */
  const refreshIndex = async (version) => {
    const text = await (await fetch(location.href, { cache: "no-store" })).text();
    const other = new DOMParser().parseFromString(text, "text/html");
    const sheets = (head) => Array.from(head.querySelectorAll("link[rel=stylesheet]"), (link) => link.getAttribute("href")).join();
    const main = document.querySelector("main");
    const news = other.querySelector("main");
    if (!main || !news || sheets(document.head) !== sheets(other.head)) return reload();
    main.replaceWith(document.adoptNode(news));
    document.querySelector("body > svg[aria-hidden]")?.remove();
    const symbols = other.querySelector("body > svg[aria-hidden]");
    if (symbols) document.body.prepend(document.adoptNode(symbols));
    Live.version = other.querySelector("script[data-version]")?.dataset.version ?? version;
  };

  const restorePlace = () => {
    const place = Live.recallPlace();
    if (!place) return;
    const numbers = Live.numbers().filter((number) => Live.sectionOf(number)?.isConnected);
    const nearest = Live.findNearest(place, place.numbers, numbers);
    const named = place.id && document.getElementById(place.id);
    const slide = Live.sectionOf(nearest) ?? (named?.matches(".slides section") ? named : Reveal.getSlide(place.indices.h, place.indices.v));
    if (slide) Live.goTo(slide, nearest === undefined || nearest === place.slide ? place.fragment : -1);
    if (place.overview !== Reveal.isOverview()) Reveal.toggleOverview(place.overview);
    if (place.paused !== Reveal.isPaused()) Reveal.togglePause(place.paused);
  };

  /* A frame of the speaker window changes after the main window, whose place is a number in the changed deck. Until then
     it says nothing: it may be at another slide. */
  const afterMain = async (version) => {
    muted = true;
    Reveal.getConfig().postMessageEvents = false;
    for (let tries = 0; tries < 100; tries += 1) {
      let main;
      try {
        main = window.parent.opener?.Live;
      } catch { /* of another origin by now */ }
      if (!main || main.version === version) return;
      await new Promise((done) => setTimeout(done, 10));
    }
  };

  const showWhere = ({ place, address }) => {
    if (address) {
      const link = document.createElement("a");
      link.href = address;
      link.click();
    } else if (place) Live.tell(`${place}   (the setting 'editor' opens it: editor = "vscode")`);
    else Live.tell("The source of this slide is unknown.");
  };

  const handlers = {
    slides: async ({ numbers }) => {
      if (!isDeck()) return;
      inPlace = Live.setNumbers(numbers);
      if (Live.isCurrent) return Live.moves.greet();
      await deckReady();
      restorePlace();
      Live.isCurrent = inPlace;
      if (Live.receiver) Live.refreshSpeaker();
      Live.moves.watch();
      Live.moves.greet();
      Live.showSteps?.();
    },
    update: async (message) => {
      if (message.to === Live.version) return;
      if (message.from !== Live.version) return hello();
      if (!inPlace || printing) return reload();
      await deckReady();
      if (Live.receiver) await afterMain(message.to);
      await Live.applyUpdate(message);
      Live.version = message.to;
      muted = false;
      Live.refreshSpeaker();
      Live.showSteps?.(message);
    },
    reload: () => (document.body.matches(".index") ? refreshIndex() : reload()),
    problems: (message) => Live.showProblems(message),
    where: showWhere,
    go: Live.moves.go,
  };

  let chain = Promise.resolve();
  const handle = (message) => {
    const next = async () => {
      try {
        await handlers[message.kind]?.(message);
      } catch (error) {
        console.warn("quarterdeck:", error);
        if (message.kind === "update") reload();
      }
    };
    chain = chain.then(next);
  };

  let liveChain = deckReady();
  const handleLive = (data) => {
    const next = async () => {
      try {
        await Live.takeMessage(data);
      } catch (error) {
        console.warn("quarterdeck:", error);
      }
    };
    liveChain = liveChain.then(next);
  };

  const receive = (data) => {
    if (data instanceof ArrayBuffer) return handleLive(new Uint8Array(data));
    const message = JSON.parse(data);
    return Live.liveKinds?.has(message.kind) ? handleLive(message) : handle(message);
  };

  const connect = () => {
    socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/_live/socket`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wait = 250;
      hello();
      sendLate();
    };
    socket.onmessage = ({ data }) => receive(data);
    socket.onclose = () => {
      Live.lostConnection?.();
      setTimeout(connect, wait);
      wait = Math.min(4000, wait * 2);
    };
  };
  Live.send = send;
  connect();

  /* A frame of the speaker window says that it is ready, goes to the main window's place, and then follows clicks in it. */
  const speakLater = async () => {
    await deckReady();
    addEventListener("message", ({ data }) => {
      const placed = typeof data === "string" && data.includes('"setState"');
      if (placed && !muted) setTimeout(() => { Reveal.getConfig().postMessageEvents = true; });
    });
    window.parent.postMessage(JSON.stringify({ namespace: "reveal", eventName: "ready", state: Reveal.getState() }), location.origin);
  };

  addEventListener("DOMContentLoaded", () => {
    if (/[?&]speaksLater\b/.test(location.search) && isDeck()) speakLater();
  });

  if (!Live.receiver) {
    addEventListener("DOMContentLoaded", () => {
      if (!isDeck() || !Reveal.addKeyBinding) return;
      Reveal.addKeyBinding({ keyCode: 69, key: "E", description: "Edit this slide" }, (event) => {
        const number = Live.numberOf(Reveal.getCurrentSlide());
        if (event?.isTrusted && number !== undefined) send({ kind: "where", slide: number });
      });
    });
  }
})();
