"""Text with control sequences in it, as a reader sees it: colours do not interrupt a word, movements do."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

BREAK = "\0"
"""Stands for a sequence that moves the cursor, or does anything else but paint."""

_SEQUENCE = re.compile(
    r"\x1b(?:(\[[0-9;:]*[mK]|\([0-9A-Z])|\[[0-?]*[ -/]*[@-~]|[ -/]+[0-~]|[0-Z\\-~])"
)  # SGR, EL (which `grep` sends with its colours) and the choice of a character set have a group
_INCOMPLETE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[ -/]+)?\Z")

_COVERED = re.compile(rf"({_SEQUENCE.pattern})|\S")

BULLET = "•"


def flatten(painted: str) -> str:
    """*painted* without what paints; each other control sequence becomes BREAK."""
    return _SEQUENCE.sub(lambda match: "" if match[1] else BREAK, painted) if "\x1b" in painted else painted


def split_incomplete(painted: str) -> tuple[str, str]:
    """*painted*, and the start of a sequence that is not complete at its end."""
    last = painted.rfind("\x1b", max(0, len(painted) - 300))
    if last >= 0 and _INCOMPLETE.match(painted, last):
        return painted[:last], painted[last:]
    return painted, ""


def end_of_lines(painted: str) -> int:
    """Where the last line of *painted* begins: behind a line end, or a sequence that does not paint."""
    end = max(painted.rfind("\n"), painted.rfind("\r")) + 1
    return max((match.end() for match in _SEQUENCE.finditer(painted, end) if not match[1]), default=end)


def places_in(painted: str, indices: Iterable[int]) -> list[int]:
    """Where the characters at *indices* of `flatten(painted)` stand in *painted*."""
    if "\x1b" not in painted:
        return list(indices)
    marks, gaps = [], [0]
    for match in _SEQUENCE.finditer(painted):
        marks.append(match.start() - gaps[-1])
        gaps.append(match.end() - marks[-1] - (0 if match[1] else 1))
    return [index + gaps[bisect_left(marks, index)] for index in indices]


def cover(painted: str, spans: Sequence[tuple[int, int]]) -> str:
    """*painted* with bullets for what can be seen within *spans* of `flatten(painted)`.

    Args:
        painted: Text; its sequences stay where they are.
        spans: Start and end of each, in order of their starts; these may be negative.
    """
    if not spans:
        return painted
    places = places_in(painted, (index for span in spans for index in span))
    pieces = []
    start = 0
    for first, last in zip(places[::2], places[1::2], strict=True):
        first, last = max(first, start), max(last, start)
        pieces += [painted[start:first], _COVERED.sub(lambda match: match[1] or BULLET, painted[first:last])]
        start = last
    return "".join([*pieces, painted[start:]])
