"""The rows of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from quarterdeck.terminal.line_renderer import Run, join_chars

_MOST_PAINTED = 1024
"""Columns that erasing fills with a background colour, at most: a row may have no right edge."""


class Row:
    """The columns of a row, up to the last that was written or painted."""

    __slots__ = ("chars", "joins", "styles")

    def __init__(self) -> None:
        self.chars: list[str] = []
        """A character for each column, with those that join it; empty in the second column of a wide one."""
        self.styles: list[str] = []
        self.joins = 0
        """Columns in use if the line goes on in the next row, else 0."""

    def put(self, x: int, cells: Sequence[str], style: str) -> None:
        """Write *cells*, one for each column, from column *x* on."""
        end = x + len(cells)
        self._pad(x)
        self._halve(x)
        self._halve(end)
        self.chars[x:end] = cells
        self.styles[x:end] = [style] * len(cells)

    def join(self, x: int, char: str) -> None:
        """Add *char*, which has no width, to the character in column *x*, or to the wide character that ends there."""
        self._pad(x + 1)
        if x > 0 and not self.chars[x]:
            x -= 1
        self.chars[x] = join_chars(self.chars[x], char)

    def erase(self, start: int, end: int, ground: str) -> None:
        """Erase the columns from *start* up to, not including, *end*; *ground* is the style that they get."""
        self._halve(start)
        self._halve(end)
        if end >= len(self.chars):
            del self.chars[start:], self.styles[start:]
            end = min(end, _MOST_PAINTED) if ground else start
        if start < end:
            self.put(start, " " * (end - start), ground)

    def insert(self, x: int, count: int, columns: int) -> None:
        """Insert *count* blanks before column *x*; what goes beyond *columns* is gone."""
        self._halve(x)
        if x < len(self.chars):
            self.chars[x:x] = " " * count
            self.styles[x:x] = [""] * count
            del self.chars[columns:], self.styles[columns:]

    def delete(self, start: int, end: int) -> None:
        """Delete the columns from *start* up to, not including, *end*; the line ends in this row."""
        self._halve(start)
        self._halve(end)
        del self.chars[start:end], self.styles[start:end]
        self.joins = 0

    def runs(self) -> list[Run]:
        """What stands in the row, up to its last column or to where the line goes on in the next row."""
        self._pad(self.joins)
        runs, start = [], 0
        for style, columns in groupby(self.styles[: self.joins or None]):
            end = start + len(list(columns))
            runs.append((style, "".join(self.chars[start:end])))
            start = end
        return runs

    def _pad(self, columns: int) -> None:
        """Fill the row with blanks up to *columns*."""
        missing = columns - len(self.chars)
        if missing > 0:
            self.chars += " " * missing
            self.styles += [""] * missing

    def _halve(self, x: int) -> None:
        """Cut before column *x*: a wide character that stands on both sides is gone."""
        if 0 < x < len(self.chars) and not self.chars[x]:
            self.chars[x - 1 : x + 1] = "  "
