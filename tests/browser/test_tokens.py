"""The tokenizer beside a browser's: the table of tags, and random mixtures of what such tables are made of."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from support.golden import load_cases
from support.token_lists import Node, nodes

TABLE = Path(__file__).resolve().parents[1] / "deck" / "html" / "tags.md"
PIECES = (
    "<div ", "<span>", "</span>", "</div>", "<x-y", "<img ", "<script>", "</script>", "</script ", "<style>",
    "</style>", "<textarea>", "</textarea>", "<title>", "</title>", "<xmp>", "</xmp>", "<noscript>", "</noscript>",
    "<noembed>", "</noembed>", "<noframes>", "</noframes>", "<!--", "-->", "--!>", "<!", "<?", "</ ", "<!-->",
    "<!--->", "<![CDATA[", "]]>", ">", "<", "/", "/>", "=", '"', "'", "`", " ", "\n", "\t", "a", "b=c", 'd="e"',
    "f='g'", "h =i", "&amp;", "&lt", "&#38;", "&copy=", "-", "!", "--", "SRC=x", "src=y", "<DIV>", "<svg></svg>",
    "<scripts>", "</x-y>", ";",
)  # fmt: skip
MIXTURES = 4000
BATCH = 500
READ = """texts => texts.map(text => {
  const root = document.createElement("div");
  root.innerHTML = text;
  const found = [];
  const add = (node) => {
    if (node.nodeType === 3 && found.length && found.at(-1)[0] === "#text") found.at(-1)[1] += node.data;
    else if (node.nodeType === 3) found.push(["#text", node.data]);
    else if (node.nodeType === 7 || (node.nodeType === 8 && node.data.startsWith("?"))) return;
    else if (node.nodeType === 8) found.push(["#comment", node.data]);
    else {
      found.push([node.localName, Object.fromEntries([...node.attributes].map(({name, value}) => [name, value]))]);
      node.childNodes.forEach(add);
    }
  };
  root.childNodes.forEach(add);
  return found;
})"""
"""As a fragment of a page with scripts, in which `<noscript>` holds text. Newer browsers have a node for `<?x>`."""


def read(browser: Any, texts: list[str]) -> list[list[Node]]:
    """What the browser makes of each of *texts*; nothing is loaded, because nothing is put into the page."""
    page = browser.new_page(offline=True)
    try:
        found: list[list[Node]] = page.evaluate(READ, texts)
        return found
    finally:
        page.close()


def test_the_table_is_true(browser: Any) -> None:
    """Every case of the table."""
    cases = [case for case in load_cases(TABLE) if "\\0" not in case.input]
    texts = [case.input.removesuffix("\n").replace("\\f", "\f") for case in cases]
    for case, text, expected in zip(cases, texts, read(browser, texts), strict=True):
        assert nodes(text) == expected, f"{case.path.name}:{case.line}: {case.title}"


@pytest.mark.parametrize("seed", range(MIXTURES // BATCH))
def test_mixtures(browser: Any, seed: int) -> None:
    """The same elements, attributes, comments and text, whatever follows what."""
    random = Random(seed)
    texts = ["".join(random.choices(PIECES, k=random.randint(2, 16))) for _ in range(BATCH)]
    different = [
        (text, nodes(text), expected)
        for text, expected in zip(texts, read(browser, texts), strict=True)
        if nodes(text) != expected
    ]
    assert different == []
