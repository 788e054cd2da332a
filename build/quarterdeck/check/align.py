"""Two outputs side by side: which line of the one is which line of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from quarterdeck.check.mask import MaskedLine

_MOST_WORK = 200_000
"""The most pairs of equal lines for difflib; outputs with more are aligned less carefully."""

Row = tuple[int | None, int | None]
"""A recorded line and a new one that stand side by side, from 0; None opposite a line that only one run has."""


def align_lines(old: Sequence[MaskedLine], new: Sequence[MaskedLine]) -> list[Row]:
    """Both texts side by side, each line once and in order; what went stands before what came."""
    shortest = min(len(old), len(new))
    head = next((index for index in range(shortest) if not _agree(old[index], new[index])), shortest)
    most = shortest - head
    tail = next((index for index in range(most) if not _agree(old[-1 - index], new[-1 - index])), most)
    rows: list[Row] = [(index, index) for index in range(head)]
    rows += _align_middle(old, new, range(head, len(old) - tail), range(head, len(new) - tail))
    rows += zip(range(len(old) - tail, len(old)), range(len(new) - tail, len(new)), strict=True)
    return rows


def _agree(old: MaskedLine, new: MaskedLine) -> bool:
    """Whether two lines are the same: what may be a value is one opposite a value."""
    if old.loose != new.loose or len(old.values) != len(new.values):
        return False
    return all(
        was.kind == now.kind and (was.sure or now.sure or was.text == now.text)
        for was, now in zip(old.values, new.values, strict=True)
    )


def _align_middle(old: Sequence[MaskedLine], new: Sequence[MaskedLine], lefts: range, rights: range) -> Iterator[Row]:
    gone: list[Row] = []
    come: list[Row] = []
    opcodes = _opcodes([old[index].loose for index in lefts], [new[index].loose for index in rights])
    for tag, left, left_end, right, right_end in opcodes:
        if tag != "equal":
            gone += ((index, None) for index in lefts[left:left_end])
            come += ((None, index) for index in rights[right:right_end])
            continue
        for was, now in zip(lefts[left:left_end], rights[right:right_end], strict=True):
            if _agree(old[was], new[now]):
                yield from (*gone, *come, (was, now))
                gone, come = [], []
            else:
                gone.append((was, None))
                come.append((None, now))
    yield from (*gone, *come)


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    often = Counter(after)
    too_often = len(after) + 1
    if sum(often[line] for line in before) > _MOST_WORK and len(after) >= 200:
        too_often = len(after) // 100 + 1  # difflib's own limit for `autojunk`, which leaves such lines out
    if sum(often[line] for line in before if often[line] <= too_often) > _MOST_WORK:
        return [("replace", 0, len(before), 0, len(after))]
    matcher = SequenceMatcher(None, before, after, autojunk=too_often <= len(after))
    return list(matcher.get_opcodes())
