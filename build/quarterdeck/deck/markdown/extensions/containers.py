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
from typing import TYPE_CHECKING

from quarterdeck.deck.markdown.extensions.attribute_syntax import BRACES, add_attributes

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

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
    paired: list[Token] = []
    opened: list[_Container] = []
    for token in state.tokens:
        if token.nesting < 0:
            _close_all(
                state, paired, opened, [container for container in opened if container.token.level > token.level]
            )
        if token.type == "container_open":
            _open(token, paired, opened)
        elif token.type == "container_close":
            _close(state, token, paired, opened)
        else:
            paired.append(token)
    _close_all(state, paired, opened, opened)
    state.tokens = paired


def _open(token: Token, paired: list[Token], opened: list[_Container]) -> None:
    container = _Container(token, _colons(token))
    token.nesting, token.block = 1, True
    if container.has_class("column"):
        if opened and opened[-1].has_class("column") and opened[-1].token.level == token.level:
            paired.append(_end(opened.pop()))
        if opened and opened[-1].has_class("columns"):
            opened[-1].widths.append(token.meta["width"])
            token.meta["width"] = ""
    if token.meta["width"]:
        _add_style(token, f"width: {token.meta['width']}")
    opened.append(container)
    paired.append(token)


def _close(state: StateCore, token: Token, paired: list[Token], opened: list[_Container]) -> None:
    from markdown_it.token import Token as New

    siblings = [container for container in opened if container.token.level == token.level]
    if siblings:
        matches = [index for index, container in enumerate(siblings) if container.colons == _colons(token)]
        inner = siblings[matches[-1] + 1 :] if matches else []
        _close_all(state, paired, opened, inner)
        paired.append(_end(opened.pop()))
        return
    row = token.map[0] if token.map else 0
    _warn(state, row, f"'{token.markup}' closes nothing, and stays text", "open a container before it: ::: NAME")
    paragraph = New("paragraph_open", "p", 1, map=token.map, level=token.level, block=True)
    text = New("inline", "", 0, map=token.map, level=token.level + 1, content=token.markup, children=[], block=True)
    paired += [paragraph, text, New("paragraph_close", "p", -1, level=token.level, block=True)]


def _close_all(state: StateCore, paired: list[Token], opened: list[_Container], unclosed: Sequence[_Container]) -> None:
    """Close *unclosed*, the last of *opened*; a warning for each that is not a column."""
    for container in reversed(list(unclosed)):
        if not container.has_class("column"):
            row = container.token.map[0] if container.token.map else 0
            what = f"nothing closes '{container.token.markup}'"
            _warn(state, row, what, f"end it with {':' * container.colons} on a line of its own")
        paired.append(_end(opened.pop()))


def _end(container: _Container) -> Token:
    from markdown_it.token import Token as New

    if any(container.widths):
        _add_style(container.token, f"grid-template-columns: {' '.join(_tracks(container.widths))}")
    return New("container_close", "div", -1, level=container.token.level, block=True)


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
