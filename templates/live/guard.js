/* The first script of a served page. reveal.js takes commands from any window that has a reference to this one, and asks
   for no origin: messages of other origins end here. */
addEventListener("message", (event) => {
  if (event.origin !== location.origin) event.stopImmediatePropagation();
}, true);

/* reveal.js's speaker window shows the deck in a frame whose events move the main window. While the frame starts, they
   would move it to where the frame starts: connection.js lets it speak later. */
if (/[?&]receiver\b/.test(location.search)) {
  history.replaceState(null, "", location.href.replace("postMessageEvents=true", "speaksLater"));
}

/* Browsers abort requests when a network of this machine changes, as Docker's do during demos: load the page again. */
addEventListener("error", ({ target }) => {
  const failed = (target instanceof HTMLScriptElement || target instanceof HTMLLinkElement) && !("triesAgain" in target.dataset);
  const tries = Number(sessionStorage.getItem("quarterdeck:tries") ?? 0);
  if (!failed || tries >= 5 || window.quarterdeckLoadsAgain) return;
  window.quarterdeckLoadsAgain = true;
  sessionStorage.setItem("quarterdeck:tries", tries + 1);
  setTimeout(() => location.reload(), 200);
}, true);
addEventListener("load", () => window.quarterdeckLoadsAgain || sessionStorage.removeItem("quarterdeck:tries"));
