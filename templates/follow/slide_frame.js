/* The frame with the slides: the presenter's slide and fragment, and the edits of the deck. */
(() => {
  "use strict";

  const box = document.querySelector(".slides-box");
  const blank = box.querySelector(".blank");
  let frame = box.querySelector("iframe");
  let place = null;

  /* What the frame offers, once its slides are there; null: it has none. */
  const slides = async () => {
    if (frame.contentDocument?.readyState !== "complete" || frame.contentWindow.location.href === "about:blank") {
      await new Promise((done) => frame.addEventListener("load", done, { once: true }));
    }
    const follow = frame.contentWindow.Follow;
    await follow?.ready;
    return follow ?? null;
  };

  const fit = (follow) => {
    const { width, height } = follow.size();
    if (Number.isFinite(width / height)) box.style.setProperty("--shape", width / height);
  };

  const settle = async () => {
    const follow = await slides();
    if (!follow) return;
    fit(follow);
    if (place) follow.show(place);
  };

  /* The new frame is seen when it is at its place. */
  const reload = async () => {
    const before = frame;
    frame = before.cloneNode();
    frame.style.visibility = "hidden";
    before.before(frame);
    await settle();
    frame.style.visibility = "";
    before.remove();
  };

  const update = async (message) => {
    const follow = await slides();
    if (follow?.version() === message.to) return;
    if (message.kind === "update" && follow?.version() === message.from) await follow.update(message);
    else await reload();
    // This page has the deck's theme.
    if (message.styleSheets || !document.querySelector('link[href^="assets/theme."]')) location.reload();
  };

  let chain = Promise.resolve();
  const later = (task) => {
    chain = chain.then(task).catch((error) => console.warn("quarterdeck:", error));
  };

  const show = (at) => {
    place = at;
    if (at) later(settle);
  };
  const setBlank = (isBlank) => {
    blank.hidden = !isBlank;
    document.body.classList.toggle("blank", isBlank);
  };

  window.Live.slideFrame = {
    everything: ({ version, at, blank: isBlank }) => {
      setBlank(isBlank);
      later(async () => {
        if ((await slides())?.version() !== version && version) await reload();
      });
      show(at ?? place);
    },
    at: show,
    blank: () => setBlank(true),
    update: (message) => later(() => update(message)),
    reload: (message) => later(() => update(message)),
  };
  later(settle);
})();
