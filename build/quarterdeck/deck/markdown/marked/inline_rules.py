"""Tags, backslashes and bare links in text, after marked 17 (`rules.ts`) and GFM, section 6.9.

Names of elements may contain underscores; `example.com` stays text.
"""

from __future__ import annotations

import re
from html import unescape
from string import ascii_letters, digits
from urllib.parse import quote

from markdown_it.rules_inline import StateInline, escape

_TAG = re.compile(
    r"</[a-z][\w:-]*\s*>"
    r"|<[a-z][\w-]*(?:\s+[a-z:_][\w.:-]*(?:\s*=\s*\"[^\"]*\"|\s*=\s*'[^']*'|\s*=\s*[^\s\"'=<>`]+)?)*?\s*/?>",
    re.IGNORECASE | re.ASCII,
)
_OTHERS = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))
"""Start and end of raw HTML other than tags."""
_EMPTY_COMMENT = re.compile(r"<!---?>")
_DECLARATION = re.compile(r"<![a-z]+\s", re.IGNORECASE)
_LINK = re.compile(r"<(?:a |(/a>))", re.IGNORECASE)
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~\n]")

_SCHEME = re.compile(r"(?:https?|ftp)\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"://[A-Za-z0-9-]")
_WWW = re.compile(r"www\.[A-Za-z0-9-]")
_REST = re.compile(r"[^\s<]*")
_NAME = f"{ascii_letters}{digits}._+-"
"""Characters of the part before an `@`."""
_HOST = re.compile(r"@[\w-]+(?:\.[\w-]*[A-Za-z0-9])+(?![-_])", re.ASCII)
_PUNCTUATION = frozenset("?!.,:;*_'\"~)")
_LAST_ENTITY = re.compile(r"&[A-Za-z0-9]+;\Z")
_LONGEST_ENTITY = 40
_ENTITY = re.compile(r"&#?\w+;")
_KEPT = ";/?:@&=+$,-_.!~*'()#%"


def tag(state: StateInline, silent: bool) -> bool:
    """A tag, a comment, or other raw HTML."""
    end = _end_of_tag(state) if state.src[state.pos] == "<" else 0
    if not end:
        return False
    if not silent:
        html = state.src[state.pos : end]
        state.push("html_inline", "", 0).content = html
        if link := _LINK.match(html):
            state.linkLevel += -1 if link[1] else 1
    state.pos = end
    return True


def _end_of_tag(state: StateInline) -> int:
    """The end of the raw HTML at the current position; 0 for none."""
    if match := _TAG.match(state.src, state.pos, state.posMax) or _EMPTY_COMMENT.match(state.src, state.pos):
        return match.end()
    for begins, ends in _OTHERS:
        if state.src.startswith(begins, state.pos):
            if begins == "<!" and not _DECLARATION.match(state.src, state.pos):
                return 0
            at = state.src.find(ends, state.pos + len(begins), state.posMax)
            return at + len(ends) if at >= 0 else 0
    return 0


def backslash(state: StateInline, silent: bool) -> bool:
    """A backslash before punctuation or a line feed; before anything else it is text."""
    if state.src[state.pos] != "\\":
        return False
    if _ESCAPE.match(state.src, state.pos, state.posMax):
        return escape(state, silent)
    if not silent:
        state.append_pending("\\")
    state.pos += 1
    return True


def address(state: StateInline, silent: bool) -> bool:
    """A bare link from its `://` on; its scheme has been read as text."""
    if state.src[state.pos] != ":" or silent or state.linkLevel > 0:
        return False
    match = _ADDRESS.match(state.src, state.pos, state.posMax)
    scheme = _SCHEME.search(state.pending) if match else None
    if match is None or scheme is None:
        return False
    rest = _take_address(state, match.end())
    state.pending = state.pending[: scheme.start()]
    _push_link(state, scheme[0] + rest, scheme[0] + rest)
    state.pos += len(rest)
    return True


def text(state: StateInline, silent: bool) -> bool:
    """Text up to the next character with a meaning, or to `www.`."""
    text, first, last = state.env.get("plain", ("", 0, 0))
    if text is not state.src or not first <= state.pos < last:
        end = state.md.inline.terminator_re.search(state.src, state.pos)
        last = end.start() if end else state.posMax
    www = state.src.find("www.", state.pos, last)
    if www >= 0:
        # Remember the end, so that a text with many `www.` is not searched again for each.
        state.env["plain"] = state.src, state.pos, last
        last = www
    if last == state.pos:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : last])
    state.pos = last
    return True


def www(state: StateInline, silent: bool) -> bool:
    """A bare link that starts with `www.`."""
    if state.src[state.pos] != "w" or silent or state.linkLevel > 0:
        return False
    match = _WWW.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    shown = _take_address(state, match.end())
    _push_link(state, f"http://{shown}", shown)
    state.pos += len(shown)
    return True


def mail(state: StateInline, silent: bool) -> bool:
    """The address of a mailbox from its `@` on; what precedes it has been read as text."""
    if state.src[state.pos] != "@" or silent or state.linkLevel > 0:
        return False
    match = _HOST.match(state.src, state.pos, state.posMax)
    rest = state.pending.rstrip(_NAME) if match else state.pending
    if match is None or rest == state.pending:
        return False
    address = state.pending[len(rest) :] + match[0]
    state.pending = rest
    _push_link(state, f"mailto:{address}", address)
    state.pos = match.end()
    return True


def _push_link(state: StateInline, href: str, text: str) -> None:
    link = state.push("link_open", "a", 1)
    link.attrSet("href", _decode(state.md.normalizeLink(href)))
    state.push("text", "", 0).content = _decode(text)
    state.push("link_close", "a", -1)


def _decode(text: str) -> str:
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def _take_address(state: StateInline, head: int) -> str:
    """The address at the current position, which extends beyond *head*.

    After a parenthesis that is never closed, all later addresses of the word end at their first parenthesis. The
    position is remembered, so that a word with many addresses takes linear time.
    """
    text, first, last, word_end = state.env.get("unclosed", ("", 0, 0, 0))
    if text is state.src and last == state.posMax and first <= head < word_end:
        end = text.find("(", head, word_end)
        return _trim(text[state.pos : end if end >= 0 else word_end])
    rest = _REST.match(state.src, head, state.posMax)
    assert rest is not None
    word = state.src[state.pos : rest.end()]
    end, _ = _parentheses(word)
    if end < len(word):
        state.env["unclosed"] = state.src, state.pos + end, state.posMax, rest.end()
    return _trim(word[:end])


def _parentheses(text: str) -> tuple[int, set[int]]:
    """The position of the first unclosed parenthesis, else the end of *text*, and the ends of those closed before."""
    closed: set[int] = set()
    opening = text.find("(")
    while opening >= 0:
        closing = text.find(")", opening)
        if closing < 0:
            return opening, closed
        closed.add(closing + 1)
        opening = text.find("(", closing)
    return len(text), closed


def _trim(text: str) -> str:
    """*text* without trailing punctuation, which belongs to the sentence."""
    end, closed = _parentheses(text)
    while end and end not in closed and text[end - 1] in _PUNCTUATION:
        entity = _LAST_ENTITY.search(text, max(0, end - _LONGEST_ENTITY), end)
        end = entity.start() if entity else end - 1
    return text[:end]


def encode_address(url: str) -> str:
    """Like JavaScript's `encodeURI`, but existing escapes stay."""
    return quote(url, safe=_KEPT).replace("%25", "%")
