"""How the output of a step differs from the recorded one: lines that changed, and pairs of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from quarterdeck.check.identity import Pair
from quarterdeck.check.line_diff import Evidence, align_lines, diff_lines
from quarterdeck.check.mask import MaskedLine, mask_lines, strip_colours
from quarterdeck.check.mask_kinds import is_identity

_COPYING = "Copying blob <id>"
"""skopeo, podman and buildah copy layers in parallel, and name each when it has arrived."""

_LAST_TWIG = str.maketrans("└", "├")


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
    before, after = (Counter(line.loose for line in lines) for lines in (old, new))
    pairs: list[Pair] = []
    for left, right in rows:
        if left is not None and right is not None and before[new[right].loose] == after[new[right].loose]:
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


def _pairs(old: MaskedLine, new: Listed, step: str) -> Iterator[Pair]:
    for was, now in zip(old.values, new.line.values, strict=True):
        if is_identity(was.kind) and (was.sure or now.sure):
            yield Pair(was.kind, was.text, now.text, step, new.number, new.batch)


@dataclass(frozen=True, slots=True)
class Listed:
    """A line in the place where it is compared."""

    line: MaskedLine
    number: int
    """Its line in the output, from 1."""
    batch: str = ""
    """Names the lines that may have changed places with it; empty if none may."""


Group = tuple[Listed, ...]
"""Lines of a list that are about one value."""


def in_recorded_order(old: Sequence[MaskedLine], new: Sequence[MaskedLine]) -> tuple[Listed, ...]:
    """The lines of *new*, those of its lists in the order that they have in *old*.

    `ls blobs/sha256` lists the same files in another order whenever a digest differs; which value is which, the rest of
    the demo decides. Only bare digests count, as names of files: in a list of `sha256:…`, such as the layers of an
    image, the order means something. (Rejected: lists in any order, which would miss layers that changed places.)
    """
    lines = [Listed(line, number) for number, line in enumerate(new, 1)]
    before, after = (_find_lists(lines) for lines in (old, new))
    if len(before) != len(after):
        return tuple(lines)
    for was, now in zip(before, after, strict=True):
        groups = [_groups(text, span) for text, span in ((old, was), (new, now))]
        if Counter(map(_shape, groups[0])) == Counter(map(_shape, groups[1])):
            lines[now.start : now.stop] = _reordered(*groups)
    return tuple(lines)


def _find_lists(lines: Sequence[MaskedLine]) -> list[range]:
    """Where lists are: two values or more, each line about one, in ascending order or copied."""
    spans: list[range] = []
    start, last = 0, ("", "")
    for index, line in enumerate((*lines, MaskedLine("", ""))):
        kind, value = _value(line)
        if not kind or kind != last[0] or (kind == "digest" and value < last[1]):
            spans.append(range(start, index))
            start = index
        last = (kind, value)
    return [span for span in spans if len({_value(lines[index]) for index in span} - {("", "")}) > 1]


def _value(line: MaskedLine) -> tuple[str, str]:
    """Kind and text of the one value that a line of a list is about; empty if there is none."""
    values = {(value.kind, value.text) for value in line.values if is_identity(value.kind)}
    if len(values) != 1:
        return "", ""
    kind, text = values.pop()
    fits = "sha256:<digest>" not in line.loose if kind == "digest" else line.loose.startswith(_COPYING)
    return (kind, text) if fits else ("", "")


def _groups(lines: Sequence[MaskedLine], span: range) -> list[Group]:
    listed = [Listed(lines[index], index + 1) for index in span]
    return [tuple(group) for _, group in groupby(listed, key=lambda entry: _value(entry.line))]


def _shape(group: Group) -> tuple[str, ...]:
    return tuple(entry.line.loose.translate(_LAST_TWIG) for entry in group)


def _reordered(old: Sequence[Group], new: Sequence[Group]) -> list[Listed]:
    waiting: dict[tuple[str, ...], list[Group]] = {}
    for group in reversed(new):
        waiting.setdefault(_shape(group), []).append(group)
    lines: list[Listed] = []
    for group in old:
        shape = _shape(group)
        batch = f"{new[0][0].number} {' '.join(shape)}"
        for was, now in zip(group, waiting[shape].pop(), strict=True):
            line = now.line._replace(shape=was.line.shape, loose=was.line.loose)
            lines.append(Listed(line, now.number, batch))
    return lines
