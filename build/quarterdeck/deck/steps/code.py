"""Code as HTML, coloured at build time by Pygments, with its short class names (`k`, `s`, `nv`, …)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

_MAX_CHARACTERS = 100_000
"""Longer code stays uncoloured: a lexer can be slow on text that is not code."""
_LINE_STEPS = re.compile(r"\[\s*+(?:(\d*+):)?\s*+([\s\d,|-]*+)\]")


def render_code(_: RendererHTML, tokens: Sequence[Token], index: int, *_others: object) -> str:
    """A code block, as a render rule of markdown-it. ` ```yaml [5: 1-2|4] ` has the lines to highlight in turn, after
    the number of the first line.
    """
    info = tokens[index].info.strip()
    if "\\" in info or "&" in info:
        from markdown_it.common.utils import unescapeAll

        info = unescapeAll(info)
    attributes = ""
    if steps := _LINE_STEPS.search(info):
        info = (info[: steps.start()] + info[steps.end() :]).strip()
        attributes = f' data-line-numbers="{escape(steps[2].strip())}"'
        attributes += f' data-ln-start-from="{steps[1]}"' if steps[1] else ""
    lines: Sequence[str] = highlight_lines(tokens[index].content, info.split()[0] if info else "")
    if steps:
        lines = [f'<span class="line">{line}</span>' for line in lines]
    body = "\n".join(lines)
    return f'<pre><code class="{escape_code(info) or "nohighlight"}"{attributes}>{body}</code></pre>\n'


def escape_code(text: str) -> str:
    """*text* for the inside of an element or of an attribute in double quotes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def prepare_languages() -> None:
    """Import Pygments and its list of languages."""
    _known_languages()


@lru_cache(maxsize=4096)
def highlight_lines(code: str, lang: str) -> tuple[str, ...]:
    """The lines of *code* as HTML, each with complete tags; code in an unknown language is only escaped."""
    code = code.removesuffix("\n")
    lexer = _lexer(lang.lower()) if lang and len(code) < _MAX_CHARACTERS else None
    if lexer is None:
        return tuple(escape_code(code).split("\n"))
    tokens = ((_class_name(kind), value) for _, kind, value in lexer.get_tokens_unprocessed(code + "\n") if value)
    html = "".join(_span(name, "".join(value for _, value in group)) for name, group in groupby(tokens, itemgetter(0)))
    return tuple(html.removesuffix("\n").split("\n"))


def _span(name: str, value: str) -> str:
    text = escape_code(value)
    if not name:
        return text
    return "\n".join(f'<span class="{name}">{line}</span>' if line else "" for line in text.split("\n"))


@cache
def _class_name(kind: _TokenType) -> str:
    from pygments.token import STANDARD_TYPES, Error, Text, Whitespace

    kinds = kind.split()
    if any(plain in kinds for plain in (Text, Whitespace, Error)):
        return ""
    return next((name for part in reversed(kinds) if (name := STANDARD_TYPES.get(part))), "")


@cache
def _lexer(lang: str) -> Lexer | None:
    from pygments.lexers import find_lexer_class_by_name

    if lang not in _known_languages() or lang in ("text", "output"):
        return None
    kind = find_lexer_class_by_name(lang)
    return _quick(kind)() if kind.__name__ == "PythonLexer" else kind()


def _quick(kind: Any) -> type[Lexer]:
    """The lexer *kind* with `\\w` for the letters of names: Pygments' own list of them takes 15 ms to compile."""

    def quick(rule: Any) -> Any:
        if isinstance(rule, tuple) and isinstance(rule[0], str):
            return (rule[0].replace(kind.uni_name, r"[^\W\d]\w*"), *rule[1:])
        return rule

    tokens = {state: [quick(rule) for rule in rules] for state, rules in kind.tokens.items()}
    return type(f"Quick{kind.__name__}", (kind,), {"tokens": tokens})


@cache
def _known_languages() -> frozenset[str]:
    """The languages of Pygments itself: looking up any other name would search all installed packages."""
    from pygments.lexers import get_all_lexers

    return frozenset(alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases)
