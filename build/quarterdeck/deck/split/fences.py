"""The code fences of a slide source, in which markers, separators and notes are text.

CommonMark 0.31, sections 4.5, 5.1 and 5.2: a fence may stand inside list items and block quotes, and closes with a
fence of its kind that is at least as long, or at the end of its container.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_QUOTE = -1
_OPEN = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*\Z)|~{3,})")
_ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])(?P<gap> +|\Z)")
_MARK = re.compile(r" {0,3}> ?")
_STARTERS = frozenset(" \t`~>-+*0123456789")


class FenceMap(NamedTuple):
    """The code fences and containers of a slide source."""

    fenced: frozenset[int]
    """The rows of code fences, from 0: first line, code and last line."""
    unclosed: int | None
    """The row of a fence that is never closed, and whose rows are not in `fenced`; None for none."""
    columns: dict[int, int]
    """For rows inside list items: the column at which the text of the innermost item starts."""


def map_fences(lines: Sequence[str]) -> FenceMap:
    """Find the code fences in *lines*; a fence that is never closed would hide all slides after it."""
    fenced: set[int] = set()
    columns: dict[int, int] = {}
    containers: list[int] = []
    fence, opened = "", 0
    for row, line in enumerate(lines):
        if not fence and not containers and (not line or line[0] not in _STARTERS):
            continue
        if "\t" in line:
            line = line.expandtabs(4)
        rest, kept = _enter(line, containers)
        if kept < len(containers):
            del containers[kept:]
            fence = ""
        if fence:
            fenced.add(row)
            if _closes(rest, fence):
                fence = ""
            continue
        rest = _open_containers(rest, containers)
        if containers:
            columns[row] = sum(width if width != _QUOTE else 2 for width in containers)
        if match := _OPEN.match(rest):
            fence, opened = match["fence"], row
            fenced.add(row)
    if fence:
        fenced.difference_update(range(opened, len(lines)))
    return FenceMap(frozenset(fenced), opened if fence else None, columns)


def _enter(line: str, containers: Sequence[int]) -> tuple[str, int]:
    """The rest of *line* inside the *containers* that it continues, and their number."""
    for depth, width in enumerate(containers):
        if width == _QUOTE:
            match = _MARK.match(line)
            if match is None:
                return line, depth
            line = line[match.end() :]
        elif not line.strip():
            line = ""
        elif line[:width].isspace():
            line = line[width:]
        else:
            return line, depth
    return line, len(containers)


def _open_containers(rest: str, containers: list[int]) -> str:
    while True:
        if match := _MARK.match(rest):
            containers.append(_QUOTE)
            rest = rest[match.end() :]
        elif match := _ITEM.match(rest):
            width = match.end() if len(match["gap"]) <= 4 and match.end() < len(rest) else match.start("gap") + 1
            containers.append(width)
            rest = rest[width:]
        else:
            return rest


def _closes(rest: str, fence: str) -> bool:
    text = rest.strip(" ")
    return len(text) >= len(fence) and not text.strip(fence[0]) and len(rest) - len(rest.lstrip(" ")) < 4
