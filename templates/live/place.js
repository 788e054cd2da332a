/* The presenter's place in a deck: the slide, its visible fragments, overview, pause. */
(() => {
  "use strict";

  const page = document.currentScript.dataset.page;
  const KEY = `quarterdeck:${page}`;
  /* A reload takes less than this time, in milliseconds. */
  const LONGEST = 15000;
  const receiver = /[?&]receiver\b/i.test(location.search);

  /* The index of the last visible fragment, -1 for none; Infinity if all of several are visible. */
  const visibleFragments = (slide) => {
    const fragments = Array.from(slide.querySelectorAll(".fragment"));
    const visible = fragments.filter((fragment) => fragment.classList.contains("visible"));
    return Math.max(-1, ...visible.map((fragment) => Number(fragment.dataset.fragmentIndex) || 0));
  };

  /* *numberOf* gives the number of a slide. */
  const takePlace = (numberOf) => {
    const slide = Reveal.getCurrentSlide();
    if (!slide) return null;
    return {
      slide: numberOf(slide),
      id: slide.id,
      indices: Reveal.getIndices(slide),
      fragment: visibleFragments(slide),
      overview: Reveal.isOverview(),
      paused: Reveal.isPaused(),
    };
  };

  /* The slide of *place*, or the nearest that is left: *before* and *now* list the numbers of slides in order. */
  const findNearest = (place, before, now) => {
    const left = new Set(now);
    const at = before.indexOf(place.slide);
    const rest = at < 0 ? [] : [...before.slice(at), ...before.slice(0, at).reverse()];
    return rest.find((number) => left.has(number));
  };

  const lastFragment = (slide) =>
    Math.max(-1, ...Array.from(slide.querySelectorAll(".fragment"), (fragment) => Number(fragment.dataset.fragmentIndex) || 0));

  /* Show *slide* with the fragments up to *fragment*. */
  const goTo = (slide, fragment) => {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    Reveal.navigateFragment(Math.min(fragment, lastFragment(slide)));
  };

  const reload = (numberOf, numbers) => {
    const place = window.Reveal?.isReady?.() ? takePlace(numberOf) : null;
    if (place && !receiver) sessionStorage.setItem(KEY, JSON.stringify({ ...place, numbers, at: Date.now() }));
    window.Live.reloading = true;
    location.reload();
  };

  /* The place before the page was reloaded by us, just now; only once. */
  const recallPlace = () => {
    if (receiver) return null;
    const place = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    sessionStorage.removeItem(KEY);
    return place && Date.now() - place.at < LONGEST ? place : null;
  };

  window.Live = {
    page,
    version: document.currentScript.dataset.version,
    receiver,
    takePlace,
    findNearest,
    goTo,
    reload,
    recallPlace,
    visibleFragments,
    lastFragment,
  };
})();
