"""Addresses in style sheets and `style` attributes, after CSS Syntax Level 3.

Found are those in `url()`, in `@import` and in functions that take them as strings, escapes or not. A string elsewhere
counts if it leads to another machine, because `var()` may carry it into such a function; but not in selectors,
and not as the value of a property that takes text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from quarterdeck.deck.html.tokens import Edit, splice
from quarterdeck.deck.html.urls import is_remote

Replace = Callable[[str, int, bool], str]
"""Takes an address, its index in the CSS, and whether it is that of a style sheet; gives the one to write instead."""

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}(?:\r\n|[ \t\n\r\f])?+|[^\n\r\f0-9a-fA-F])"
_PIECE = re.compile(
    r"/\*.*?(?:\*/|\Z)|<!--|-->"
    r"|\"(?P<double>(?:[^\"\\\n\r\f]|\\(?:\r\n|.|\Z))*+)\"?"
    r"|'(?P<single>(?:[^'\\\n\r\f]|\\(?:\r\n|.|\Z))*+)'?"
    rf"|(?P<word>[#@]?+(?:[A-Za-z0-9_\u0080-\U0010ffff-]|{_ESCAPE})++)(?P<call>\(?+)"
    r"|(?P<sign>[][(){};:])",
    re.DOTALL,
)
_URL = re.compile(rf"[ \t\n\r\f]*+(?P<bare>(?:[^\"'()\\ \t\n\r\f]|{_ESCAPE})*+)(?=[ \t\n\r\f]*+(?:\)|\Z))")
_BAD_URL = re.compile(rf"(?![ \t\n\r\f]*+[\"'])(?:[^)\\]|{_ESCAPE}|\\)*+\)?")
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(?:\r\n|[\n\r\f]|\Z)|(.))", re.DOTALL)
_TAKES_ADDRESSES = frozenset({"image", "image-set", "-webkit-image-set", "src", "url"})
_TAKES_TEXT = frozenset({"@charset", "@namespace", "content", "font-family", "quotes"})
_CLOSES = {")": "(", "]": "[", "}": "{"}


def replace_addresses(css: str, replace: Replace, quote: str = '"') -> str:
    """*css* with each address as *replace* gives it, in quotation marks if it changed."""
    if "(" not in css and "import" not in css.lower() and "\\" not in css and "//" not in css:
        return css
    edits = ((start, end, f"{quote}{escape_css(url)}{quote}") for start, end, url in _edits(css, replace))
    return splice(css, edits)


def escape_css(text: str) -> str:
    """*text* as a string can hold it, in CSS in a page."""
    return re.sub(r"[\\'\"\n\r\f\0<]", lambda match: f"\\{ord(match[0]):x} ", text)


def _edits(css: str, replace: Replace) -> Iterator[Edit]:
    """The new addresses, without quotation marks."""
    opened: list[str] = []
    """The functions and brackets around the piece."""
    rule = last = ""
    """What the piece belongs to: an at-rule or a property; and the word before it."""
    at = 0
    while piece := _PIECE.search(css, at):
        start, at = piece.span()
        if piece["word"] is not None:
            last = _unescape(piece["word"]).lower()
            if last[0] == "@":
                rule = last
            if not piece["call"]:
                continue
            name = "url" if re.fullmatch(r"(?:.*[^\x00-\x7f])?url", last) else last
            if name == "url" and (bare := _URL.match(css, at)):
                url = _unescape(bare["bare"])
                linked = url if rule == "@namespace" else replace(url, start, rule == "@import")
                if linked != url or name != last:
                    yield bare.start("bare"), bare.end(), linked
                at = bare.end()
                opened.append(name)
            elif name == "url" and (bad := _BAD_URL.match(css, at)):
                at = bad.end()
            else:
                opened.append(name)
        elif sign := piece["sign"]:
            if sign == ":" and not rule:
                rule = last
            elif sign in "{};":
                rule = last = ""
            if sign in "([{":
                opened.append(sign)
            elif sign in _CLOSES and opened:
                opened.pop()
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
