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
from urllib.parse import unquote

from quarterdeck.deck.html.tokens import Tag
from quarterdeck.deck.load.locate import find_file

_ELSEWHERE = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|//)")
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
_OF_THE_LOOK = frozenset(
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
        if "icon" in relation and self._is_here(address):
            self.head.append(f'<link rel="icon" href="{escape(address)}">')
        elif "stylesheet" in relation and not _REVEALS_STYLE.search(address):
            if self._is_here(address):
                media = f' media="{escape(tag.attributes["media"])}"' if tag.attributes.get("media") else ""
                self.head.append(f'<link rel="stylesheet" href="{escape(address)}"{media}>')
            else:
                self._leave_out(line, "style sheet", address)

    def take_script(self, tag: Tag, code: str, line: int) -> None:
        """Keep a script file of the author; scripts in the page itself set up reveal.js."""
        address = tag.attributes.get("src", "")
        if not address:
            if _COMMENTS.sub("", code) and not sets_up_reveal(code) and _is_code(tag):
                self._warn(line, "a script of this page is left out", "put it into a slide, or into a file")
        elif _REVEALS_SCRIPT.search(address):
            return
        elif self._is_here(address):
            self.scripts.append(f'<script src="{escape(address)}"></script>')
        else:
            self._leave_out(line, "script", address)

    def _leave_out(self, line: int, kind: str, address: str) -> None:
        if _ELSEWHERE.match(address):
            self._warn(
                line,
                f"the {kind} '{address}' was not included: decks load nothing from other machines",
                "copy it into the project",
            )
        else:
            self._warn(line, f"the {kind} '{address}' is left out: it is not there", "")

    def _is_here(self, address: str) -> bool:
        if not address or _ELSEWHERE.match(address):
            return False
        name = unquote(re.split("[?#]", address, maxsplit=1)[0]).lstrip("/")
        return find_file(name, self._folders) is not None


def sets_up_reveal(code: str) -> bool:
    """Whether *code* looks like the set-up of reveal.js: plugins, printing, analytics."""
    return _REVEALS_CODE.search(code) is not None


def _is_code(tag: Tag) -> bool:
    kind = tag.attributes.get("type", "").lower()
    return not kind or "javascript" in kind or kind == "module"


def read_initialize(code: str) -> Mapping[str, object] | None:
    """The options of `Reveal.initialize` in *code* that are plain values; None if there is no such call.

    Options of the parts that are replaced (plugins, the size of the canvas) are left out.
    """
    start = _INITIALIZE.search(code)
    if start is None:
        return None
    tokens = [match for match in _TOKEN.finditer(code, start.end() - 1) if match["blank"] is None]
    value, _ = _read_value(tokens, 0)
    options = value if isinstance(value, dict) else {}
    return {name: option for name, option in options.items() if name not in _OF_THE_LOOK and option is not _UNKNOWN}


_UNKNOWN = object()
"""An expression that is not a plain value."""


def _read_value(tokens: Sequence[re.Match[str]], at: int) -> tuple[object, int]:
    """The value at token *at*, and the index of the token after it."""
    if at >= len(tokens):
        return _UNKNOWN, at
    token = tokens[at]
    if token[0] == "{":
        value, after = _read_object(tokens, at + 1)
    elif token[0] == "[":
        value, after = _read_array(tokens, at + 1)
    else:
        value, after = _read_plain(token), at + 1
    if after < len(tokens) and tokens[after][0] not in ",}])":
        return _UNKNOWN, _skip(tokens, at)
    return value, after


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


def _read_object(tokens: Sequence[re.Match[str]], at: int) -> tuple[object, int]:
    options: dict[str, object] = {}
    while at < len(tokens) and tokens[at][0] != "}":
        key, before = tokens[at], at
        name = str(_read_plain(key)) if key["text"] or key["number"] else key[0]
        if at + 1 < len(tokens) and tokens[at + 1][0] == ":":
            options[name], at = _read_value(tokens, at + 2)
        else:
            at = _skip(tokens, at)
        at += at < len(tokens) and tokens[at][0] == ","
        at = max(at, before + 1)  # a closing bracket without an opening one
    return {name: value for name, value in options.items() if value is not _UNKNOWN}, at + 1


def _read_array(tokens: Sequence[re.Match[str]], at: int) -> tuple[object, int]:
    values: list[object] = []
    while at < len(tokens) and tokens[at][0] != "]":
        value, at = _read_value(tokens, at)
        values.append(value)
        if at < len(tokens) and tokens[at][0] != "]":
            at += 1
    return (_UNKNOWN if _UNKNOWN in values else values), at + 1


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
