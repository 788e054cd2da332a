/* Errors over the last good deck, and a small count of warnings. All of it is text, never HTML. */
(() => {
  "use strict";

  const STYLE = `
    :host { all: initial; position: fixed; inset: 0; z-index: 2147483000; pointer-events: none; }
    * { box-sizing: border-box; }
    .panel, button { font: 16px/1.45 ui-sans-serif, system-ui, sans-serif; color: #eef3f7; }
    .panel { position: absolute; left: 50%; bottom: 2rem; translate: -50% 0; width: min(60rem, calc(100vw - 2rem)); max-height: 70vh;
      overflow: auto; padding: 1rem 1.25rem; border-radius: .5rem; background: #14212df2; border-left: .4rem solid #f4a261;
      box-shadow: 0 .5rem 2rem #0008; pointer-events: auto; }
    .panel.errors { border-color: #ff6b6b; }
    h2 { font-size: 1rem; margin: 0 0 .5rem; }
    p { margin: .5rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
    .place { font-family: ui-monospace, monospace; color: #8ecae6; }
    .hint { color: #b8c7d3; margin: 0; padding-left: 1.5rem; }
    button { border: 0; border-radius: .4rem; background: #14212dd9; padding: .25rem .6rem; cursor: pointer; pointer-events: auto; }
    .count { position: absolute; left: .75rem; bottom: .75rem; border-left: .25rem solid #f4a261; font-size: 14px; }
    .close { position: absolute; right: .5rem; top: .5rem; background: none; }
    @media print { :host { display: none; } }`;

  const host = document.createElement("div");
  host.id = "quarterdeck-problems";
  const shadow = host.attachShadow({ mode: "open" });
  let open = false;
  let hidden = false;
  let shown = { errors: [], warnings: [] };

  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const lines = (problem) => {
    const line = make("p");
    if (problem.place) {
      const place = make(problem.address ? "a" : "span", "place", `${problem.place}: `);
      if (problem.address) place.href = problem.address;
      line.append(place);
    }
    line.append(problem.what);
    return problem.hint ? [line, make("p", "hint", `hint: ${problem.hint}`)] : [line];
  };

  const panel = (className, title, problems, close) => {
    const box = make("div", `panel ${className}`);
    box.setAttribute("role", className === "errors" ? "alert" : "status");
    const button = make("button", "close", "✕");
    button.setAttribute("aria-label", "Close");
    button.onclick = close;
    box.append(make("h2", "", title), button, ...problems.flatMap(lines));
    return box;
  };

  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  const render = () => {
    const { errors, warnings } = shown;
    const style = make("style", "", STYLE);
    const parts = [style];
    if (errors.length && !hidden) {
      parts.push(panel("errors", `${count(errors.length, "error")}; this is the last deck without`, errors, () => { hidden = true; render(); }));
    } else if (warnings.length && open) {
      parts.push(panel("warnings", count(warnings.length, "warning"), warnings, () => { open = false; render(); }));
    } else if (errors.length || warnings.length) {
      const button = make("button", "count", errors.length ? count(errors.length, "error") : count(warnings.length, "warning"));
      button.onclick = () => { open = true; hidden = false; render(); };
      parts.push(button);
    }
    shadow.replaceChildren(...parts);
    if (!host.isConnected) document.body.append(host);
  };

  const showProblems = ({ errors, warnings }) => {
    hidden = false;
    if (!warnings.length) open = false;
    shown = { errors, warnings };
    if (!window.Live.receiver) render();
  };

  /* A line that goes away by itself. */
  const tell = (text) => {
    const box = make("div", "panel", text);
    box.setAttribute("role", "status");
    shadow.append(box);
    if (!host.isConnected) document.body.append(host);
    setTimeout(() => box.remove(), 4000);
  };

  Object.assign(window.Live, { showProblems, tell });
})();
