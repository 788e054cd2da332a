"""Two aligned outputs as the lines that a person reads: `-` recorded, `+` now, and a little around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from quarterdeck.check.align import Row

_CONTEXT = 2
_MOST_LINES = 20
_LONGEST_RUN = 8
"""Lines of one sign in a row, so that what came is seen where much went."""
_WIDEST = 160
"""Characters of one line."""
_LEAD = 40
"""Characters shown before the place where two long lines part."""


def render_diff(old: Sequence[str], new: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """The rows that differ, in no more than 20 lines; empty if none does."""
    lines: list[str] = []
    for sign, run in groupby(_signed(old, new, rows), key=lambda line: line[0]):
        texts = [text for _, text in run]
        if len(texts) > _LONGEST_RUN and sign != " ":
            texts[_LONGEST_RUN - 1 :] = [f"… {len(texts) - _LONGEST_RUN + 1} more"]
        lines += (f"{sign} {text}".rstrip() for text in texts)
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = [f"… {len(lines) - _MOST_LINES + 1} more lines"]
    return tuple(lines)


def _signed(old: Sequence[str], new: Sequence[str], rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    blocks = [(changed, list(block)) for changed, block in groupby(rows, key=lambda row: None in row)]
    for index, (changed, block) in enumerate(blocks):
        came = [new[right] for _, right in block if right is not None]
        if changed:
            yield from _changed([old[left] for left, _ in block if left is not None], came)
        elif len(blocks) > 1:
            yield from ((" ", line) for line in _around(came, index == 0, index == len(blocks) - 1))


def _changed(gone: Sequence[str], came: Sequence[str]) -> Iterator[tuple[str, str]]:
    starts = [_parting(left, right) for left, right in zip(gone, came, strict=False)]
    for sign, lines in (("-", gone), ("+", came)):
        yield from ((sign, clip_line(line, start or 0)) for line, start in zip_longest(lines, starts[: len(lines)]))


def _around(lines: Sequence[str], first: bool, last: bool) -> list[str]:
    """The ends of an unchanged block that touch a changed one."""
    head = [] if first else list(lines[:_CONTEXT])
    tail = [] if last else list(lines[max(len(head), len(lines) - _CONTEXT) :])
    gap = ["…"] if len(head) + len(tail) < len(lines) and not first and not last else []
    return [clip_line(line) for line in (*head, *gap, *tail)]


def _parting(left: str, right: str) -> int:
    """The first character at which two lines differ."""
    both = zip(left, right, strict=False)
    return next((index for index, (one, other) in enumerate(both) if one != other), min(len(left), len(right)))


def clip_line(line: str, parting: int = 0) -> str:
    """A part of *line* that fits, with the character at *parting* in it."""
    if len(line) <= _WIDEST:
        return line
    start = max(0, min(parting - _LEAD, len(line) - _WIDEST))
    end = start + _WIDEST
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
