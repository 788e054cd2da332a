"""Containers: `::: columns`, `::: column 40%`, `::: NAME` … `:::`.

A line of three or more colons with a name opens a `<div>` of that class. Colons alone close the innermost container
with the same number of colons, else the innermost one. So containers nest with equal colons, as in Pandoc, or with
more colons outside, as in markdown-it. A column ends where the next column begins or its columns end.

(Rejected: the `container` plugin of mdit-py-plugins searches for the end without parsing the content, so that a code
fence or a nested container closes it.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class _Container:
    """An open container."""

    token: Token
    colons: int
    widths: list[str] = field(default_factory=list)
    """The widths of its columns; an empty text shares the remaining width."""

    def has_class(self, name: str) -> bool:
        return name in str(self.token.attrs.get("class", "")).split()


def plugin(md: MarkdownIt) -> None:
    """Let *md* read containers."""
    md.block.ruler.before("fence", "container", _container, {"alt": _INTERRUPTED})
    md.core.ruler.after("block", "containers", _pair)


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    del end
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
                _warn(state, start, what, "write ::: NAME, then attributes in braces if there are any")
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
    pairing = _Pairing(state)
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
    """The tokens of a slide, as far as its containers have been paired."""

    def __init__(self, state: StateCore) -> None:
        self._state = state
        self._opened: list[_Container] = []
        self.tokens: list[Token] = []

    def open(self, token: Token) -> None:
        """Open the container of *token*; a column ends the column before it."""
        container = _Container(token, _colons(token))
        token.nesting, token.block = 1, True
        if container.has_class("column"):
            if self._opened and self._opened[-1].has_class("column") and self._opened[-1].token.level == token.level:
                self._close_last()
            if self._opened and self._opened[-1].has_class("columns"):
                self._opened[-1].widths.append(token.meta["width"])
                token.meta["width"] = ""
        if token.meta["width"]:
            _add_style(token, f"width: {token.meta['width']}")
        self._opened.append(container)
        self.tokens.append(token)

    def close(self, token: Token) -> None:
        """Close the container that the line of *token* ends; without one, the line is text."""
        siblings = [index for index, container in enumerate(self._opened) if container.token.level == token.level]
        if siblings:
            matches = [index for index in siblings if self._opened[index].colons == _colons(token)]
            self._close_after(matches[-1] + 1 if matches else len(self._opened))
            self._close_last()
            return
        row = token.map[0] if token.map else 0
        what = f"'{token.markup}' closes nothing, and stays text"
        _warn(self._state, row, what, "open a container before it: ::: NAME")
        paragraph = Token("paragraph_open", "p", 1, map=token.map, level=token.level, block=True)
        text = Token(
            "inline", "", 0, map=token.map, level=token.level + 1, content=token.markup, children=[], block=True
        )
        self.tokens += [paragraph, text, Token("paragraph_close", "p", -1, level=token.level, block=True)]

    def close_to_level(self, level: int) -> None:
        """Close the containers inside the block of *level*."""
        self._close_after(sum(container.token.level <= level for container in self._opened))

    def _close_after(self, count: int) -> None:
        """Close all but the first *count* open containers; a warning for each that is not a column."""
        while len(self._opened) > count:
            container = self._opened[-1]
            if not container.has_class("column"):
                row = container.token.map[0] if container.token.map else 0
                what = f"nothing closes '{container.token.markup}'"
                _warn(self._state, row, what, f"end it with {':' * container.colons} on a line of its own")
            self._close_last()

    def _close_last(self) -> None:
        container = self._opened.pop()
        if any(container.widths):
            _add_style(container.token, f"grid-template-columns: {' '.join(_tracks(container.widths))}")
        self.tokens.append(Token("container_close", "div", -1, level=container.token.level, block=True))


def _tracks(widths: Sequence[str]) -> list[str]:
    """*widths* as CSS grid tracks: percentages and missing widths share what the gaps leave."""
    percents = [float(match[1]) for width in widths if (match := _PERCENT.match(width))]
    left = max(100 - sum(percents), 1) if percents else 1
    share = left / max(widths.count(""), 1)
    tracks = []
    for width in widths:
        percent = _PERCENT.match(width)
        fraction = f"{float(percent[1]) if percent else share:g}fr"
        tracks.append(f"minmax(0, {fraction})" if percent or not width else width)
    return tracks


def _add_style(token: Token, style: str) -> None:
    earlier = str(token.attrs.get("style", "")).rstrip("; ")
    token.attrs["style"] = f"{earlier}; {style}" if earlier else style


def _colons(token: Token) -> int:
    return len(token.markup) - len(token.markup.lstrip(":"))


def _warn(state: StateBlock | StateCore, row: int, what: str, hint: str) -> None:
    warnings = state.env.setdefault("warnings", [])
    if (row, what, hint) not in warnings:
        warnings.append((row, what, hint))
