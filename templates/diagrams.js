/* Diagrams, drawn by mermaid in the colours of the deck: first those of the current slide. Only decks with diagrams load
   this file. Until a diagram is drawn, or if it cannot be drawn, its source is shown. */
(() => {
  "use strict";

  const reveal = document.querySelector(".reveal");
  const ours = JSON.parse(document.querySelector("script#reveal-options")?.textContent || "{}").mermaid ?? {};
  const SOURCES = "pre > code.mermaid:not([data-line-numbers]), pre > code.language-mermaid, pre.mermaid, div.mermaid";

  /* A figure around each source in *root*, with the attributes of the source. */
  const makeFigures = (root) => Array.from(root.querySelectorAll(SOURCES))
    .filter((source) => !source.closest("aside"))
    .map((source) => {
      const block = source.closest("pre") ?? source;
      const figure = document.createElement("div");
      for (const { name, value } of Array.from(block.attributes)) {
        figure.setAttribute(name, value);
        block.removeAttribute(name);
      }
      figure.classList.remove("mermaid");
      figure.classList.add("diagram", "waiting");
      block.replaceWith(figure);
      figure.append(block);
      return figure;
    });
  const waiting = new Set(makeFigures(reveal));

  /* A colour of the theme in a notation that mermaid reads. */
  const paint = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(reveal);
  const colour = (name) => {
    paint.fillStyle = "#888888";
    paint.fillStyle = style.getPropertyValue(`--${name}`).trim();
    return paint.fillStyle;
  };

  const numbered = (name, count, value) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, value(index)]));

  /* The colours of the terminal differ from each other in both themes; text on them has the terminal's background colour. */
  const SERIES = [4, 2, 3, 5, 6, 1, 12, 10, 11, 13, 14, 9].map((number) => `ansi-${number}`);
  const series = (index) => colour(SERIES[index % SERIES.length]);

  const themeVariables = () => {
    const [text, quiet, line, surface, terminal, sea, accent, red] =
      ["text", "quiet", "line", "surface", "terminal", "sea", "accent", "red"].map(colour);
    return {
      darkMode: style.colorScheme.includes("dark"),
      background: colour("canvas"),
      fontFamily: style.fontFamily,
      fontSize: "16px",
      primaryColor: surface, primaryTextColor: text, primaryBorderColor: quiet,
      secondaryColor: terminal, secondaryTextColor: text, secondaryBorderColor: line,
      tertiaryColor: sea, tertiaryTextColor: text, tertiaryBorderColor: line,
      mainBkg: surface, nodeBorder: quiet, lineColor: quiet, textColor: text, titleColor: text,
      clusterBkg: sea, clusterBorder: line, edgeLabelBackground: colour("canvas"),
      noteBkgColor: terminal, noteTextColor: text, noteBorderColor: accent,
      actorBkg: surface, actorBorder: quiet, actorTextColor: text, actorLineColor: line,
      signalColor: quiet, signalTextColor: text, labelBoxBkgColor: terminal, labelBoxBorderColor: quiet,
      labelTextColor: text, loopTextColor: text, activationBkgColor: terminal, activationBorderColor: quiet,
      errorBkgColor: surface, errorTextColor: red,
      gridColor: line, todayLineColor: red, taskBkgColor: surface, taskBorderColor: quiet, taskTextColor: text,
      taskTextDarkColor: text, taskTextLightColor: text, taskTextOutsideColor: text, sectionBkgColor: sea,
      altSectionBkgColor: terminal, sectionBkgColor2: sea, activeTaskBkgColor: surface, activeTaskBorderColor: accent,
      doneTaskBkgColor: sea, doneTaskBorderColor: line, critBkgColor: surface, critBorderColor: red,
      pieStrokeColor: terminal, pieOuterStrokeColor: line, pieOpacity: "1",
      pieTitleTextColor: text, pieLegendTextColor: text, pieSectionTextColor: terminal,
      pieTitleTextSize: "18px", pieLegendTextSize: "16px", pieSectionTextSize: "16px",
      ...numbered("pie", 13, (index) => series(index - 1 + SERIES.length)),
      ...numbered("git", 8, series),
      ...numbered("gitBranchLabel", 8, () => terminal),
      ...numbered("gitInv", 8, () => text),
      ...numbered("cScale", 12, series),
      ...numbered("cScaleLabel", 12, () => terminal),
      ...numbered("cScaleInv", 12, () => text),
      ...numbered("fillType", 8, series),
      commitLabelColor: text, commitLabelBackground: terminal, commitLabelFontSize: "12px",
      tagLabelColor: text, tagLabelBackground: surface, tagLabelBorder: accent, tagLabelFontSize: "12px",
    };
  };

  const setUp = async () => {
    mermaid.initialize({
      startOnLoad: false,
      suppressErrorRendering: true,
      securityLevel: "strict",
      theme: "base",
      look: "classic",
      sequence: { mirrorActors: false, diagramMarginX: 10 },
      gantt: { fontSize: 14, sectionFontSize: 14, barHeight: 24, barGap: 6, topPadding: 40 },
      fontFamily: style.fontFamily,
      themeVariables: themeVariables(),
      ...ours,
    });
    // Text is measured before it is drawn.
    await Promise.all(["400", "600", "700"].map((weight) => document.fonts.load(`${weight} 16px ${style.fontFamily}`)));
  };

  /* mermaid's layouts are made for a font size of 16 px, so diagrams are drawn with it and scaled. */
  const SCALE = 1.75;

  /* Where mermaid measures text: with the deck's styles, but not scaled as slides are. */
  const bench = document.createElement("div");
  bench.className = "diagram bench";

  const name = (svg) => {
    if (!svg.getAttribute("aria-labelledby")) svg.setAttribute("aria-label", `Diagram: ${svg.getAttribute("aria-roledescription") ?? ""}`);
    svg.setAttribute("role", "img");
  };

  let ready;
  let drawn = 0;
  const draw = async (figure) => {
    const block = figure.firstElementChild;
    try {
      await (ready ??= setUp());
      // mermaid removes any other element with this id, so no slide may have it.
      const id = `quarterdeck_diagram_${drawn++}`;
      const { svg, bindFunctions } = await mermaid.render(id, block.textContent, bench);
      figure.innerHTML = svg;
      const drawing = figure.firstElementChild;
      drawing.setAttribute("preserveAspectRatio", "xMinYMid meet");
      drawing.style.maxWidth = `${drawing.viewBox.baseVal.width * SCALE}px`;
      name(drawing);
      bindFunctions?.(figure);
    } catch (error) {
      const message = document.createElement("p");
      message.className = "wrong";
      message.textContent = `This diagram cannot be drawn.\n${String(error?.message ?? error).split("\nExpecting")[0]}`;
      figure.append(message);
    }
    figure.classList.remove("waiting");
    figure.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  };

  /* One diagram at a time, those of the current slide first; in between, the browser handles keys. */
  const drawAll = async () => {
    if (!waiting.size) return;
    reveal.append(bench);
    while (waiting.size) {
      const shown = Reveal.isReady() ? Reveal.getCurrentSlide() : null;
      const next = Array.from(waiting).find((figure) => shown?.contains(figure)) ?? Array.from(waiting)[0];
      waiting.delete(next);
      await draw(next);
      await new Promise((done) => setTimeout(done));
    }
    bench.remove();
  };

  // mermaid.js is loaded after deck.js, so that the first slide does not wait for it. For print, deck.js starts the deck
  // after all diagrams are drawn.
  const loaded = new Promise((done) => addEventListener("DOMContentLoaded", done));
  loaded.then(() => {
    // Otherwise it draws by itself when the page has loaded.
    if (window.mermaid) mermaid.startOnLoad = false;
  });
  let drawing;
  const drawWaiting = () => (drawing = (drawing ?? loaded).then(drawAll));
  let first;
  window.DeckDiagrams = {
    draw: () => (first ??= drawWaiting()),
    add: (root) => {
      for (const figure of makeFigures(root)) waiting.add(figure);
      drawWaiting();
    },
  };
  Reveal.on("ready", window.DeckDiagrams.draw);
})();
