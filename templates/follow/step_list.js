/* What has been run so far, the newest first: caption, commands, and a button that copies them. All of it is text. */
(() => {
  "use strict";

  const box = document.querySelector(".steps-box");
  const list = box.querySelector("ol");
  const none = box.querySelector(".none");

  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  const draw = ({ name, caption, commands, recorded }) => {
    const entry = make("li");
    entry.dataset.step = name;
    const head = make("p", "caption", caption || name);
    if (recorded) head.append(" ", make("span", "mark recorded", "recorded"));
    const card = make("div", "card");
    const pre = make("pre");
    for (const command of commands) pre.append(make("code", "", command || "\u00a0"));
    const button = make("button", "copy");
    button.type = "button";
    button.setAttribute("aria-label", "Copy the commands");
    button.dataset.copy = commands.join("\n");
    card.append(pre, button);
    entry.append(head, card);
    return entry;
  };

  /* A step that is run again moves to the top. */
  const add = (step) => {
    none.hidden = true;
    for (const entry of list.children) {
      if (entry.dataset.step === step.name) {
        entry.remove();
        break;
      }
    }
    list.prepend(draw(step));
  };

  window.Live.stepList = {
    everything: ({ steps }) => {
      list.replaceChildren();
      none.hidden = steps.length > 0;
      steps.forEach(add);
    },
    step: add,
  };
})();
