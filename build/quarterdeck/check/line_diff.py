"""The difference between two outputs, as evidence: which line of one is which line of the other, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby, zip_longest

from quarterdeck.check.mask import MaskedLine

_MOST_WORK = 200_000
"""The most pairs of equal lines for difflib; outputs with more are aligned less carefully."""
_CONTEXT = 2
_MOST_LINES = 20
_LONGEST_RUN = 8
"""Lines of one sign in a row, so that added lines are visible behind many removed ones."""
_LONGEST_LINE = 160
"""Characters of one line."""
_LEAD = 40
"""Characters shown before the place where two long lines part."""


class Kind(Enum):
    """The kinds of evidence. Values of one character are the signs of lines in reports."""

    REASON = "reason"
    """Why a step is BROKEN, SKIPPED or NEW."""
    STATUS = "exit status"
    EXPECTATION = "expectation"
    """Of `match` or `json`."""
    SILENT_FAILURE = "silent failure"
    IDENTITY = "identity"
    """Equal values that differ now, or the other way round."""
    REMOVED = "-"
    ADDED = "+"
    UNCHANGED = " "
    CUT = "…"
    SCREEN = "|"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line of what speaks for a verdict."""

    kind: Kind
    text: str
    """Without the sign."""

    def __str__(self) -> str:
        signed = self.kind in (Kind.REMOVED, Kind.ADDED, Kind.UNCHANGED, Kind.SCREEN)
        return f"{self.kind.value} {self.text}".rstrip() if signed else self.text


Row = tuple[int | None, int | None]
"""A recorded line and a new one that stand side by side, from 0; None opposite a line that only one run has."""


def align_lines(old: Sequence[MaskedLine], new: Sequence[MaskedLine]) -> list[Row]:
    """Both outputs side by side, each line once and in order; removed lines added before added ones."""
    shortest = min(len(old), len(new))
    head = next((index for index in range(shortest) if not _agree(old[index], new[index])), shortest)
    most = shortest - head
    tail = next((index for index in range(most) if not _agree(old[-1 - index], new[-1 - index])), most)
    rows: list[Row] = [(index, index) for index in range(head)]
    rows += _align_middle(old, new, range(head, len(old) - tail), range(head, len(new) - tail))
    rows += zip(range(len(old) - tail, len(old)), range(len(new) - tail, len(new)), strict=True)
    return rows


def _agree(old: MaskedLine, new: MaskedLine) -> bool:
    """Whether two lines are the same; what may be a value is a value opposite a sure one."""
    if old.loose != new.loose or len(old.values) != len(new.values):
        return False
    return all(
        was.kind == now.kind and (was.sure or now.sure or was.text == now.text)
        for was, now in zip(old.values, new.values, strict=True)
    )


def _align_middle(old: Sequence[MaskedLine], new: Sequence[MaskedLine], lefts: range, rights: range) -> Iterator[Row]:
    removed: list[Row] = []
    added: list[Row] = []
    opcodes = _opcodes([old[index].loose for index in lefts], [new[index].loose for index in rights])
    for tag, left, left_end, right, right_end in opcodes:
        if tag != "equal":
            removed += ((index, None) for index in lefts[left:left_end])
            added += ((None, index) for index in rights[right:right_end])
            continue
        for was, now in zip(lefts[left:left_end], rights[right:right_end], strict=True):
            if _agree(old[was], new[now]):
                yield from (*removed, *added, (was, now))
                removed, added = [], []
            else:
                removed.append((was, None))
                added.append((None, now))
    yield from (*removed, *added)


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    often = Counter(after)
    too_often = len(after) + 1
    if sum(often[line] for line in before) > _MOST_WORK and len(after) >= 200:
        too_often = len(after) // 100 + 1  # difflib's own limit for `autojunk`, which leaves such lines out
    if sum(often[line] for line in before if often[line] <= too_often) > _MOST_WORK:
        return [("replace", 0, len(before), 0, len(after))]
    matcher = SequenceMatcher(None, before, after, autojunk=too_often <= len(after))
    return list(matcher.get_opcodes())


def diff_lines(old: Sequence[str], new: Sequence[str], rows: Sequence[Row]) -> tuple[Evidence, ...]:
    """The rows that differ, with some around them, in no more than 20 lines; empty if none does."""
    evidence: list[Evidence] = []
    for kind, run in groupby(_walk_rows(old, new, rows), key=lambda line: line.kind):
        lines = list(run)
        if len(lines) > _LONGEST_RUN and kind is not Kind.UNCHANGED:
            lines[_LONGEST_RUN - 1 :] = [Evidence(kind, f"… {len(lines) - _LONGEST_RUN + 1} more")]
        evidence += lines
    if len(evidence) > _MOST_LINES:
        evidence[_MOST_LINES - 1 :] = [Evidence(Kind.CUT, f"… {len(evidence) - _MOST_LINES + 1} more lines")]
    return tuple(evidence)


def _walk_rows(old: Sequence[str], new: Sequence[str], rows: Sequence[Row]) -> Iterator[Evidence]:
    blocks = [(changed, list(block)) for changed, block in groupby(rows, key=lambda row: None in row)]
    for index, (changed, block) in enumerate(blocks):
        added = [new[right] for _, right in block if right is not None]
        if changed:
            removed = [old[left] for left, _ in block if left is not None]
            starts = [_parting(left, right) for left, right in zip(removed, added, strict=False)]
            for kind, lines in ((Kind.REMOVED, removed), (Kind.ADDED, added)):
                pairs = zip_longest(lines, starts[: len(lines)])
                yield from (Evidence(kind, clip_line(line, start or 0)) for line, start in pairs)
        elif len(blocks) > 1:
            yield from _around(added, index == 0, index == len(blocks) - 1)


def _around(lines: Sequence[str], first: bool, last: bool) -> Iterator[Evidence]:
    """The ends of an unchanged block that touch a changed one."""
    head = [] if first else list(lines[:_CONTEXT])
    tail = [] if last else list(lines[max(len(head), len(lines) - _CONTEXT) :])
    gap = ["…"] if len(head) + len(tail) < len(lines) and not first and not last else []
    yield from (Evidence(Kind.UNCHANGED, clip_line(line)) for line in (*head, *gap, *tail))


def _parting(left: str, right: str) -> int:
    """The first character at which two lines differ."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((index for index, (old, new) in pairs if old != new), min(len(left), len(right)))


def clip_line(line: str, parting: int = 0) -> str:
    """A part of *line* that fits, with the character at *parting* in it."""
    if len(line) <= _LONGEST_LINE:
        return line
    start = max(0, min(parting - _LEAD, len(line) - _LONGEST_LINE))
    end = start + _LONGEST_LINE
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
