/* Diagrams, drawn by mermaid in the colours of the deck: the slide that is shown first, the others after it. Only decks
   that have some load this. Until it is drawn, and if it cannot be, a diagram is its own source. */
(() => {
  "use strict";

  const reveal = document.querySelector(".reveal");
  const ours = JSON.parse(document.querySelector("script#reveal-options")?.textContent || "{}").mermaid ?? {};
  const SOURCES = "pre > code.mermaid:not([data-line-numbers]), pre > code.language-mermaid, pre.mermaid, div.mermaid";

  /* Each source, in a figure that has the attributes which its author gave the source. */
  const figures = Array.from(reveal.querySelectorAll(SOURCES))
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

  /* A colour of the theme as mermaid reads it, whatever CSS it was written in. */
  const paint = document.createElement("canvas").getContext("2d");
  const style = getComputedStyle(reveal);
  const colour = (name) => {
    paint.fillStyle = "#888888";
    paint.fillStyle = style.getPropertyValue(`--${name}`).trim();
    return paint.fillStyle;
  };

  const numbered = (name, count, value) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, value(index)]));

  /* The terminal's colours are those that differ in both themes, and text on them is that of the terminal's ground. */
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

  /* mermaid knows type of 16 pixels: whatever it says, its diagrams look best with that, and are shown larger. */
  const SCALE = 1.75;

  /* mermaid measures in here: where the deck's styles hold, and nothing is made larger or smaller. */
  const bench = document.createElement("div");
  bench.className = "diagram bench";

  const name = (svg) => {
    if (!svg.getAttribute("aria-labelledby")) svg.setAttribute("aria-label", `Diagram: ${svg.getAttribute("aria-roledescription") ?? ""}`);
    svg.setAttribute("role", "img");
  };

  let ready;
  const draw = async (figure) => {
    const block = figure.firstElementChild;
    try {
      await (ready ??= setUp());
      // mermaid removes whatever else has this id: no slide may be called like that.
      const id = `quarterdeck_diagram_${figures.indexOf(figure)}`;
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

  /* One after the other, those on the slide that is shown first; between two of them comes a key that was pressed. */
  const drawAll = async () => {
    const waiting = new Set(figures);
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

  // mermaid comes after the deck's own script, so that the first slide need not wait for it. For print deck.js waits
  // until all is drawn, and starts the deck then.
  const loaded = new Promise((done) => addEventListener("DOMContentLoaded", done));
  loaded.then(() => {
    // Else it would draw on its own when the page has loaded.
    if (window.mermaid) mermaid.startOnLoad = false;
  });
  let drawn;
  window.DeckDiagrams = { draw: () => (drawn ??= loaded.then(drawAll)) };
  Reveal.on("ready", window.DeckDiagrams.draw);
})();
