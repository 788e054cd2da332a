/* Prepares the contents of a slide: classes that CSS cannot derive, and accessible names. */
(() => {
  "use strict";

  const all = (root, selector) => Array.from(root.querySelectorAll(selector));

  /* A paragraph that holds only a picture; CSS cannot see text. */
  const markPictures = (root) => {
    for (const image of all(root, "p > img, p > a > img")) {
      const paragraph = image.closest("p");
      if (paragraph.textContent.trim() || all(paragraph, "img").length > 1) continue;
      image.parentElement.classList.add("picture");
      const asWritten = !["style", "width", "height", "class"].some((name) => image.hasAttribute(name));
      if (asWritten) image.classList.add("filling");
    }
  };

  /* Columns of numbers are right-aligned, unless the table says otherwise. */
  const alignNumbers = (table) => {
    const rows = all(table, "tbody tr").map((row) => Array.from(row.cells));
    const heads = Array.from(table.tHead?.rows[0]?.cells ?? []);
    const numeric = (cell) => /^[-+±~]?[\d.,\u202f\u00a0 ]*\d\s?(%|[a-zA-Zµ]{1,3})?$/.test(cell.textContent.trim());
    (rows[0] ?? []).forEach((_, column) => {
      const cells = rows.map((row) => row[column]).filter((cell) => cell?.textContent.trim());
      if (!cells.length || !cells.every(numeric)) return;
      for (const cell of [heads[column], ...cells]) {
        if (cell && !cell.style.textAlign && !cell.hasAttribute("align")) cell.classList.add("number");
      }
    });
  };

  /* A link without text shows the icon in `data-sign`, unless a style already shows something there. */
  const signLinks = (root) => {
    for (const link of all(root, "a[data-sign]:empty")) {
      const shows = (part) => !["none", "normal"].includes(getComputedStyle(link, part).content);
      const { backgroundImage, maskImage } = getComputedStyle(link);
      const symbol = document.getElementById(link.dataset.sign);
      if (!symbol || shows("::before") || shows("::after") || (backgroundImage + maskImage).includes("(")) continue;
      const { width, height } = symbol.viewBox.baseVal;
      const use = `<use href="#${symbol.id}"/>`;
      const stroke = symbol.hasAttribute("stroke") ? 'stroke-width="2"' : "";
      link.innerHTML = `<svg class="glyph" width="${width / height}em" height="1em" ${stroke} aria-hidden="true">${use}</svg>`;
    }
  };

  /* The accessible name of a link that shows an icon and no text is its address. */
  const nameLinks = (root) => {
    for (const link of all(root, "a[href]")) {
      if (link.textContent.trim() || link.ariaLabel || link.title || link.querySelector("img[alt]:not([alt='']), svg[aria-label]")) continue;
      link.setAttribute("aria-label", link.getAttribute("href").replace(/^[a-z]+:\/\/(www\.)?|[/#]$/g, ""));
    }
  };

  const prepareContents = (slide) => {
    markPictures(slide);
    all(slide, "table:not(.events)").forEach(alignNumbers);
    for (const button of all(slide, "button.copy")) {
      button.setAttribute("aria-label", "Copy the commands");
      button.title = "Copy the commands";
    }
    signLinks(slide);
    nameLinks(slide);
    for (const box of all(slide, "li input[type=checkbox]:not([aria-label])")) box.setAttribute("aria-label", box.checked ? "Done" : "To do");
    for (const output of all(slide, ".output")) output.removeAttribute("tabindex");
    for (const screen of all(slide, ".terminal")) {
      screen.setAttribute("role", "group");
      screen.setAttribute("aria-label", "Output");
    }
  };

  window.Deck = Object.assign(window.Deck ?? {}, { prepareContents });
})();
