/* In the frame with the slides: stays where the presenter is. The page around it calls `show` and `update`. */
(() => {
  "use strict";

  const { Live } = window;
  Live.setNumbers(document.currentScript.dataset.numbers.split(" ").filter(Boolean).map(Number));

  /* Only the presenter moves through these slides, and they are not all of the deck. */
  const OPTIONS = {
    autoSlide: false,
    controls: false,
    hash: false,
    help: false,
    history: false,
    jumpToSlide: false,
    keyboard: false,
    mouseWheel: false,
    overview: false,
    postMessage: false,
    postMessageEvents: false,
    progress: false,
    respondToHashChanges: false,
    scrollActivationWidth: null,
    touch: false,
    view: null,
  };
  const options = document.querySelector("script#reveal-options");
  if (options) {
    const given = JSON.parse(options.textContent || "{}");
    options.textContent = JSON.stringify({ ...given, ...OPTIONS, slideNumber: given.slideNumber === false ? false : "c" });
  }

  const ready = new Promise((done) => {
    addEventListener("DOMContentLoaded", () => (Reveal.isReady() ? done() : Reveal.on("ready", () => done())));
  });

  const show = ({ slide, fragment }) => {
    const section = Live.sectionOf(slide);
    if (section?.isConnected) Live.goTo(section, fragment);
  };
  const update = async (message) => {
    await Live.applyUpdate(message);
    Live.version = message.to;
  };
  const size = () => {
    const { width, height } = Reveal.getConfig();
    return { width, height };
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    link.target = "_blank";
    link.rel = "noopener";
  }, true);

  window.Follow = { ready, show, update, size, version: () => Live.version };
})();
