/* The parts of live slides, joined: which message is for whom, and what happens when the deck is ready or changes. */
(() => {
  "use strict";

  const { Live } = window;
  if (!document.querySelector(".reveal .slides") || document.body.matches(".index")) return;
  if (/[?&](view=print|print-pdf)/.test(location.search)) return;

  document.querySelector(".reveal").classList.add("with-steps");

  const handlers = {
    ...Live.terminal.handlers,
    state: Live.steps.onState,
    offer: (message) => Live.receiver || Live.panels.showOffer(message),
  };

  let watching = false;
  const begin = () => {
    if (watching) return;
    watching = true;
    for (const part of [Live.terminal, Live.keys, Live.panels, Live.steps]) part.watch();
  };

  Live.liveKinds = new Set(Object.keys(handlers).filter((kind) => kind !== "bytes"));
  /* Take a message, or the output of a step as bytes; the deck is ready. */
  Live.takeMessage = (message) => {
    begin();
    return message instanceof Uint8Array ? handlers.bytes(message) : handlers[message.kind](message);
  };
  Live.lostConnection = Live.terminal.lost;

  /* Slides have their numbers, or were changed by *update*. */
  Live.showSteps = (update) => {
    begin();
    if (update?.styles || update?.styleSheets) Live.terminal.repaint();
    Live.steps.render();
    Live.panels.place();
    Live.terminal.layout();
    // deck.js fits changed slides before the next frame.
    Live.terminal.layoutSoon();
  };
})();
