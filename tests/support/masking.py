"""A whole text masked, in a form that tests can compare."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from quarterdeck.check.mask import mask_lines


@dataclass(frozen=True, slots=True)
class Hole:
    """One volatile value."""

    kind: str
    value: str
    """What stood there."""
    line: int
    """The line of the shape that the hole is in, from 1."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its volatile values."""

    shape: str
    holes: tuple[Hole, ...]
    """In the order of the text."""


def mask(text: str, *, extra: Mapping[str, str] = {}, keep: Collection[str] = ()) -> Masked:
    """The shape of *text*, and its sure values."""
    lines = mask_lines(text, extra=extra, keep=keep)
    holes = [
        Hole(value.kind, value.text, number)
        for number, line in enumerate(lines, 1)
        for value in line.values
        if value.sure
    ]
    return Masked("\n".join(line.shape for line in lines), tuple(holes))
