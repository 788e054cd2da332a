/* The terminals of the slides: one of the step that was performed last, and a few of steps before it, which stay as they
   ended. The server knows what they show; a page is only a view. */
(() => {
  "use strict";

  const { Live } = window;
  /* Older terminals go: each has up to some megabytes. */
  const MOST_KEPT = 6;
  /* Bytes after which the server learns that they are on the screen. */
  const CONFIRM = 32768;

  let current = null;
  let kept = [];
  let confirmed = 0;
  /* Whether the program has the size of this page's terminal; of several pages it has that of the last one used. */
  let mine = false;
  /* Whether the connection was lost since the server has said which terminal there is. */
  let stale = false;

  const drop = (view) => {
    kept = kept.filter((other) => other !== view);
    if (current === view) current = null;
    view.dispose();
  };

  const confirm = (view) => {
    if (view !== current) return;
    if (view.taken - confirmed < CONFIRM && view.pending) return;
    confirmed = view.taken;
    Live.send({ kind: "taken", bytes: confirmed });
  };

  const announce = ({ rows, columns }) => Live.send({ kind: "size", rows, columns });

  /* Put all terminals where their blocks are now. */
  const layout = () => {
    for (const view of [...kept, ...(current ? [current] : [])]) {
      const block = Live.blocks.findShown(view.cue);
      const place = block ? Live.blocks.findPlace(block) : null;
      if (view === current && place && mine && (view.rows !== place.rows || view.columns !== place.columns)) {
        view.rows = place.rows;
        view.columns = place.columns;
        announce(place);
      }
      view.put(place, { settled: view !== current });
      block?.classList.add("performed");
    }
    Live.keys?.update();
  };

  let asked = 0;
  const layoutSoon = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      layout();
    });
  };

  /* The program gets the size that the block of *cue* has on this page. */
  const claim = (cue) => {
    const block = Live.blocks.findShown(cue);
    if (!block || Live.receiver) return;
    mine = true;
    announce(Live.blocks.findPlace(block));
  };

  /* The output of a block is shown by its terminal: pressing "next" once more for it would show nothing new. */
  const showFragment = (block) => {
    const output = block?.querySelector(".output.fragment:not(.visible)");
    const section = block?.closest("section");
    if (output && !Live.receiver && Number(output.dataset.fragmentIndex) === Live.visibleFragments(section) + 1) Reveal.nextFragment();
  };

  const keep = () => {
    if (!current) return;
    kept.push(current);
    current = null;
    if (kept.length > MOST_KEPT) drop(kept[0]);
  };

  const handlers = {
    order: ({ steps }) => {
      Live.blocks.setOrder(steps);
      layout();
    },
    terminal: async ({ cue, recorded, rows, columns }) => {
      stale = false;
      if (cue === null) {
        if (current) drop(current);
        return layout();
      }
      await Live.loadTerminals();
      confirmed = 0;
      // The same step again, or output that was too fast for this page: making a terminal takes longer than emptying one.
      if (current?.cue === cue) current.begin({ recorded, rows, columns });
      else {
        keep();
        for (const view of kept.filter((other) => other.cue === cue)) drop(view);
        current = new Live.StepTerminal({ cue, recorded, rows, columns, typed: (view, data) => Live.keys.typed(view, data) });
        Live.keys.attend(current);
      }
      mine ||= !Live.receiver && document.hasFocus();
      layout();
      showFragment(Live.blocks.findShown(cue));
    },
    rename: ({ cue }) => {
      if (current) current.cue = cue;
      layout();
    },
    size: ({ rows, columns }) => {
      mine = false;
      if (current) Object.assign(current, { rows, columns });
      layout();
    },
    bytes: (data) => current?.write(data, confirm),
    /* A step that counts as not run has no terminal any more. */
    state: ({ results }) => {
      for (const view of kept.filter(({ cue }) => !(cue in results))) drop(view);
      if (stale && current) drop(current);
      stale = false;
    },
  };

  const lost = () => { stale = true; };

  const watch = () => {
    for (const name of ["slidechanged", "slidetransitionend", "resize", "overviewshown", "overviewhidden", "fragmentshown", "fragmenthidden"]) {
      Reveal.on(name, layout);
    }
    addEventListener("resize", layoutSoon);
    // Fonts and pictures change what is above a block; deck.js fits slides a moment after they are changed.
    new ResizeObserver(layoutSoon).observe(document.querySelector(".reveal .slides"));
  };

  /* The theme may have changed. */
  const repaint = () => {
    Live.blocks.forgetLook();
    for (const view of [...kept, ...(current ? [current] : [])]) view.repaint();
    layout();
  };

  Live.terminal = { handlers, layout, layoutSoon, claim, lost, watch, repaint, current: () => current, viewOf: (cue) => [...kept, current].findLast((view) => view?.cue === cue) };
})();
