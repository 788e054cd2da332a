"""Addresses in style sheets and `style` attributes, after CSS Syntax Level 3.

These are the addresses in `url()`, in `@import` and in functions that take them as strings, with or without escapes. A
string elsewhere counts if it leads to another machine, because `var()` may carry it into such a function; but not in
selectors, and not as the value of a property that takes text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from quarterdeck.deck.html.tokens import Edit, splice
from quarterdeck.deck.html.urls import is_remote

Replace = Callable[[str, int, bool], str]
"""Takes an address, its index in the CSS, and whether it is that of a style sheet; returns the new address."""

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}(?:\r\n|[ \t\n\r\f])?+|[^\n\r\f0-9a-fA-F])"
_PIECE = (
    r"(?s)/\*.*?(?:\*/|\Z)|<!--|-->"
    r"|\"(?P<double>(?:[^\"\\\n\r\f]++|\\(?:\r\n|.|\Z))*+)\"?"
    r"|'(?P<single>(?:[^'\\\n\r\f]++|\\(?:\r\n|.|\Z))*+)'?"
    rf"|(?P<word>[#@]?+(?:[\w-]++|[^\x00-\x7f]|{_ESCAPE})++)(?P<call>\(?+)"
    r"|(?P<sign>[][(){};:])"
)
"""Like the next three, compiled for the first sheet that needs it: few do."""
_URL = rf"[ \t\n\r\f]*+(?P<bare>(?:[^\"'()\\ \t\n\r\f]++|{_ESCAPE})*+)(?=[ \t\n\r\f]*+(?:\)|\Z))"
_BAD_URL = rf"(?![ \t\n\r\f]*+[\"'])(?:[^)\\]++|{_ESCAPE}|\\)*+\)?"
_PLAIN = r"[^][(){};\"'\\@/<]"
_PLAIN_CALL = rf"(?<![uU][rR][lL])\({_PLAIN}*+\)"
_WITHOUT_ADDRESSES = rf"(?:(?:{_PLAIN}++|{_PLAIN_CALL})*+(?:;|\{{(?:(?:{_PLAIN}|;)++|{_PLAIN_CALL})*+\}}))*+"
"""Whole declarations and rules without strings, escapes, at-rules and comments, and with no call in a call."""
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(?:\r\n|[\n\r\f]|\Z)|(.))", re.DOTALL)
_TAKES_ADDRESSES = frozenset({"image", "image-set", "-webkit-image-set", "src", "url"})
_TAKES_TEXT = frozenset({"@charset", "@namespace", "content", "font-family", "quotes"})


def replace_addresses(css: str, replace: Replace, quote: str = '"') -> str:
    """*css* with each address as *replace* gives it, in quotation marks if it changed."""
    if "(" not in css and "import" not in css.lower() and "\\" not in css and "//" not in css:
        return css
    return splice(css, ((start, end, f"{quote}{_escape(url)}{quote}") for start, end, url in _edits(css, replace)))


def _escape(text: str) -> str:
    return re.sub(r"[\\'\"\n\r\f\0<]", lambda match: f"\\{ord(match[0]):x} ", text)


def _edits(css: str, replace: Replace) -> Iterator[Edit]:
    """The new addresses, without quotation marks."""
    pieces, urls, bad_urls = re.compile(_PIECE), re.compile(_URL), re.compile(_BAD_URL)
    without_addresses = re.compile(_WITHOUT_ADDRESSES)
    opened: list[str] = []
    """The functions and brackets around the piece."""
    rule = last = ""
    """The at-rule or property of the piece, and the word before it."""
    at = without_addresses.match(css).end()  # type: ignore[union-attr]
    while piece := pieces.search(css, at):
        start, at = piece.span()
        if piece["word"] is not None:
            last = _unescape(piece["word"]).lower()
            if last[0] == "@":
                rule = last
            if not piece["call"]:
                continue
            name = "url" if re.fullmatch(r"(?:.*[^\x00-\x7f])?url", last) else last
            if name == "url" and (bare := urls.match(css, at)):
                url = _unescape(bare["bare"])
                linked = url if rule == "@namespace" else replace(url, start, rule == "@import")
                if linked != url or name != last:
                    yield bare.start("bare"), bare.end(), linked
                at = bare.end()
                opened.append(name)
            elif name == "url" and (bad := bad_urls.match(css, at)):
                at = bad.end()
            else:
                opened.append(name)
        elif sign := piece["sign"]:
            if sign == ":" and not rule:
                rule = last
            if sign in "([{":
                opened.append(sign)
            elif sign in ")]}" and opened:
                opened.pop()
            if sign in "{};":
                rule = last = ""
                at = without_addresses.match(css, at).end()  # type: ignore[union-attr]
        elif css[start] in "\"'":
            yield from _string_edit(piece, rule, opened, replace)


def _string_edit(piece: re.Match[str], rule: str, opened: list[str], replace: Replace) -> Iterator[Edit]:
    url = _unescape(piece["double"] if piece["double"] is not None else piece["single"])
    function = opened[-1] if opened else ""
    if function not in _TAKES_ADDRESSES and rule != "@import":
        if "[" in opened or rule in _TAKES_TEXT or not is_remote(url):
            return
    elif rule == "@namespace":
        return
    linked = replace(url, piece.start(), rule == "@import")
    if linked != url:
        yield piece.start(), piece.end(), linked


def _unescape(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    if not match[1]:
        return match[2] or ""
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
