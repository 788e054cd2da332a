"""A screen on endless paper: what programs do to its rows, and the lines that leave it at the top.

pyte knows where the cursor goes. What is ours is what stays behind: lines that scroll away are kept, and soft-wrapped
rows are joined again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from pyte import modes
from pyte.charsets import LAT1_MAP
from pyte.screens import Margins, Screen

from quarterdeck.terminal.control_codes import background
from quarterdeck.terminal.line_renderer import TAB, Run, is_narrow, render_runs, width_of
from quarterdeck.terminal.rows import BLANK, Cell, Row

USUAL_MODES = frozenset((modes.DECAWM, modes.DECTCEM))
_GONE_AT_ONCE = 4096
"""Lines that may scroll away before they are packed."""

Rows = defaultdict[int, Row]


class Saved(NamedTuple):
    """What a program may save and restore (DECSC, DECRC)."""

    x: int
    y: int
    style: str
    charsets: tuple[str, str, int]


class Paper(Screen):
    """Rows and a cursor; row 0 goes to `above` when everything moves up.

    Args:
        columns: The width of the screen.
        rows: Its height.
        above: Takes rendered lines that scrolled away, at the end, several in one text.
    """

    buffer: Rows  # type: ignore[assignment]

    def __init__(self, columns: int, rows: int, above: list[str]) -> None:
        self.above = above
        self.style = ""
        self.saved: Saved | None = None
        self.main: tuple[Rows, Saved | None] | None = None
        """The rows that come back when the program leaves the other screen (xterm's "alternate screen")."""
        self.before: Row | None = None
        """The row above the first line, where the command was typed: programs go up to it, and down again. It counts
        only if something stands in it or above it, or if it was cleared with the screen."""
        self.carried: list[Run] = []
        """The head of a line that goes on in row 0."""
        self.carried_columns = 0
        self._gone: list[str] = []
        super().__init__(columns, rows)
        self.buffer = defaultdict(Row)
        self.usual_tabs = frozenset(self.tabstops)

    @property
    def default_char(self) -> Cell:  # type: ignore[override]
        """What pyte takes for an empty column."""
        return BLANK

    @property
    def region(self) -> Margins:
        """The first and the last row that scroll."""
        return self.margins or Margins(0, self.lines - 1)

    @property
    def characters(self) -> str:
        """The character set in use."""
        return str(self.g1_charset if self.charset else self.g0_charset)

    # Lines that leave

    def put_away(self, buffer: Rows, rows: int) -> None:
        """Move the first *rows* rows of *buffer* to `above`."""
        for y in range(rows):
            self._scroll_off(buffer[y])
        self._end_carried()
        self.pack()

    def forget_above(self) -> None:
        """Drop what scrolled away."""
        self.above.clear()
        self._gone, self.carried, self.carried_columns = [], [], 0

    def _scroll_off(self, row: Row) -> None:
        is_first = not (self.above or self._gone)
        if row is self.before and is_first and not row.joins and not render_runs(row.runs(self.columns)):
            return
        self.carried += row.runs(self.columns)
        self.carried_columns += row.joins
        if not row.joins:
            self._gone.append(f"{render_runs(self.carried)}\n")
            self.carried, self.carried_columns = [], 0
        if len(self._gone) >= _GONE_AT_ONCE:
            self.pack()

    def _end_carried(self) -> None:
        if self.carried:
            self._scroll_off(Row())

    def pack(self) -> None:
        """Join the lines that have scrolled away to one text: many small ones take much memory."""
        if self._gone:
            self.above.append("".join(self._gone))
            self._gone = []

    # Writing

    def draw(self, data: str) -> None:
        """Write *data* at the cursor, joining the rows that it takes."""
        if (characters := self.characters) != LAT1_MAP:
            data = data.translate(characters)
        if not is_narrow(data) or self.mode != USUAL_MODES:
            for char in data:
                self._draw_one(char, width_of(char))
            return
        start = 0
        while start < len(data):
            if self.cursor.x >= self.columns:
                self._wrap()
            part = data[start : start + self.columns - self.cursor.x]
            self._put(part)
            start += len(part)

    def _draw_one(self, char: str, width: int) -> None:
        if width == 0:
            if self.cursor.x > 0:
                self.buffer[self.cursor.y].join(self.cursor.x - 1, char)
            return
        if self.cursor.x + width > self.columns:
            if modes.DECAWM in self.mode:
                self._wrap()
            else:
                self.cursor.x = self.columns - width
        if modes.IRM in self.mode:
            self.insert_characters(width)
        self._put((char, *[""] * (width - 1)))

    def _put(self, cells: Sequence[str]) -> None:
        row = self.buffer[self.cursor.y]
        row.put(self.cursor.x, cells, self.style)
        self.cursor.x += len(cells)
        if self.cursor.x >= self.columns:
            row.joins = 0  # until more follows: who writes the last column says whether the line goes on

    def _wrap(self) -> None:
        if self.main is None:
            self.buffer[self.cursor.y].joins = min(self.cursor.x, self.columns)
        self.next_line()

    # Moving

    def linefeed(self) -> None:
        """Down, and to the first column, as if the terminal's line discipline had sent the carriage return.

        On the other screen it is only down: programs that draw rely on it.
        """
        if self.main is None:
            self.carriage_return()
        self.index()

    def next_line(self) -> None:
        """To the first column of the next row (NEL)."""
        self.carriage_return()
        self.index()

    def index(self) -> None:
        """Down; at the bottom everything goes up, and row 0 away."""
        self.leave_the_edge()
        top, bottom = self.region
        if self.cursor.y != bottom:
            self.cursor.y = min(self.cursor.y + 1, self.lines - 1)
            return
        if top == 0 and self.main is None:
            self._scroll_off(self.buffer[0])
        for y in range(top, bottom):
            self.buffer[y] = self.buffer[y + 1]
        self.buffer.pop(bottom, None)

    def reverse_index(self) -> None:
        """Up; at the top everything goes down."""
        self.leave_the_edge()
        top, bottom = self.region
        if self.cursor.y == top:
            self._cut(top)
            self._cut(bottom)
        super().reverse_index()

    def cursor_up(self, count: int | None = None) -> None:
        """Up; the top margin stops only what is below it."""
        top = self.region.top if self.cursor.y >= self.region.top else 0
        self.cursor.y = max(self.cursor.y - (count or 1), top)

    def cursor_down(self, count: int | None = None) -> None:
        """Down; the bottom margin stops only what is above it."""
        bottom = self.region.bottom if self.cursor.y <= self.region.bottom else self.lines - 1
        self.cursor.y = min(self.cursor.y + (count or 1), bottom)

    def tab(self) -> None:
        """To the next tab stop of the whole line, in the next row if need be; on the other screen, of the row."""
        if self.main is not None or self.tabstops != self.usual_tabs:
            self.leave_the_edge()
            super().tab()
            return
        before = self._columns_before(self.cursor.y)
        x = ((before + self.cursor.x) // TAB + 1) * TAB - before
        if x > self.columns:
            self.cursor.x = self.columns
            self._wrap()
            x -= self.columns
        self.cursor.x = x

    def leave_the_edge(self) -> None:
        """The last column, if the cursor waits behind it for more text."""
        self.cursor.x = min(self.cursor.x, self.columns - 1)

    def _columns_before(self, y: int) -> int:
        """Columns that the line of row *y* has in the rows above."""
        columns = 0
        while y > 0 and self.buffer[y - 1].joins:
            y -= 1
            columns += self.buffer[y].joins
        return columns + (self.carried_columns if y == 0 else 0)

    def _cut(self, y: int) -> None:
        """Row *y* is no longer the rest of the line above."""
        if y > 0:
            self.buffer[y - 1].joins = 0
        else:
            self._end_carried()

    # Erasing, inserting, deleting

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """From the cursor on (0), up to it (1), or the row (2)."""
        x, row = self.cursor.x, self.buffer[self.cursor.y]
        ranges = {0: (x, self.columns), 1: (0, min(x + 1, self.columns)), 2: (0, self.columns)}
        start, end = ranges.get(how, (0, 0))
        row.erase(start, end, self._blank())
        if start < end == self.columns:
            row.joins = 0

    def erase_in_display(self, how: int = 0, *_more: int, private: bool = False) -> None:
        """From the cursor on (0), up to it (1), the screen (2), or what scrolled away (3)."""
        if how == 3:
            self.forget_above()
        if how in (0, 1):
            self.erase_in_line(how)
        if how in (1, 2):
            self._cut(0)
        rows = {0: range(self.cursor.y + 1, self.lines), 1: range(self.cursor.y), 2: range(self.lines)}
        for y in rows.get(how, ()):
            self.buffer[y] = Row(self._blank())

    def erase_characters(self, count: int | None = None) -> None:
        """That many columns from the cursor on."""
        end = min(self.cursor.x + (count or 1), self.columns)
        self.buffer[self.cursor.y].erase(self.cursor.x, end, self._blank())

    def insert_lines(self, count: int | None = None) -> None:
        """Rows at the cursor, those below go down."""
        self._cut(self.cursor.y)
        super().insert_lines(count)
        self.buffer[self.region.bottom].joins = 0

    def delete_lines(self, count: int | None = None) -> None:
        """Rows from the cursor on, those below go up."""
        self._cut(self.cursor.y)
        for y in range(self.lines):
            self.buffer[y]  # pyte forgets to empty rows when the ones that should replace them were never touched
        super().delete_lines(count)

    def insert_characters(self, count: int | None = None) -> None:
        """Columns at the cursor; what goes over the edge is gone."""
        row = self.buffer[self.cursor.y]
        row.halve(self.cursor.x)
        super().insert_characters(count)
        for x in [x for x in row if x >= self.columns]:
            del row[x]

    def delete_characters(self, count: int | None = None) -> None:
        """Columns from the cursor on; what is right of them comes nearer."""
        self.erase_characters(count)
        super().delete_characters(count)
        self.buffer[self.cursor.y].joins = 0

    def _blank(self) -> Cell:
        return Cell(" ", background(self.style))
