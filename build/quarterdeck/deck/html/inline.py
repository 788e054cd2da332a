"""Text of deck files that may hold a little HTML: `Images<br>from scratch`, `R & D`, `a <b>bold</b> claim`.

Only elements that stand inside a line, and images, are taken for HTML; any other `<` is a less-than sign.
"""

from __future__ import annotations

import re
from html import escape, unescape

_INLINE = (
    "a|abbr|b|big|br|cite|code|del|div|em|font|i|img|ins|kbd|mark|nobr|p|q|s|samp|small|span|strike|strong|sub|sup|tt"
    "|u|var|wbr"
)
_PIECE = re.compile(
    rf"<!--.*?-->|</?(?:{_INLINE})(?=[\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
    r"|&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);",
    re.DOTALL | re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:br|p|div|/p|/div)\b", re.IGNORECASE)


def inline_html(text: str) -> str:
    """*text* as HTML: what is HTML in it stays, the rest is escaped."""
    if "<" not in text and "&" not in text:
        return escape(text)
    parts: list[str] = []
    here = 0
    for match in _PIECE.finditer(text):
        parts += [escape(text[here : match.start()]), match[0]]
        here = match.end()
    return "".join([*parts, escape(text[here:])])


def plain_text(text: str) -> str:
    """*text* without its HTML, on one line."""
    without = _PIECE.sub(_replace_piece, text)
    return " ".join(without.split())


def _replace_piece(match: re.Match[str]) -> str:
    if match[0].startswith("&"):
        return unescape(match[0])
    return " " if _BREAK.match(match[0]) else ""
