/* Formulas, set by KaTeX before the deck starts, so that slides are fitted with them. Only decks that have some load this. */
(() => {
  "use strict";

  const ours = JSON.parse(document.querySelector("script#reveal-options")?.textContent || "{}").katex ?? {};
  const formulas = Array.from(document.querySelectorAll(".reveal [data-math]"));

  for (const place of formulas) {
    katex.render(place.textContent, place, {
      throwOnError: false,
      errorColor: "var(--red)",
      fleqn: true,
      ...ours,
      displayMode: place.dataset.math === "display",
      // The speaker's window has none of our styles: there browsers show MathML themselves.
      output: place.closest("aside.notes") ? "mathml" : "htmlAndMathml",
    });
  }

  /* Fonts on slides that are not shown yet would come late, and change what was fitted by then. */
  const seen = new Set();
  for (const part of document.querySelectorAll(".katex-html, .katex-html *")) {
    if (seen.has(part.className)) continue;
    seen.add(part.className);
    const { fontStyle, fontWeight, fontFamily } = getComputedStyle(part);
    document.fonts.load(`${fontStyle} ${fontWeight} 1em ${fontFamily}`);
  }
})();
