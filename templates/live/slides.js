/* Changes the slides of this page in place. Elements stay: a `<section>` gets new contents, since reveal.js knows its slides
   by their elements; only slides that were added, moved or removed need its `sync()`, which is slow in a long deck. */
(() => {
  "use strict";

  const root = document.querySelector(".reveal .slides");
  const isSection = (element) => element.localName === "section";
  const isStack = (section) => section.firstElementChild?.localName === "section";
  const read = (element) => Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value]));

  /* All slides of the page in order, before reveal.js removes the hidden ones. */
  const elements = Array.from(root?.children ?? []).filter(isSection)
    .flatMap((section) => (isStack(section) ? Array.from(section.children).filter(isSection) : [section]));
  /* The attributes that the author gave, without those of reveal.js. */
  const authored = new Map(elements.map((section) => [section, read(section)]));
  for (const section of Array.from(root?.children ?? [])) if (isSection(section) && isStack(section)) authored.set(section, read(section));

  let ownStyles = Array.from(document.head.querySelectorAll(":scope > style"));

  const byNumber = new Map();
  const numberOf = (section) => section.quarterdeckNumber;
  let numbers = [];

  /* Take the numbers of the slides of this page, in order; false if they do not fit. A server that was started again has
     other numbers. */
  const setNumbers = (list) => {
    const sections = numbers.length ? numbers.map((number) => byNumber.get(number)) : elements;
    if (list.length !== sections.length) return false;
    numbers = list;
    byNumber.clear();
    sections.forEach((section, index) => {
      section.quarterdeckNumber = list[index];
      byNumber.set(list[index], section);
    });
    return true;
  };

  const declared = (css) => {
    const dummy = document.createElement("div");
    dummy.style.cssText = css ?? "";
    return dummy.style;
  };

  /* Attributes as the author wrote them, without touching what reveal.js has set. */
  const setAttributes = (section, now) => {
    const before = authored.get(section) ?? {};
    for (const name of Object.keys(before)) if (!(name in now) && name !== "class" && name !== "style") section.removeAttribute(name);
    for (const [name, value] of Object.entries(now)) {
      if (name !== "class" && name !== "style" && before[name] !== value) section.setAttribute(name, value);
    }
    const words = (text) => (text ?? "").split(/\s+/).filter(Boolean);
    if (before.class !== now.class) {
      section.classList.remove(...words(before.class));
      section.classList.add(...words(now.class));
    }
    if (before.style !== now.style) {
      for (const name of declared(before.style)) section.style.removeProperty(name);
      const style = declared(now.style);
      for (const name of style) section.style.setProperty(name, style.getPropertyValue(name), style.getPropertyPriority(name));
    }
    authored.set(section, now);
  };

  const setContents = (section, { attributes, html }) => {
    setAttributes(section, attributes);
    section.innerHTML = html;
    window.Deck?.renew?.(section);
    for (const image of section.querySelectorAll("img")) {
      if (!image.complete) image.addEventListener("load", () => window.Deck?.showAgain?.(section), { once: true });
    }
  };

  /* After the contents of *section* were replaced: count its fragments, and show those that were visible. */
  const syncContents = (section, fragment) => {
    Reveal.syncSlide(section);
    if (section === Reveal.getCurrentSlide()) {
      Reveal.navigateFragment(Math.min(fragment, window.Live.lastFragment(section)));
    } else {
      for (const part of section.querySelectorAll(".fragment")) part.classList.toggle("visible", Number(part.dataset.fragmentIndex) <= fragment);
    }
  };

  const isShown = (section) => authored.get(section)?.["data-visibility"] !== "hidden" || Reveal.getConfig().showHiddenSlides;

  /* Make *wanted* the sections in *parent*, in this order, moving as few as possible. */
  const arrange = (parent, wanted) => {
    for (const section of Array.from(parent.children)) if (isSection(section) && !wanted.includes(section)) section.remove();
    let next = Array.from(parent.children).find(isSection) ?? null;
    for (const section of wanted) {
      if (section === next) {
        next = next.nextElementSibling;
        while (next && !isSection(next)) next = next.nextElementSibling;
      } else parent.insertBefore(section, next);
    }
  };

  const newSection = (number) => {
    const section = document.createElement("section");
    section.quarterdeckNumber = number;
    byNumber.set(number, section);
    return section;
  };

  const restructure = (order) => {
    const used = new Set();
    const tops = [];
    const stacks = [];
    for (const [attributes, members] of order) {
      const sections = members.map((number) => byNumber.get(number)).filter(isShown);
      if (!sections.length) continue;
      if (attributes === null) {
        tops.push(sections[0]);
        continue;
      }
      const parent = sections.map((section) => section.parentElement).find((element) => element && element !== root && isSection(element) && !used.has(element));
      const stack = parent ?? document.createElement("section");
      used.add(stack);
      setAttributes(stack, attributes);
      stacks.push([stack, sections]);
      tops.push(stack);
    }
    // Slides leave their stacks first: one that stands alone now may have been in a stack that stays.
    for (const [stack, sections] of stacks) arrange(stack, sections);
    arrange(root, tops);
    for (const section of root.children) if (isSection(section) && !isStack(section)) section.classList.remove("stack");
  };

  const leave = () => {
    const views = { overview: Reveal.isOverview(), scroll: Reveal.isScrollView?.() ?? false, top: Reveal.getViewportElement().scrollTop };
    if (views.overview) Reveal.toggleOverview(false);
    if (views.scroll) Reveal.toggleScrollView(false);
    return views;
  };

  const enter = (views) => {
    if (views.overview) Reveal.toggleOverview(true);
    if (views.scroll) {
      Reveal.toggleScrollView(true);
      Reveal.getViewportElement().scrollTop = views.top;
    }
  };

  const setSymbols = (symbols) => {
    const found = document.querySelector("body > svg[aria-hidden]");
    if (found) found.innerHTML = symbols;
    else document.body.insertAdjacentHTML("afterbegin", `<svg aria-hidden="true" style="display: none">${symbols}</svg>`);
  };

  const setTexts = ({ title, symbols, styles }) => {
    if (title !== undefined) document.title = title;
    if (symbols !== undefined) setSymbols(symbols);
    if (styles === undefined) return;
    ownStyles = styles.map((css, index) => {
      const style = ownStyles[index] ?? document.head.appendChild(document.createElement("style"));
      if (style.textContent !== css) style.textContent = css;
      return style;
    }).concat(ownStyles.slice(styles.length).map((style) => style.remove())).filter(Boolean);
  };

  /* New style sheets are loaded before the old ones go, so that the page is never without. */
  const setStyleSheets = async (addresses) => {
    const links = Array.from(document.head.querySelectorAll("link[rel=stylesheet]"));
    let last = null;
    const loads = [];
    const kept = addresses.map((address) => {
      let link = links.find((other) => other.getAttribute("href") === address);
      if (!link) {
        link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = address;
        loads.push(new Promise((done) => { link.onload = link.onerror = done; }));
        if (last) last.after(link);
        else (links[0] ?? document.head.lastElementChild).before(link);
      }
      last = link;
      return link;
    });
    await Promise.all(loads);
    for (const link of links) if (!kept.includes(link)) link.remove();
  };

  /* The speaker window does not notice that slides change: at this event of the main window it shows the notes, and its
     two frames go to the main window's place. */
  const refreshSpeaker = () => {
    try {
      const main = window.Live.receiver ? window.parent.opener : window;
      main?.Reveal?.dispatchEvent({ type: "resumed" });
    } catch { /* the main window is gone */ }
  };

  const mayBeChapter = (section) => section.matches(".section") || section.querySelectorAll(":scope > :not(aside)").length < 3;

  const change = (update) => {
    const place = window.Live.takePlace(numberOf);
    const before = numbers;
    const views = update.order || Reveal.isScrollView?.() ? leave() : null;
    const wasChapter = new Set();
    const changed = Object.entries(update.slides ?? {}).map(([text, slide]) => {
      const section = byNumber.get(Number(text)) ?? newSection(Number(text));
      const fragment = window.Live.visibleFragments(section);
      if (section.classList.contains("chapter")) wasChapter.add(section);
      setContents(section, slide);
      return [section, fragment];
    });
    if (update.order) {
      numbers = update.order.flatMap(([, members]) => members);
      restructure(update.order);
      for (const [number, section] of byNumber) if (!numbers.includes(number)) byNumber.delete(number), authored.delete(section);
      Reveal.sync();
      for (const [section, fragment] of changed) if (section.isConnected) syncContents(section, fragment);
      const shown = numbers.filter((number) => byNumber.get(number)?.isConnected);
      const nearest = place && window.Live.findNearest(place, before, shown);
      if (nearest !== undefined && nearest !== null) window.Live.goTo(byNumber.get(nearest), nearest === place.slide ? place.fragment : -1);
    } else {
      for (const [section, fragment] of changed) if (section.isConnected) syncContents(section, fragment);
    }
    if (views) enter(views);
    // Slides with only a heading are numbered over the whole deck.
    const chapters = update.order !== undefined || changed.some(([section]) => wasChapter.has(section) || mayBeChapter(section));
    // Before the browser paints; a page that is hidden does it when it is seen.
    requestAnimationFrame(() => window.Deck?.changed?.({ chapters }));
    const address = `#${Reveal.getSlidePath()}`;
    if (Reveal.getConfig().hash && !window.Live.receiver && location.hash !== address) history.replaceState(null, "", address);
  };

  /* Without it, fragments that reveal.js hides and shows again on the way would fade. */
  const calm = new CSSStyleSheet();
  calm.replaceSync(".reveal .slides .fragment { transition: none !important }");
  const calmly = (task) => {
    document.adoptedStyleSheets.push(calm);
    try {
      task();
      void Reveal.getCurrentSlide()?.offsetHeight;
    } finally {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== calm);
    }
  };

  /* Change this page as the server says. reveal.js's events would make the speaker window drag the deck along. */
  const applyUpdate = async (update) => {
    const config = Reveal.getConfig();
    const { postMessageEvents } = config;
    config.postMessageEvents = false;
    try {
      setTexts(update);
      const fades = update.order || Object.values(update.slides ?? {}).some(({ html }) => html.includes("fragment"));
      if (fades) calmly(() => change(update));
      else if (update.slides) change(update);
      if (update.styleSheets) await setStyleSheets(update.styleSheets);
      if (update.styleSheets || update.styles) window.Deck?.showAgain?.();
    } finally {
      config.postMessageEvents = postMessageEvents;
    }
  };

  Object.assign(window.Live, { setNumbers, numberOf, applyUpdate, refreshSpeaker, numbers: () => numbers, sectionOf: (number) => byNumber.get(number) });
})();
