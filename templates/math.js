/* Formulas, rendered by KaTeX before the deck starts and slides are fitted. Only decks with formulas load this file. */
(() => {
  "use strict";

  const ours = JSON.parse(document.querySelector("script#reveal-options")?.textContent || "{}").katex ?? {};

  const render = (root) => {
    for (const place of root.querySelectorAll("[data-math]")) {
      katex.render(place.textContent, place, {
        throwOnError: false,
        errorColor: "var(--red)",
        fleqn: true,
        ...ours,
        displayMode: place.dataset.math === "display",
        // The speaker window has none of the deck's styles; browsers show MathML without any.
        output: place.closest("aside.notes") ? "mathml" : "htmlAndMathml",
      });
    }
  };
  for (const root of document.querySelectorAll(".reveal")) render(root);
  window.DeckMath = { render };

  /* Load the fonts of hidden slides now: later they would change slides that are already fitted. */
  const seen = new Set();
  for (const part of document.querySelectorAll(".katex-html, .katex-html *")) {
    if (seen.has(part.className)) continue;
    seen.add(part.className);
    const { fontStyle, fontWeight, fontFamily } = getComputedStyle(part);
    document.fonts.load(`${fontStyle} ${fontWeight} 1em ${fontFamily}`);
  }
})();
