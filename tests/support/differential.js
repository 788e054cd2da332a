/* reveal.js's own Markdown plugin and our HTML, both as documents that a test can compare.

   A document is a list of stacks, a stack a list of slides, and a slide a tree: ["section", attributes, children].
   A child is such a tree or a text. Comments are not seen, as in a browser. */
(() => {
  "use strict";

  const INLINE = new Set(
    (
      "a abbr b bdi bdo br cite code data del dfn em font i img input ins kbd label mark q s samp small span strike " +
      "strong sub sup time tt u var wbr #text"
    ).split(" "),
  );
  const AS_IT_IS = new Set(["pre", "textarea", "script", "style"]);

  const isBlock = (node) => !node || !INLINE.has(node.nodeName.toLowerCase());

  const attributesOf = (element) =>
    Object.fromEntries(
      Array.from(element.attributes)
        .filter(({ name }) => !/^data-(markdown|separator|slide$)/.test(name))
        .map(({ name, value }) => [name, value])
        .sort(),
    );

  /* The elements and texts in *parent*, texts that follow each other as one. */
  const nodesOf = (parent) => {
    const nodes = [];
    for (const node of parent.childNodes) {
      if (node.nodeType === Node.ELEMENT_NODE) nodes.push(node);
      else if (node.nodeType !== Node.TEXT_NODE) continue;
      else if (nodes.at(-1)?.joined !== undefined) nodes.at(-1).joined += node.data;
      else nodes.push({ joined: node.data, nodeName: "#text" });
    }
    return nodes;
  };

  /* *text* as a browser shows it: blanks are one blank, and none beside blocks and line breaks. */
  const shown = (text, before, after) => {
    const collapsed = text.replace(/[ \t\n\f\r]+/g, " ");
    return collapsed.slice(
      before && collapsed.startsWith(" ") ? 1 : 0,
      after && collapsed.endsWith(" ") ? -1 : undefined,
    );
  };

  const childrenOf = (parent, exact) => {
    const nodes = nodesOf(parent);
    const ends = (other) => (other ? isBlock(other) || other.nodeName === "BR" : isBlock(parent));
    return nodes.flatMap((node, index) => {
      if (node.joined === undefined) return [treeOf(node, exact)];
      const text = exact ? node.joined : shown(node.joined, ends(nodes[index - 1]), ends(nodes[index + 1]));
      return text ? [text] : [];
    });
  };

  const treeOf = (element, exact) => {
    const name = element.localName;
    const attributes = attributesOf(element);
    // Code is coloured here and not there.
    if (name === "code" && element.closest("pre")) return [name, attributes, [element.textContent]];
    const holder = name === "template" ? element.content : element;
    return [name, attributes, childrenOf(holder, exact || AS_IT_IS.has(name))];
  };

  const stacksOf = (root) =>
    Array.from(root.children, (section) => {
      const inner = Array.from(section.children).filter((child) => child.matches("section[data-slide]"));
      return (inner.length ? inner : [section]).map((slide) => treeOf(slide, false));
    });

  const slides = () => document.querySelector(".slides");

  /* What reveal.js makes of *text* when it comes from a file. */
  const theirs = (text) => {
    const plugin = Reveal.getPlugin("markdown");
    slides().innerHTML = plugin.slidify(text, { verticalSeparator: "\\r?\\n--\\r?\\n" });
    slides().querySelectorAll("section[data-markdown]").forEach((section) => section.setAttribute("data-slide", ""));
    plugin.convertSlides();
    return stacksOf(slides());
  };

  /* The same of *html*, which is sections. */
  const ours = (html) => {
    slides().innerHTML = html;
    return stacksOf(slides());
  };

  const attempt = (make, text) => {
    try {
      return make(text);
    } catch (error) {
      return [[["error", {}, [String(error)]]]];
    }
  };

  window.readAll = (texts) => texts.map((text) => attempt(theirs, text));
  window.loadAll = (pages) => pages.map((html) => attempt(ours, html));
})();
