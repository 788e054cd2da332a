"""Which extensions a text needs, told by their marks, so that plain slides pay for none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_BRACES = r"\{(?:[.#][A-Za-z_]|[A-Za-z_:][\w:.-]*=)"
_MATH = r" data-math=\"(?:inline|display)\""
_DIAGRAM = r"<\w+[^<>]*\sclass=[\"'](?:language-)?mermaid[\"'](?![^<>]*\sdata-line-numbers)"
_FOOTNOTE = r"\[\^(?:\d+\]|[^\s\]]+\]:)"
_DEFINITION = r"\n[ \t>]*:[ \t]"
"""These are compiled when a slide first makes it necessary."""


def find_extensions(text: str) -> tuple[str, ...]:
    """The names of the extensions whose marks stand in *text*; mostly none."""
    found = []
    if "{" in text and re.search(_BRACES, text):
        found.append("attributes")
    if ":::" in text:
        found.append("containers")
    if "[^" in text and re.search(_FOOTNOTE, text):
        found.append("footnotes")
    if ": " in text and re.search(_DEFINITION, text):
        found.append("definitions")
    if text.count("$") > 1:
        from quarterdeck.deck.markdown.extensions.formulas import may_hold_formulas

        if may_hold_formulas(text):
            found.append("formulas")
    return tuple(found)


def find_needs(slides: Iterable[str]) -> frozenset[str]:
    """What the page of these *slides* in HTML has to bring along: `math`, `diagrams`; mostly nothing."""
    needs: set[str] = set()
    for html in slides:
        if " data-math=" in html and re.search(_MATH, html):
            needs.add("math")
        if "mermaid" in html and re.search(_DIAGRAM, html):
            needs.add("diagrams")
    return frozenset(needs)


def use_extensions(md: MarkdownIt, names: tuple[str, ...]) -> None:
    """Let *md* read what the extensions of these *names* add."""
    if "containers" in names:
        from quarterdeck.deck.markdown.extensions.containers import containers_plugin

        containers_plugin(md)
    if "footnotes" in names:
        from quarterdeck.deck.markdown.extensions.footnotes import footnotes_plugin

        footnotes_plugin(md)
    if "definitions" in names:
        from quarterdeck.deck.markdown.extensions.definitions import definitions_plugin

        definitions_plugin(md)
    if "formulas" in names:
        from quarterdeck.deck.markdown.extensions.formulas import formulas_plugin

        formulas_plugin(md)
    if "attributes" in names:  # last: what stands before the braces has been read by then
        from quarterdeck.deck.markdown.extensions.attribute_syntax import braces_plugin

        braces_plugin(md)
