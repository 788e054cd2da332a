"""Text of deck files that may hold a little HTML: `Images<br>from scratch`, `R & D`, `a <b>bold</b> claim`.

Only elements that stand inside a line, and images, are taken for HTML; any other `<` is a less-than sign.
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
_REFERENCE = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);")
_SIGN = re.compile(r"[<&]")
_BREAKS = frozenset({"br", "div", "p"})


def inline_html(text: str) -> str:
    """*text* as HTML: what is HTML in it stays, the rest is escaped."""
    return "".join(piece if kind else escape(piece) for piece, kind in _pieces(text))


def plain_text(text: str) -> str:
    """*text* without its HTML, on one line."""
    without = (_replace(piece, kind) if kind else piece for piece, kind in _pieces(text))
    return " ".join("".join(without).split())


def _replace(piece: str, kind: str) -> str:
    return unescape(piece) if kind == "&" else " " if kind in _BREAKS else ""


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The pieces of *text*, each with its kind: the name of a tag, `!`, `&`; empty for what is no HTML."""
    here = at = 0
    while match := _SIGN.search(text, at):
        end, kind = _html_at(text, match.start())
        at = end or match.end()
        if kind:
            yield text[here : match.start()], ""
            yield text[match.start() : end], kind
            here = end
    yield text[here:], ""


def _html_at(text: str, at: int) -> tuple[int, str]:
    """The end and the kind of the HTML at *at*; 0 and an empty one for none."""
    if text[at] == "&":
        reference = _REFERENCE.match(text, at)
        return (reference.end(), "&") if reference else (0, "")
    token = next(read_tokens(text, at), None)
    if isinstance(token, Tag) and token.start == at and token.name in _INLINE:
        return token.end, token.name
    is_comment = isinstance(token, Comment) and token.start == at and text.startswith("<!--", at)
    return (token.end, "!") if token and is_comment and text.endswith("-->", at, token.end) else (0, "")
