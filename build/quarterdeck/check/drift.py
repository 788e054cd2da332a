"""How the output of a step differs from the recorded one: lines that changed, and pairs of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from quarterdeck.check.identity import Pair
from quarterdeck.check.line_diff import Evidence, align_lines, diff_lines
from quarterdeck.check.mask import MaskedLine, mask_lines, strip_colours
from quarterdeck.check.mask_kinds import is_identity
from quarterdeck.check.unordered import Listed, in_recorded_order


@dataclass(frozen=True, slots=True)
class Drift:
    """The differences between two outputs of one step."""

    changes: tuple[Evidence, ...]
    """Lines that were removed and added, with some around them; empty if no line changed."""
    pairs: tuple[Pair, ...]
    """The values of identity kinds that stand in the same place of both runs."""


def compare_masked(
    recorded: str, now: str, *, step: str, extra: Mapping[str, str] = {}, keep: Collection[str] = ()
) -> Drift:
    """Compare two outputs under masks; *step* is what the pairs call it.

    Shapes that occur a different number of times yield no pairs: it is ambiguous which line is new.
    """
    old = _masked(recorded, extra, keep)
    new = _masked(now, extra, keep)
    listed = in_recorded_order(old, new)
    new = tuple(entry.line for entry in listed)
    rows = align_lines(old, new)
    changed = any(None in row for row in rows)
    ambiguous = _with_other_counts(old, new) if changed else frozenset()
    pairs: list[Pair] = []
    for left, right in rows:
        if left is not None and right is not None and new[right].loose not in ambiguous:
            pairs += _pairs(old[left], listed[right], step)
    changes = diff_lines([line.shape for line in old], [line.shape for line in new], rows) if changed else ()
    return Drift(changes, tuple(pairs))


def compare_exactly(recorded: str, now: str) -> tuple[Evidence, ...]:
    """The lines in which two outputs differ, but for colours and trailing blanks."""
    old, new = plain_lines(recorded), plain_lines(now)
    if old == new:
        return ()
    rows = align_lines([MaskedLine(line, line) for line in old], [MaskedLine(line, line) for line in new])
    return diff_lines(old, new, rows)


def plain_lines(text: str) -> list[str]:
    """The lines of *text* without colours and trailing blanks; none if nothing else is in it."""
    plain = "\n".join(line.rstrip() for line in strip_colours(text).split("\n")).rstrip("\n")
    return plain.split("\n") if plain else []


def _masked(text: str, extra: Mapping[str, str], keep: Collection[str]) -> tuple[MaskedLine, ...]:
    lines = plain_lines(text)
    return mask_lines("\n".join(lines), extra=extra, keep=keep) if lines else ()


def _with_other_counts(old: Sequence[MaskedLine], new: Sequence[MaskedLine]) -> frozenset[str]:
    before, after = (Counter(line.loose for line in lines) for lines in (old, new))
    return frozenset(shape for shape in before | after if before[shape] != after[shape])


def _pairs(old: MaskedLine, new: Listed, step: str) -> Iterator[Pair]:
    for was, now in zip(old.values, new.line.values, strict=True):
        if is_identity(was.kind) and (was.sure or now.sure):
            yield Pair(was.kind, was.text, now.text, step, new.number, new.batch)
