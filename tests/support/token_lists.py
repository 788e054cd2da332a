"""Tokens as lines that a person can compare, and as a browser's document shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

from quarterdeck.deck.html.tokens import Comment, RawText, Tag, Token, read_tokens

_DROPPED = re.compile(r"</>|<\?|<!doctype", re.IGNORECASE)
"""What leaves nothing in the document, or no comment."""
Node = list[object]
"""`["a", {"href": "x"}]` for an element, `["#comment", " x "]`, or `["#text", "x"]`."""


def describe(text: str) -> str:
    """The tokens of *text* and what stands between them, one a line."""
    return "".join(f"{line}\n" for line in _lines(text))


def _lines(text: str) -> Iterator[str]:
    at = 0
    for token in read_tokens(text):
        if token.start > at:
            yield f"text {json.dumps(text[at : token.start])}"
        yield _line(token, text[token.start : token.end])
        at = token.end
    if at < len(text):
        yield f"text {json.dumps(text[at:])}"


def _line(token: Token, written: str) -> str:
    if isinstance(token, Tag):
        attributes = "".join(f" {name}={json.dumps(value)}" for name, value in token.attributes.items())
        return f"end {token.name}" if token.closing else f"start {token.name}{attributes}{' /' * token.empty}"
    if isinstance(token, Comment):
        return f"comment {json.dumps(token.content)}" if token.content is not None else f"no markup {written!r}"
    return f"{'raw' if isinstance(token, RawText) else 'unfinished'} {json.dumps(written)}"


def nodes(text: str) -> list[Node]:
    """What a browser makes of *text*: its elements, comments and text in the order of the document."""
    found: list[Node] = []
    at = 0
    in_svg = False
    for token in read_tokens(text):
        _add_text(found, unescape(text[at : token.start]))
        at = token.end
        written = text[token.start : token.end]
        if isinstance(token, Tag) and token.name == "svg":
            in_svg = not token.closing
        if isinstance(token, Comment) and in_svg and written.startswith("<![CDATA["):
            _add_text(found, written.removeprefix("<![CDATA[").removesuffix("]]>"))
        elif isinstance(token, Tag) and not token.closing:
            found.append([token.name, dict(sorted(token.attributes.items()))])
        elif isinstance(token, RawText):
            written = written.removeprefix("\n") if token.element == "textarea" else written
            _add_text(found, unescape(written) if token.element in ("textarea", "title") else written)
        elif isinstance(token, Comment) and not _DROPPED.match(written):
            found.append(["#comment", _data(token, written)])
    _add_text(found, unescape(text[at:]))
    return found


def _data(comment: Comment, written: str) -> str:
    if not written.startswith("<!--"):
        return written[2:].removesuffix(">")
    return (comment.content or "") if written.endswith(">") else re.sub("(?:--!?|-)\\Z", "", comment.content or "")


def _add_text(found: list[Node], text: str) -> None:
    if text and found and found[-1][0] == "#text":
        found[-1][1] = f"{found[-1][1]}{text}"
    elif text:
        found.append(["#text", text])
