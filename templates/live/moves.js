/* Tells the server where this page is, and goes where the speaker page says. */
(() => {
  "use strict";

  const { Live } = window;

  let lastSent = "";
  const tellPlace = () => {
    const section = Reveal.getCurrentSlide();
    const slide = section && Live.numberOf(section);
    if (slide === undefined || slide === null || Live.receiver) return;
    const message = { kind: "at", slide, fragment: Live.visibleFragments(section), paused: Reveal.isPaused() };
    const text = JSON.stringify(message);
    if (text === lastSent) return;
    lastSent = text;
    Live.send(message);
  };

  const go = ({ where, slide }) => {
    if (Live.receiver) return;
    if (where === "next") Reveal.next();
    else if (where === "previous") Reveal.prev();
    else if (where === "blank") Reveal.togglePause();
    else if (Live.sectionOf(slide)?.isConnected) Live.goTo(Live.sectionOf(slide), -1);
  };

  const watch = () => {
    for (const name of ["slidechanged", "fragmentshown", "fragmenthidden", "paused", "resumed"]) Reveal.on(name, tellPlace);
  };

  /* The connection is new: the server knows nothing. */
  const greet = () => {
    lastSent = "";
    tellPlace();
  };

  Live.moves = { go, watch, greet };
})();
