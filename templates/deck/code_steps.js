/* Code with steps: which of its lines are highlighted. */
(() => {
  "use strict";

  const all = (root, selector) => Array.from(root.querySelectorAll(selector));

  /* "1-2|4" is [Set{1, 2}, Set{4}]; a part without numbers highlights every line. */
  const parseSteps = (text) =>
    text.split("|").map((part) => {
      const lines = new Set();
      for (const [, first, last] of part.matchAll(/(\d+)(?:\s*-\s*(\d+))?/g)) {
        for (let line = +first; line <= +(last ?? first); line += 1) lines.add(line);
      }
      return lines;
    });

  /* The first step shows with the slide; each further step is a fragment, an empty element after the code. */
  const prepareSteps = (code) => {
    const from = (parseInt(code.dataset.lnStartFrom, 10) || 1) - 1;
    code.style.setProperty("--from", from);
    code.style.setProperty("--digits", Math.max(2, String(from + all(code, ".line").length).length));
    const steps = parseSteps(code.dataset.lineNumbers);
    const pre = code.parentElement;
    if (!pre.querySelector(":scope > .code-step")) {
      for (const _ of steps.slice(1)) {
        const fragment = document.createElement("span");
        fragment.className = "fragment code-step";
        if (code.dataset.fragmentIndex) fragment.dataset.fragmentIndex = +code.dataset.fragmentIndex + all(pre, ".code-step").length;
        pre.append(fragment);
      }
    }
  };

  const light = (code) => {
    const steps = parseSteps(code.dataset.lineNumbers);
    const lit = steps[all(code.parentElement, ":scope > .code-step.visible").length] ?? new Set();
    const lines = all(code, ".line");
    code.classList.toggle("steps", lit.size > 0);
    lines.forEach((line, index) => line.classList.toggle("lit", lit.has(index + 1)));
    const pre = code.parentElement;
    const first = lines.find((line) => line.classList.contains("lit"));
    if (first && pre.scrollHeight > pre.clientHeight) pre.scrollTop = first.offsetTop - pre.clientHeight / 3;
  };

  window.Deck = Object.assign(window.Deck ?? {}, { prepareSteps, light });
})();
