"""Text of deck files that may hold some HTML: `Images<br>from scratch`, `R & D`, `a <b>bold</b> claim`.

Only inline elements, images and line breaks count as HTML; any other `<` is a less-than sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

from quarterdeck.deck.html.tokens import Comment, Tag, read_tokens

_INLINE = frozenset(
    {"a", "abbr", "b", "big", "br", "cite", "code", "del", "div", "em", "font", "i", "img", "ins", "kbd", "mark"}
    | {"nobr", "p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr"}
)
_REFERENCE = r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);"
_BREAKS = frozenset({"br", "div", "p"})


def inline_html(text: str) -> str:
    """*text* as HTML: its HTML stays, the rest is escaped."""
    return "".join(piece if kind else escape(piece) for piece, kind in _pieces(text))


def plain_text(text: str) -> str:
    """*text* without HTML: on one line, if it holds any."""
    if "<" not in text and "&" not in text:
        return text
    pieces = []
    for piece, kind in _pieces(text):
        pieces.append(unescape(piece) if kind == "&" else " " if kind in _BREAKS else "" if kind else piece)
    return " ".join("".join(pieces).split())


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The pieces of *text*, each with its kind: the name of a tag, `!` for a comment, `&`; empty for plain text."""
    start = 0
    for match in re.finditer("[<&]", text):
        end, kind = _html_at(text, match.start()) if match.start() >= start else (0, "")
        if kind:
            yield text[start : match.start()], ""
            yield text[match.start() : end], kind
            start = end
    yield text[start:], ""


def _html_at(text: str, at: int) -> tuple[int, str]:
    """The end and the kind of the HTML at *at*; 0 and an empty kind for none."""
    if text[at] == "&":
        reference = re.compile(_REFERENCE).match(text, at)
        return (reference.end(), "&") if reference else (0, "")
    token = next(read_tokens(text, at), None)
    if token and token.start == at:
        if isinstance(token, Tag) and token.name in _INLINE:
            return token.end, token.name
        if isinstance(token, Comment) and text.startswith("<!--", at) and text.endswith("-->", at, token.end):
            return token.end, "!"
    return 0, ""
