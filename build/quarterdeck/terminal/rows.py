"""The rows of a screen: cells that know their style as text, and whether the line goes on in the next row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from pyte.screens import StaticDefaultDict

from quarterdeck.terminal.line_renderer import Run


class Cell(NamedTuple):
    """One column of a row."""

    data: str = " "
    """A character with those that join it; nothing in the second column of a wide one."""
    style: str = ""


BLANK = Cell()


class _Palette(dict[str, Cell]):
    """The cells of one style by their text: a screen has many, most of them alike."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, data: str) -> Cell:
        cell = self[data] = Cell(data, self.style)
        return cell


_palette = lru_cache(maxsize=256)(_Palette)


class Row(StaticDefaultDict[int, Cell]):
    """The cells of a row that were written or erased, by column from 0."""

    def __init__(self, default: Cell = BLANK) -> None:
        super().__init__(default)
        self.joins = 0
        """Columns in use if the line goes on in the next row, else 0."""
        self.has_wide = False

    def put(self, x: int, cells: Sequence[str], style: str) -> None:
        """Write *cells* from column *x* on."""
        end = x + len(cells)
        self.halve(x)
        self.halve(end)
        self.update(zip(range(x, end), map(_palette(style).__getitem__, cells), strict=True))
        self.has_wide |= "" in cells

    def join(self, x: int, char: str) -> None:
        """Add *char*, which has no width, to the character in column *x*, or to the wide one that ends there."""
        if x > 0 and not self[x].data:
            x -= 1
        self[x] = self[x]._replace(data=self[x].data + char)

    def erase(self, start: int, end: int, blank: Cell) -> None:
        """Make *blank* the columns from *start* up to, not including, *end*."""
        if start >= end:
            return
        self.halve(start)
        self.halve(end)
        if blank == self.default:
            for x in [x for x in self if start <= x < end]:
                del self[x]
        else:
            self.update(dict.fromkeys(range(start, end), blank))

    def halve(self, x: int) -> None:
        """Cut before column *x*: a wide character that stands on both sides is gone."""
        if self.has_wide and x > 0 and not self[x].data:
            self[x - 1] = self[x - 1]._replace(data=" ")
            self[x] = self[x]._replace(data=" ")

    def is_new(self) -> bool:
        """Whether nothing was written since the row was made."""
        return not self and self.default == BLANK

    def runs(self, columns: int) -> list[Run]:
        """What stands in the row, up to its last written column or to where it goes on in the next row."""
        end = self.joins or min(columns, max(self, default=-1) + 1)
        same_style = groupby(map(self.__getitem__, range(end)), attrgetter("style"))
        return [(style, "".join([cell.data for cell in cells])) for style, cells in same_style]
