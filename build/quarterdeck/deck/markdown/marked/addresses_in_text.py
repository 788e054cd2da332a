"""Bare links after GFM, section 6.9 (`example.com` stays text), and the encoding of link addresses."""

from __future__ import annotations

import re
from html import unescape
from string import ascii_letters, digits
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

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


def address_plugin(md: MarkdownIt) -> None:
    """Add bare links to *md*, and accept any link address."""
    if md.options.get("gfm"):
        md.inline.ruler.before("emphasis", "address", _address)
        md.inline.ruler.before("emphasis", "mail", _mail)
        md.inline.ruler.before("emphasis", "www", _www)
        md.inline.ruler.at("text", _text)
    # Authors may write any address, as in raw HTML. reveal.js accepts all, including images in `data:`.
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    md.normalizeLink = _encode_address  # type: ignore[method-assign]
    md.normalizeLinkText = lambda link: link  # type: ignore[method-assign]


def _address(state: StateInline, silent: bool) -> bool:
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


def _text(state: StateInline, silent: bool) -> bool:
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


def _www(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "w" or silent or state.linkLevel > 0:
        return False
    match = _WWW.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    shown = _take_address(state, match.end())
    _push_link(state, f"http://{shown}", shown)
    state.pos += len(shown)
    return True


def _mail(state: StateInline, silent: bool) -> bool:
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


def _encode_address(url: str) -> str:
    """Like JavaScript's `encodeURI`, but existing escapes stay."""
    return quote(url, safe=_KEPT).replace("%25", "%")
