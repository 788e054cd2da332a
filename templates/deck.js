/* Starts reveal.js, and prepares each slide (deck/) when it is shown or next to be shown: the first slide of a long deck
   does not wait for the others. All are classic scripts, because modules do not load from file://. */
(() => {
  "use strict";

  const { fit, finish, light, prepareContents, prepareSteps, printing } = window.Deck;
  const all = (root, selector) => Array.from(root.querySelectorAll(selector));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const reveal = document.querySelector(".reveal");
  const slides = () => all(reveal, ".slides section").filter((section) => !section.querySelector(":scope > section"));

  /* The next sibling of *part* that takes part in the slide's layout; with *itself*, possibly *part*. */
  const next = (part, itself = false) => {
    let other = itself ? part : part.nextElementSibling;
    while (other?.matches("aside, .folder, script, style")) other = other.nextElementSibling;
    return other;
  };

  /* Slides that start a section: those of the class "section", and those with only a heading; one of the first level may
     have a paragraph below it. They are numbered over the whole deck, so this needs all slides. */
  const markChapters = () => {
    let number = 0;
    for (const slide of all(reveal, "section.chapter")) {
      slide.classList.remove("chapter");
      for (const heading of slide.children) delete heading.dataset.number;
    }
    for (const heading of all(reveal, "section > h1, section > h2")) {
      const slide = heading.parentElement;
      const line = next(heading);
      if (slide.matches(".title-slide") || next(slide.firstElementChild, true) !== heading) continue;
      const alone = !line || (heading.matches("h1") && line.matches("p") && !line.querySelector("img, svg") && !next(line));
      if (!alone && !slide.matches(".section")) continue;
      if (slide.dataset.visibility === "hidden" || slide.querySelector(":scope > section")) continue;
      if (Array.from(slide.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
      slide.classList.add("chapter");
      heading.dataset.number = number += 1;
    }
  };

  const prepared = new Set();
  const prepare = (slide) => {
    if (prepared.has(slide)) return;
    prepared.add(slide);
    prepareContents(slide);
    all(slide, "code[data-line-numbers]").forEach(light);
  };

  /* Prepare and fit *slide*, which has a layout now. */
  const show = (slide) => {
    if (!slide) return;
    prepare(slide);
    fit(slide);
  };
  /* Prepare and fit the slides beside the current one while the browser is idle, so that they appear at once. */
  const showNear = () => (window.requestIdleCallback ?? setTimeout)(() => {
    const every = Reveal.getSlides();
    const index = every.indexOf(Reveal.getCurrentSlide());
    [every[index + 1], every[index - 1]].forEach(show);
  });
  const showAll = () => {
    // reveal.js counts the pages of a print before it shows the slides.
    if (printing) for (const section of all(reveal, ".slides section")) section.style.display = "block";
    slides().forEach(show);
  };
  /* Fit again what is visible, after fonts or pictures were loaded. */
  const showAgain = () => (printing || Reveal.isOverview() || Reveal.isScrollView?.() ? showAll() : show(Reveal.getCurrentSlide()));

  // Classes instead of `.reveal:has(…)` in a style sheet, which browsers match again for each change in any slide.
  const markTitle = () => reveal.classList.toggle("at-title", Boolean(Reveal.getCurrentSlide()?.matches(".title-slide")));
  const markControls = () => reveal.classList.toggle("with-controls", Boolean(Reveal.getConfig().controls));
  /* reveal.js calls backgrounds dark up to half of the brightness; white text on green or turquoise needs a darker one. */
  const markGrounds = () => {
    for (const slide of all(reveal, ".slides section.has-dark-background")) {
      const ground = Reveal.getSlideBackground(slide);
      const channels = ground ? getComputedStyle(ground).backgroundColor.match(/[\d.]+/g).map(Number) : [];
      if (channels.length < 3 || channels[3] < 1) continue;
      const [red, green, blue] = channels.map((value) => (value <= 10 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4));
      if (0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.21) continue;
      const shown = slide === Reveal.getCurrentSlide() ? [reveal, Reveal.getViewportElement()] : [];
      for (const element of [slide, ...shown]) {
        element.classList.remove("has-dark-background");
        element.classList.add("has-light-background");
      }
    }
  };
  const lightCurrent = () => all(Reveal.getCurrentSlide() ?? reveal, "code[data-line-numbers]").forEach(light);

  /* Before reveal.js counts fragments: those of code, and none in speaker notes. */
  const prepareFragments = (root) => {
    for (const part of all(root, "aside .fragment")) part.classList.remove("fragment");
    all(root, "code[data-line-numbers]").forEach(prepareSteps);
  };
  prepareFragments(reveal);
  markChapters();
  if (printing) slides().forEach(prepare);

  Reveal.on("ready", () => {
    // reveal.js calls itself an application, which keeps screen readers from reading the slides.
    reveal.removeAttribute("role");
    markTitle();
    markControls();
    markGrounds();
    showAgain();
    document.fonts?.ready.then(showAgain);
    addEventListener("load", showAgain);
    showNear();
  });
  Reveal.on("slidechanged", (event) => {
    markTitle();
    show(event.currentSlide);
    showNear();
  });
  Reveal.on("sync", markGrounds);
  Reveal.on("overviewshown", showAll);
  addEventListener("resize", () => Reveal.isReady() && Reveal.isScrollView?.() && showAll());
  for (const name of ["fragmentshown", "fragmenthidden"]) Reveal.on(name, () => finish(Reveal.getCurrentSlide()));
  for (const name of ["fragmentshown", "fragmenthidden", "slidechanged", "sync"]) Reveal.on(name, lightCurrent);
  Reveal.on("pdf-ready", () => {
    all(reveal, "code[data-line-numbers]").forEach(light);
    showAll();
  });

  // Up to this width reveal.js uses its scroll view; a narrower canvas makes text larger on a phone.
  const narrow = innerWidth <= 435;

  const start = () => Reveal.initialize({
    width: narrow ? 1200 : 1920,
    height: 1080,
    scrollLayout: "compact",
    margin: 0,
    minScale: 0.05,
    maxScale: 4,
    center: false,
    controls: false,
    progress: true,
    slideNumber: "c/t",
    hash: true,
    transition: "none",
    backgroundTransition: "none",
    pdfSeparateFragments: false,
    autoAnimate: !calm,
    ...JSON.parse(document.querySelector("script#reveal-options")?.textContent || "{}"),
    ...(calm ? { transition: "none", backgroundTransition: "none", autoAnimate: false } : {}),
    plugins: typeof RevealNotes === "undefined" ? [] : [RevealNotes],
  });

  // For `quarterdeck serve`, which changes slides in open pages: `renew` prepares a slide with new contents, `changed`
  // shows it.
  const renew = (slide) => {
    prepared.delete(slide);
    window.DeckMath?.render(slide);
    window.DeckDiagrams?.add(slide);
    prepareFragments(slide);
  };
  const changed = ({ chapters }) => {
    if (chapters) markChapters();
    markTitle();
    lightCurrent();
    showAgain();
    showNear();
  };
  window.Deck = Object.assign(window.Deck, { renew, changed, showAgain });

  // diagrams.js draws after the start; for print, before it.
  reveal.addEventListener("drawn", (event) => fit(event.target.closest(".slides section")));
  if (printing) Promise.resolve(window.DeckDiagrams?.draw()).then(start);
  else start();
})();
