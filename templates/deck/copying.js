/* The button that copies the commands of a step. */
(() => {
  "use strict";

  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // From file:// or without permission: the older way, with an invisible field.
      const field = document.createElement("textarea");
      field.value = text;
      field.style.cssText = "position: fixed; opacity: 0";
      document.body.append(field);
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      if (!copied) throw new Error("the browser does not let this page copy");
    }
  };

  const onCopy = async (button) => {
    const say = (state, label) => {
      button.classList.toggle("copied", state);
      button.setAttribute("aria-label", label);
    };
    try {
      await copyText(button.dataset.copy);
      say(true, "Copied");
    } catch {
      say(false, "Could not copy");
    }
    button.blur();
    setTimeout(() => say(false, "Copy the commands"), 1500);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) onCopy(button);
  });
})();
