/* Two small panels beside the slides: the offer to run the steps before a step first, and what differs from the recording.
   All of it is text, never HTML. */
(() => {
  "use strict";

  const { Live } = window;

  const make = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const button = (className, text, act) => {
    const element = make("button", className, text);
    element.type = "button";
    element.addEventListener("click", (event) => event.isTrusted && act());
    return element;
  };

  let panel = null;
  /* The open panel: its kind, its cue, and what Enter and R do. */
  let open = null;

  const close = () => {
    panel?.remove();
    panel = open = null;
    Live.steps?.render();
  };

  const show = (kind, cue, parts, confirm = null) => {
    close();
    panel = make("div", `step-panel ${kind}`);
    panel.setAttribute("role", kind === "offer" ? "alertdialog" : "region");
    panel.append(...parts);
    document.querySelector(".reveal").append(panel);
    open = { kind, cue, confirm };
    place();
    Live.steps?.render();
  };

  /* Below the commands of its step. */
  const place = () => {
    if (!panel) return;
    const block = Live.blocks.findShown(open.cue);
    if (!block) return close();
    const { left, top, width, unit } = Live.blocks.findPlace(block);
    const slide = block.closest("section").getBoundingClientRect();
    panel.style.setProperty("--unit-here", `${unit}px`);
    Object.assign(panel.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, maxHeight: `${slide.bottom - top - 40 * unit}px` });
    return undefined;
  };

  const showOffer = ({ cue, steps, seconds }) => {
    const names = steps.length > 4 ? `${steps.slice(0, 3).join(", ")} and ${steps.length - 3} more` : steps.join(", ");
    const have = steps.length === 1 ? "has" : "have";
    const time = seconds >= 0.5 ? ` (${Math.round(seconds)} s)` : "";
    const confirm = () => {
      close();
      Live.steps.run(cue, { first: true });
    };
    const words = make("p", "words", `${names} ${have} not run${time}`);
    const yes = button("yes", "Run them first", confirm);
    if (steps.length === 1) yes.textContent = "Run it first";
    yes.append(make("kbd", "", "R"));
    const no = button("no", "Not now", close);
    no.append(make("kbd", "", "Esc"));
    show("offer", cue, [words, yes, no], confirm);
  };

  const showEvidence = (cue, lines) => {
    const text = make("pre", "lines");
    for (const line of lines) text.append(make("span", { "-": "removed", "+": "added" }[line[0]] ?? "", `${line}\n`));
    text.tabIndex = 0;
    const shut = button("no", "Close", close);
    shut.append(make("kbd", "", "Esc"));
    const head = make("p", "words", "Recorded ");
    head.append(make("b", "removed", "−"), ", now ", make("b", "added", "+"));
    const top = make("div", "head");
    top.append(head, shut);
    show("evidence", cue, [top, text]);
  };

  /* Keys of the open panel, before reveal.js has them. */
  const onKey = (event) => {
    if (!open || !event.isTrusted || event.ctrlKey || event.altKey || event.metaKey) return;
    if (panel.contains(document.activeElement) && event.key !== "Escape") return event.stopPropagation();
    if (document.activeElement?.matches("textarea, input")) return undefined;
    const confirms = open.confirm && (event.key === "Enter" || event.key.toLowerCase() === "r");
    if (event.key !== "Escape" && !confirms) return undefined;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (confirms) open.confirm();
    else close();
    return undefined;
  };

  const watch = () => {
    if (!Live.receiver) addEventListener("keydown", onKey, true);
    Reveal.on("slidechanged", close);
    for (const name of ["resize", "overviewshown", "fragmentshown", "fragmenthidden"]) Reveal.on(name, place);
  };

  Live.panels = { showOffer, showEvidence, close, place, watch, open: () => open, make, button };
})();
