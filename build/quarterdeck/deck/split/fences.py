"""Which lines of a slide source are code: the one tracker for markers, separators and notes.

CommonMark 0.31, sections 4.5, 5.1 and 5.2: a fence may stand inside list items and block quotes, closes with
a fence of its own kind that is at least as long, or when what it stands in ends.
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
    """What a slide source looks like when only its code fences and containers are seen."""

    fenced: frozenset[int]
    """Rows, from 0, that belong to a code fence: the fences themselves and what is between them."""
    unclosed: int | None
    """The row of a fence that nothing closes, which is then not counted as one."""
    columns: dict[int, int]
    """For rows inside list items, the column at which the text of the innermost one starts."""


def map_fences(lines: Sequence[str]) -> FenceMap:
    """Find the code fences in *lines*, in one pass.

    A fence that is never closed would swallow all slides after it; it is reported instead of followed.
    """
    fenced: set[int] = set()
    columns: dict[int, int] = {}
    containers: list[int] = []
    fence = ""
    opened = 0
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
    if not fence:
        return FenceMap(frozenset(fenced), None, columns)
    return FenceMap(frozenset(row for row in fenced if row < opened), opened, columns)


def _enter(line: str, containers: Sequence[int]) -> tuple[str, int]:
    """What is left of *line* inside the *containers* that it continues, and how many those are."""
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
