"""Containers: `::: columns`, `::: column 40%`, `::: NAME` … `:::`.

A line of three or more colons with a name opens a `<div>` of that class. Colons alone close the innermost container
with the same number of colons, else the innermost container. So containers nest with equal colons, as in Pandoc, or
with more colons outside, as in markdown-it. A column ends where the next column begins or its columns end.

(Rejected: the `container` plugin of mdit-py-plugins searches for the end without parsing the content, so that a code
fence or a nested container closes it.)
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from quarterdeck.deck.markdown.extensions.attribute_syntax import BRACES, add_attributes

_OPEN = re.compile(
    r":{3,}[ \t]*(?P<name>[A-Za-z][\w-]*)?(?:[ \t]+(?P<width>\d+(?:\.\d+)?(?:%|fr|em|rem|ch|px)))?"
    rf"[ \t]*(?P<braces>{BRACES.pattern})?[ \t]*\Z"
)
_CLOSE = re.compile(r":{3,}[ \t]*\Z")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%\Z")
_INTERRUPTED = ["paragraph", "reference", "blockquote", "list"]


def plugin(md: MarkdownIt) -> None:
    """Let *md* read containers."""
    md.block.ruler.before("fence", "container", _container, {"alt": _INTERRUPTED})
    md.core.ruler.after("block", "containers", _pair)


def _container(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    if state.src[at : at + 3] != ":::" or state.is_code_block(start):
        return False
    line = state.src[at : state.eMarks[start]]
    opened = _OPEN.match(line)
    if opened is None or not (opened["name"] or opened["braces"]):
        opened = None
        if not _CLOSE.match(line):
            if not silent:
                what = f"'{line.strip()}' opens no container, and stays text"
                _warn(state.env, [start], what, "write ::: NAME, then attributes in braces if there are any")
            return False
    if not silent:
        token = state.push("container_open" if opened else "container_close", "div", 0)
        token.map, token.markup = [start, start + 1], line.strip()
        if opened:
            _set_attributes(token, opened)
        state.line = start + 1
    return True


def _set_attributes(token: Token, opened: re.Match[str]) -> None:
    if opened["name"]:
        token.attrs["class"] = opened["name"]
    if opened["braces"]:
        add_attributes(token, opened["braces"])
    width = opened["width"] or token.attrs.pop("width", "")
    token.meta["width"] = f"{width}px" if str(width).isdecimal() else str(width)


def _pair(state: StateCore) -> None:
    """Close each container at its end line, else at the end of the enclosing block."""
    pairing = _Pairing(state.env)
    for token in state.tokens:
        if token.nesting < 0:
            pairing.close_to_level(token.level)
        if token.type == "container_open":
            pairing.open(token)
        elif token.type == "container_close":
            pairing.close(token)
        else:
            pairing.tokens.append(token)
    pairing.close_to_level(-1)
    state.tokens = pairing.tokens


class _Pairing:
    """Pairs the first and last lines of containers."""

    def __init__(self, env: MutableMapping[str, Any]) -> None:
        self._env = env
        self._opened: list[Token] = []
        self.tokens: list[Token] = []

    def open(self, token: Token) -> None:
        """Open the container of *token*; a column ends the column before it."""
        token.nesting, token.block = 1, True
        token.meta["widths"] = []
        if _has_class(token, "column"):
            if self._opened and _has_class(self._opened[-1], "column") and self._opened[-1].level == token.level:
                self._close_last()
            if self._opened and _has_class(self._opened[-1], "columns"):
                self._opened[-1].meta["widths"].append(token.meta["width"])
                token.meta["width"] = ""
        if token.meta["width"]:
            _add_style(token, f"width: {token.meta['width']}")
        self._opened.append(token)
        self.tokens.append(token)

    def close(self, token: Token) -> None:
        """Close the container that the line of *token* ends; if there is none, the line is text."""
        siblings = [index for index, opened in enumerate(self._opened) if opened.level == token.level]
        if siblings:
            matches = [index for index in siblings if _colons(self._opened[index]) == _colons(token)]
            self._close_after(matches[-1] + 1 if matches else len(self._opened))
            self._close_last()
            return
        what = f"'{token.markup}' closes nothing, and stays text"
        _warn(self._env, token.map, what, "open a container before it: ::: NAME")
        paragraph = Token("paragraph_open", "p", 1, map=token.map, level=token.level, block=True)
        text = Token("inline", "", 0, map=token.map, level=token.level + 1, content=token.markup, children=[])
        self.tokens += [paragraph, text, Token("paragraph_close", "p", -1, level=token.level, block=True)]

    def close_to_level(self, level: int) -> None:
        """Close the containers inside the block of *level*."""
        self._close_after(sum(opened.level <= level for opened in self._opened))

    def _close_after(self, count: int) -> None:
        """Close all but the first *count* open containers; a warning for each that is not a column."""
        while len(self._opened) > count:
            last = self._opened[-1]
            if not _has_class(last, "column"):
                hint = f"end it with {':' * _colons(last)} on a line of its own"
                _warn(self._env, last.map, f"nothing closes '{last.markup}'", hint)
            self._close_last()

    def _close_last(self) -> None:
        last = self._opened.pop()
        if any(last.meta["widths"]):
            _add_style(last, f"grid-template-columns: {' '.join(_tracks(last.meta['widths']))}")
        self.tokens.append(Token("container_close", "div", -1, level=last.level, block=True))


def _tracks(widths: Sequence[str]) -> list[str]:
    """*widths* as CSS grid tracks: percentages and missing widths share what the gaps leave."""
    percents = [_PERCENT.match(width) for width in widths]
    values = [float(percent[1]) for percent in percents if percent]
    share = (max(100 - sum(values), 1) if values else 1) / max(widths.count(""), 1)
    return [
        f"minmax(0, {float(percent[1]) if percent else share:g}fr)" if percent or not width else width
        for width, percent in zip(widths, percents, strict=True)
    ]


def _add_style(token: Token, style: str) -> None:
    earlier = str(token.attrs.get("style", "")).rstrip("; ")
    token.attrs["style"] = f"{earlier}; {style}" if earlier else style


def _has_class(token: Token, name: str) -> bool:
    return name in str(token.attrs.get("class", "")).split()


def _colons(token: Token) -> int:
    return len(token.markup) - len(token.markup.lstrip(":"))


def _warn(env: MutableMapping[str, Any], rows: Sequence[int] | None, what: str, hint: str) -> None:
    warnings = env.setdefault("warnings", [])
    warning = (rows[0] if rows else 0, what, hint)
    if warning not in warnings:
        warnings.append(warning)
