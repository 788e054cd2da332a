"""The extensions, and which of them a text needs: plain slides pay for none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ATTRIBUTES = r"\{(?:[.#][A-Za-z_]|[A-Za-z_:][\w:.-]*=)"
_FOOTNOTE = r"\[\^(?:\d+\]|[^\s\]]+\]:)"
FORMULA = r"(?<![\w$])(?P<sign>\$\$?)(?![\s$])(?P<tex>(?:\\.|[^\\$`\n])+)(?<!\s)(?P=sign)(?![\w$({\[])"
"""A formula in a line: most dollars are in code."""
_DEFINITION = r"\n[ \t>]*:[ \t]"
_NEEDS = {
    "math": (" data-math=", r" data-math=\"(?:inline|display)\""),
    "diagrams": ("mermaid", r"<\w+[^<>]*\sclass=[\"'](?:language-)?mermaid[\"'](?![^<>]*\sdata-line-numbers)"),
}
"""A text and a pattern in the HTML of the slides that need something."""


EXTENSIONS: dict[str, tuple[Callable[[str], object], str]] = {
    "containers": (lambda text: ":::" in text, "containers"),
    "footnotes": (lambda text: "[^" in text and re.search(_FOOTNOTE, text), "footnotes"),
    "definitions": (lambda text: ": " in text and re.search(_DEFINITION, text), "definitions"),
    "formulas": (lambda text: "$" in text and ("$$" in text or re.search(FORMULA, text)), "formulas"),
    "attributes": (lambda text: "{" in text and re.search(_ATTRIBUTES, text), "attribute_syntax"),
}
"""Whether a text needs the extension, and the module here whose `plugin(md)` adds it to markdown-it.

In the order of the plugins: attributes come last, when everything they may apply to has been read. A module is
imported when a slide needs it: all of them take 7 ms, of the 200 ms of a cold build.
"""


def find_extensions(text: str) -> tuple[str, ...]:
    """The names of the extensions that *text* needs; usually none."""
    return tuple(name for name, (is_needed, _) in EXTENSIONS.items() if is_needed(text))


def find_needs(slides: Iterable[str]) -> frozenset[str]:
    """What the page of *slides*, which are HTML, must bring along: `math`, `diagrams`; usually nothing."""
    return frozenset(
        need for html in slides for need, (text, pattern) in _NEEDS.items() if text in html and re.search(pattern, html)
    )


def use_extensions(md: MarkdownIt, names: tuple[str, ...]) -> None:
    """Add the extensions *names* to *md*."""
    for name in names:
        import_module(f"{__package__}.{EXTENSIONS[name][1]}").plugin(md)
