"""The HTML of one slide, made such that it says nothing about the next one.

In reveal.js each slide is a document of its own: what it leaves open ends with it, and what it closes too often closes
nothing. In a page that was rendered before, the first would run on into all slides that follow, and a `</div>` too many
would end the deck.
"""

from __future__ import annotations

import re

_RAW = re.compile(r"<[A-Za-z/!]")
TAG_REST = r"(?:=\s*(?:\"[^\"]*\"|'[^']*')|=(?!\s*[\"'])|[^>=])*>"
"""The rest of a tag: quotes count after `=` only."""
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)"
    rf"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes)\b{TAG_REST}"
    r".*?(?:</(?P=raw)\s*>|(?P<cut>\Z))"
    rf"|<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*){TAG_REST}"
    r"|(?P<unfinished></?[A-Za-z].*)",
    re.DOTALL | re.IGNORECASE,
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_OUTER = frozenset({"div", "section", "body", "html", "main"})
"""Elements that stand around slides in a page."""
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
"""Elements that a browser opens again after what was around them ended."""
_IMPLIED = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup", "caption"}
)
"""Elements that end with what is around them, and whose end tag would say more than that."""


_SHOWN = 40
"""So many characters of a tag are shown."""


def isolate(html: str, source: str, warnings: list[tuple[int, str, str]]) -> str:
    """*html* with what it leaves open closed, and without end tags that would close what is around it.

    Args:
        html: The inside of a slide.
        source: Its Markdown: where that has no HTML, there is nothing to do.
        warnings: Takes a tag that never ends: the row in *source*, what it hides, and the cure.
    """
    if not _RAW.search(source):
        return html
    if html.rfind("<!--") > html.rfind("-->"):
        html += "-->"
    parts: list[str] = []
    opened: list[str] = []
    leaked: list[str] = []
    here = 0
    for piece in _PIECE.finditer(html):
        if piece["unfinished"]:
            # A browser shows nothing of a tag that never ends, nor of what is behind it.
            warnings.append(_warn_unfinished(piece[0], source))
            html = html[: piece.start()]
            break
        name = (piece["name"] or "").lower()
        if piece["cut"] is not None:
            opened.append(piece["raw"].lower())
        if not name:
            continue
        if not piece["close"]:
            if name not in _VOID:
                opened.append(name)
        elif name in opened:
            while (last := opened.pop()) != name:
                if last in _FORMATTING:
                    leaked.append(last)
        elif name in _OUTER:
            parts.append(html[here : piece.start()])
            here = piece.end()
    parts.append(html[here:])
    rest = "".join(f"</{name}>" for name in [*reversed(opened), *leaked] if name not in _IMPLIED)
    return "".join([*parts, rest])


def _warn_unfinished(tag: str, source: str) -> tuple[int, str, str]:
    shown = tag.split("\n", 1)[0][:_SHOWN].strip()
    row = next((row for row, line in enumerate(source.split("\n")) if shown in line), 0)
    return row, f"the tag '{shown}' never ends, and hides all that follows", "close its quotes and write the `>`"
