"""Lines in random order: those of a list that is sorted by digest, and those of layers copied in parallel.

`ls blobs/sha256` lists the same files in another order whenever a digest differs. So the lines of such a list are put
into the order of the recorded one, and the rest of the demo decides which value is which. Only bare digests count,
as names of files: in a list of `sha256:…`, such as the layers of an image, the order means something. (Rejected: lists
in any order, which would miss layers that changed places.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from quarterdeck.check.mask import MaskedLine
from quarterdeck.check.mask_kinds import is_identity

_COPYING = "Copying blob <id>"
"""skopeo, podman and buildah copy layers in parallel, and name each when it has arrived."""

_LAST_TWIG = str.maketrans("└", "├")


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
    """The lines of *new*, those of its lists in the order that they have in *old*."""
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
