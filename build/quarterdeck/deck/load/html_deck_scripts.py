"""What the page of an HTML deck loads and sets up: reveal.js's own part is replaced, the author's part stays.

The options are read here and not by chompjs: it gives expressions as strings, so that `transition: pick()` looks like
`transition: "pick()"`, and fails on `...more`, on `1 / 2` and on a literal that is cut off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path

from quarterdeck.deck.html.tokens import Tag
from quarterdeck.deck.html.urls import is_file, path_of
from quarterdeck.deck.load.locate import find_file

_REVEALS_SCRIPT = re.compile(
    r"(?:^|/)reveal[^/]*/|(?:^|/)(?:reveal|head|classList|html5shiv|marked|showdown|markdown|highlight|notes|zoom|search"
    r"|print-pdf|math|mathjax|katex|menu|chalkboard|socket\.io|multiplex|modernizr)\b[^/]*\.m?js"
    r"|(?:^|/)(?:plugins?|lib|dist)/|font-?awesome|\blucide\b",
    re.IGNORECASE,
)
_REVEALS_STYLE = re.compile(
    r"(?:^|/)reveal[^/]*/|(?:^|/)(?:reveal|reset|zenburn|monokai|paper|pdf)(?:[.-][^/]*)?\.css"
    r"|(?:^|/)(?:theme|print|plugins?|lib|dist)/|highlight|font-?awesome|\blucide\b|googleapis|fonts\.",
    re.IGNORECASE,
)
_REVEALS_CODE = re.compile(
    r"\bReveal\b|\bhljs\b|print-pdf|\bhead\.js\b|\bgtag\b|_gaq|GoogleAnalytics|\bgaq?\(|\b_paq\b|\bWebFont\b|dataLayer"
    r"|\blucide\s*\.\s*createIcons\b"
)
_COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*|\s+", re.DOTALL)
_INITIALIZE = re.compile(r"\bReveal\s*\.\s*initialize\s*\(\s*\{|\bnew\s+Reveal\s*\(\s*(?:[^{}()]*,\s*)?\{")
_TOKEN = re.compile(
    r"(?P<blank>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"
    r"|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?![\w$.]))|(?P<word>[A-Za-z_$][\w$]*)|(?P<sign>.)",
    re.DOTALL,
)
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_REPLACED = frozenset(
    {"width", "height", "margin", "minScale", "maxScale", "center", "theme", "plugins", "dependencies", "math"}
)
"""Options that belong to the theme and the plugins that are replaced."""

Warn = Callable[[int, str, str], None]
"""Takes a line, what is wrong, and a hint."""


class OwnFiles:
    """The styles and scripts of the author of a page, without those of reveal.js."""

    def __init__(self, folders: Sequence[Path], warn: Warn) -> None:
        self._folders = folders
        self._warn = warn
        self.head: list[str] = []
        """HTML for the head of the page."""
        self.scripts: list[str] = []
        """HTML for the end of the page."""

    def take_link(self, tag: Tag, line: int) -> None:
        """Keep a style sheet or an icon of the author."""
        relation, address = tag.attributes.get("rel", "").lower().split(), tag.attributes.get("href", "")
        if "icon" in relation and self._exists(address):
            self.head.append(f'<link rel="icon" href="{escape(address)}">')
        is_own = "stylesheet" in relation and "icon" not in relation and not _REVEALS_STYLE.search(address)
        if is_own and self._is_kept("style sheet", address, line):
            media = f' media="{escape(tag.attributes["media"])}"' if tag.attributes.get("media") else ""
            self.head.append(f'<link rel="stylesheet" href="{escape(address)}"{media}>')

    def take_script(self, tag: Tag, code: str, line: int) -> None:
        """Keep a script file of the author; scripts in the page itself set up reveal.js."""
        address, kind = tag.attributes.get("src", ""), tag.attributes.get("type", "").lower()
        is_code = not kind or "javascript" in kind or kind == "module"
        if not address and is_code and _COMMENTS.sub("", code) and not sets_up_reveal(code):
            self._warn(line, "a script of this page is left out", "put it into a slide, or into a file")
        if address and not _REVEALS_SCRIPT.search(address) and self._is_kept("script", address, line):
            self.scripts.append(f'<script src="{escape(address)}"></script>')

    def _is_kept(self, kind: str, address: str, line: int) -> bool:
        """Whether the file at *address* exists; warns if not."""
        if self._exists(address):
            return True
        if (path := path_of(address)) and not is_file(path):
            what = f"the {kind} '{address}' was not included: decks load nothing from other machines"
            self._warn(line, what, "copy it into the project")
        else:
            self._warn(line, f"the {kind} '{address}' is left out: it is not there", "")
        return False

    def _exists(self, address: str) -> bool:
        path = path_of(address)
        return is_file(path) and find_file(path.lstrip("/"), self._folders) is not None


def sets_up_reveal(code: str) -> bool:
    """Whether *code* looks like the set-up of reveal.js: plugins, printing, analytics."""
    return _REVEALS_CODE.search(code) is not None


def read_initialize(code: str) -> Mapping[str, object] | None:
    """The options of `Reveal.initialize` in *code* that are plain values; None if there is no such call.

    Options of the parts that are replaced (plugins, the size of the canvas) are left out.
    """
    start = _INITIALIZE.search(code)
    if start is None:
        return None
    tokens = [match for match in _TOKEN.finditer(code, start.end() - 1) if match["blank"] is None]
    options, _ = _read_value(tokens, 0)
    return {key: value for key, value in options.items() if key not in _REPLACED} if isinstance(options, dict) else {}


_UNKNOWN = object()
"""An expression that is not a plain value."""


def _read_value(tokens: Sequence[re.Match[str]], at: int) -> tuple[object, int]:
    """The value at token *at*, and the index of the token after it."""
    value: object = _UNKNOWN
    after = at + 1
    if tokens[at][0] == "{":
        items, after = _read_items(tokens, at + 1, "}")
        value = {name: item for name, item in dict(items).items() if item is not _UNKNOWN}
    elif tokens[at][0] == "[":
        items, after = _read_items(tokens, at + 1, "]")
        values = [item for _, item in items]
        value = values if _UNKNOWN not in values else _UNKNOWN
    else:
        value = _read_plain(tokens[at])
    if after < len(tokens) and tokens[after][0] not in ",}])":
        return _UNKNOWN, _skip(tokens, at)
    return value, after


def _read_items(tokens: Sequence[re.Match[str]], at: int, closing: str) -> tuple[list[tuple[str, object]], int]:
    """The items of an object or an array up to *closing*, with their names, and the index of the token after it."""
    items: list[tuple[str, object]] = []
    while at < len(tokens) and tokens[at][0] != closing:
        first, key = at, tokens[at]
        name = str(_read_plain(key)) if key["text"] or key["number"] else key[0]
        value: object = _UNKNOWN
        if closing == "]":
            value, at = _read_value(tokens, at)
        elif at + 2 < len(tokens) and tokens[at + 1][0] == ":":
            value, at = _read_value(tokens, at + 2)
        else:
            at = _skip(tokens, at)
        items.append((name, value))
        at += at < len(tokens) and tokens[at][0] == ","
        at = max(at, first + 1)  # a closing bracket without an opening bracket
    return items, at + 1


def _read_plain(token: re.Match[str]) -> object:
    if token["text"]:
        body = token["text"][1:-1]
        try:
            return json.loads('"' + re.sub(r"\\(['`])", r"\1", body).replace('\\"', '"').replace('"', '\\"') + '"')
        except ValueError:
            return body
    if token["number"]:
        return float(token[0]) if "." in token[0] else int(token[0])
    return _WORDS.get(token[0], _UNKNOWN) if token["word"] else _UNKNOWN


def _skip(tokens: Sequence[re.Match[str]], at: int) -> int:
    """The index of the token that ends the expression at *at*: a comma or a closing bracket."""
    depth = 0
    while at < len(tokens):
        sign = tokens[at][0]
        if depth == 0 and sign in (",", "}", "]", ")"):
            return at
        depth += (sign in ("{", "[", "(")) - (sign in ("}", "]", ")"))
        at += 1
    return at
