/* The first script of a served page. reveal.js takes commands from any window that has a reference to this one, and asks
   for no origin: messages of other origins end here. */
addEventListener("message", (event) => {
  if (event.origin !== location.origin) event.stopImmediatePropagation();
}, true);
