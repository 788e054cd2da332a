"""A screen as rows and a cursor: writing, moving, erasing, and what changes their meaning.

The names in brackets are those of xterm's `ctlseqs` document.
"""

from __future__ import annotations

from typing import NamedTuple

from quarterdeck.terminal.control_codes import background
from quarterdeck.terminal.line_renderer import TAB, split_columns, width_of
from quarterdeck.terminal.rows import Row
from quarterdeck.terminal.scrollback import Scrollback

_LINE_DRAWING = str.maketrans("+,-.0_`abcdefghijklmnopqrstuvwxyz{|}~", "→←↑↓█\u00a0◆▒␉␌␍␊°±░␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
"""The character set "DEC special graphics"."""

_INSERT, _ORIGIN, _WRAP = 4, 6, 7
"""Modes: text moves what is right of it (IRM); positions count from the top margin (DECOM); lines wrap (DECAWM)."""


class _Charsets(NamedTuple):
    g0: bool = False
    """Whether it is line drawing."""
    g1: bool = False
    shifted: bool = False
    """Whether G1 is in use."""


class _Saved(NamedTuple):
    """What a program may save and restore (DECSC, DECRC)."""

    x: int = 0
    y: int = 0
    style: str = ""
    charsets: _Charsets = _Charsets()


class Grid:
    """The rows of a screen, of *columns* by *height*, and its cursor."""

    def __init__(self, columns: int, height: int, scrollback: Scrollback) -> None:
        self.columns = columns
        self.height = height
        self.scrollback = scrollback
        self._full = (0, height - 1)
        self._usual_tabs = set(range(TAB, columns, TAB))
        self.reset()

    def reset(self) -> None:
        """As after power on; what scrolled away stays."""
        self.x = self.y = 0
        """The cursor's column and row, from 0; behind the last column it waits for more text."""
        self.rows = self._blank_rows()
        self.main: tuple[list[Row], _Saved] | None = None
        """The main screen, while a program uses the other screen (xterm's "alternate screen")."""
        self.tab_stops = set(self._usual_tabs)
        self.soft_reset()
        self.scrollback.end_line()

    def soft_reset(self) -> None:
        """Modes, margins, saved cursor, style and character sets are the usual ones again."""
        self._modes = {_WRAP}
        self._charsets, self._saved = _Charsets(), _Saved()
        self.margins = self._full
        """The first and the last row that scroll."""
        self.style = ""

    def is_usual(self) -> bool:
        """Whether lines that come look as they would by themselves."""
        usual = (None, self._full, {_WRAP}, _Charsets(), self._usual_tabs)
        return (self.main, self.margins, self._modes, self._charsets, self.tab_stops) == usual

    def scroll_off_above(self) -> None:
        """Scroll off the rows above the cursor, which stands in the first column of an empty row."""
        for row in self.rows[: self.y]:
            self.scrollback.take(row)
        self.rows = [*self.rows[self.y :], *(Row() for _ in range(self.y))]
        self.y = 0

    # Writing

    def draw(self, text: str) -> None:
        """Write *text* at the cursor, joining the rows that it takes."""
        if self._charsets.g1 if self._charsets.shifted else self._charsets.g0:
            text = text.translate(_LINE_DRAWING)
        if _WRAP in self._modes and _INSERT not in self._modes:
            self._write(text)
            return
        for char in text:
            width = width_of(char)
            if width and self.x + width > self.columns:
                if _WRAP in self._modes:
                    self._wrap()
                else:
                    self.x = self.columns - width
            if width and _INSERT in self._modes:
                self.insert_columns(width)
            self._write(char)

    def _write(self, text: str) -> None:
        joining, cells = split_columns(text)
        if joining and self.x > 0:
            self.row.join(self.x - 1, joining)
        start = 0
        while start < len(cells):
            end = min(start + self.columns - self.x, len(cells))
            if end < len(cells) and not cells[end] and self.columns > 1:
                end -= 1  # the second column of a wide character does not fit
            if end <= start:
                self._wrap()
                continue
            row = self.row
            row.put(self.x, cells[start:end], self.style)
            self.x += end - start
            start = end
            if self.x >= self.columns:
                row.joins = 0  # until more follows: who writes the last column says whether the line goes on

    def _wrap(self) -> None:
        if self.main is None:
            self.row.joins = min(self.x, self.columns)
        self.next_line()

    # Moving

    def go_to(self, x: int, y: int) -> None:
        """To column *x*, or the first or last one, in row *y*."""
        self.x = min(max(x, 0), self.columns - 1)
        self.y = y

    def move_down(self, rows: int) -> None:
        """Down, or up if *rows* is negative; between the margins, they stop the cursor."""
        top, bottom = self.margins
        first = top if self.y >= top else 0
        last = bottom if self.y <= bottom else self.height - 1
        self.y = min(max(self.y + rows, first), last)

    def set_position(self, line: int = 0, column: int = 0) -> None:
        """To *line* and *column*, from 1; in origin mode lines count from the top margin, up to the bottom one."""
        y = max(line, 1) - 1
        if _ORIGIN in self._modes and self.margins != self._full:
            y += self.margins[0]
            if y > self.margins[1]:
                return
        self.go_to(column - 1, min(y, self.height - 1))

    def line_feed(self) -> None:
        """Down; also to the first column, as after the line discipline, but not on the other screen."""
        if self.main is None:
            self.x = 0
        self.index()

    def next_line(self) -> None:
        """To the first column of the next row (NEL)."""
        self.x = 0
        self.index()

    def index(self) -> None:
        """Down; at the bottom everything goes up."""
        self.leave_the_edge()
        if self.y == self.margins[1]:
            self.scroll_up(1)
        else:
            self.y = min(self.y + 1, self.height - 1)

    def reverse_index(self) -> None:
        """Up; at the top everything goes down."""
        self.leave_the_edge()
        if self.y == self.margins[0]:
            self.insert_rows(self.y, 1)
        else:
            self.y = max(self.y - 1, 0)

    def scroll_up(self, count: int) -> None:
        """Everything between the margins goes up, and away from row 0."""
        top, bottom = self.margins
        for _ in range(min(count, self.height)):
            if top == 0 and self.main is None:
                self.scrollback.take(self.rows[0])
            del self.rows[top]
            self.rows.insert(bottom, Row())

    def tab(self, count: int = 1) -> None:
        """To the next tab stop of the whole line, in the next row if need be; on the other screen, of the row."""
        for _ in range(min(max(count, 1), self.columns)):
            if self.main is not None or self.tab_stops != self._usual_tabs:
                self.leave_the_edge()
                self.x = min((stop for stop in self.tab_stops if stop > self.x), default=self.columns - 1)
                continue
            before = self._columns_before(self.y)
            x = ((before + self.x) // TAB + 1) * TAB - before
            while x > self.columns:
                self.x = self.columns
                self._wrap()
                x -= self.columns
            self.x = x

    def leave_the_edge(self) -> None:
        """To the last column if the cursor waits behind it for more text."""
        self.x = min(self.x, self.columns - 1)

    def _columns_before(self, y: int) -> int:
        """Columns that the line of row *y* has in the rows above."""
        columns = 0
        while y > 0 and self.rows[y - 1].joins:
            y -= 1
            columns += self.rows[y].joins
        return columns + (self.scrollback.open_columns if y == 0 else 0)

    @property
    def row(self) -> Row:
        """The cursor's row."""
        return self.rows[self.y]

    def _cut(self, y: int) -> None:
        """Row *y* is no longer the rest of the line above."""
        if y > 0:
            self.rows[y - 1].joins = 0
        else:
            self.scrollback.end_line()

    # Erasing, inserting, deleting

    def erase(self, start: int, end: int) -> None:
        """The columns of the cursor's row from *start* up to, not including, *end*."""
        self.row.erase(start, min(end, self.columns), background(self.style))

    def erase_in_line(self, how: int) -> None:
        """From the cursor on (0), up to it (1), or the row (2)."""
        if how > 2:
            return
        start = self.x if how == 0 else 0
        end = self.x + 1 if how == 1 else self.columns
        self.erase(start, end)
        if start < self.columns <= end:
            self.row.joins = 0

    def erase_in_display(self, how: int) -> None:
        """From the cursor on (0), up to it (1), the screen (2), or what scrolled away (3)."""
        if how == 3:
            self.scrollback.clear()
        if how in (0, 1):
            self.erase_in_line(how)
        if how in (1, 2):
            self._cut(0)
        rows = {0: range(self.y + 1, self.height), 1: range(self.y), 2: range(self.height)}
        for y in rows.get(how, ()):
            self.rows[y] = Row()
            self.rows[y].erase(0, self.columns, background(self.style))

    def insert_columns(self, count: int) -> None:
        """Columns at the cursor; what goes over the edge is gone."""
        self.row.insert(self.x, min(count, self.columns), self.columns)

    def insert_lines(self, count: int) -> None:
        """Rows at the cursor; those below go down."""
        if self.margins[0] <= self.y <= self.margins[1]:
            self.insert_rows(self.y, count)
            self.x = 0

    def delete_lines(self, count: int) -> None:
        """Rows from the cursor on; those below go up."""
        top, bottom = self.margins
        self._cut(self.y)
        if top <= self.y <= bottom:
            for _ in range(min(count, bottom - self.y + 1)):
                del self.rows[self.y]
                self.rows.insert(bottom, Row())
            self.x = 0

    def insert_rows(self, y: int, count: int) -> None:
        """Insert rows at row *y*; those below go down, and out at the bottom margin."""
        bottom = self.margins[1]
        self._cut(y)
        for _ in range(min(count, bottom - y + 1)):
            del self.rows[bottom]
            self.rows.insert(y, Row())
        self.rows[bottom].joins = 0

    # Modes, and what can be saved

    def set_mode(self, private: str, number: int, on: bool) -> None:
        """Switch a mode (SM, RM; private ones begin with `?`); unknown modes change nothing."""
        if private and number in (47, 1047, 1049):
            self._show_other(on, with_cursor=number == 1049)
        elif private and number == 1048:
            (self.save_cursor if on else self.restore_cursor)()
        elif (private, number) in (("", _INSERT), ("?", _ORIGIN), ("?", _WRAP)):
            (self._modes.add if on else self._modes.discard)(number)
            if number == _ORIGIN:
                self.set_position()

    def _show_other(self, on: bool, with_cursor: bool) -> None:
        if on and self.main is None:
            if with_cursor:
                self.save_cursor()
            self.main = (self.rows, self._saved)
            self.rows, self._saved = self._blank_rows(), _Saved()
        elif not on and self.main is not None:
            self.rows, self._saved = self.main
            self.main = None
            if with_cursor:
                self.restore_cursor()

    def set_charset(self, name: str, on: bool) -> None:
        """Make the set `g0` or `g1` line drawing, or the usual characters; or use G1 instead of G0: `shifted`."""
        self._charsets = self._charsets._replace(**{name: on})

    def clear_tab_stops(self, how: int) -> None:
        """Clear the tab stop in the cursor's column (0), or all (3)."""
        self.tab_stops -= {0: {self.x}, 3: self.tab_stops}.get(how, set())

    def set_margins(self, top: int, bottom: int) -> None:
        """Only rows from *top* to *bottom* scroll, both from 1; two rows at least."""
        margins = (max(top, 1) - 1, min(bottom or self.height, self.height) - 1)
        if margins[0] < margins[1]:
            self.margins = margins
            self.set_position()

    def save_cursor(self) -> None:
        """Save the cursor and its style; each screen has a memory of its own."""
        self._saved = _Saved(min(self.x, self.columns - 1), self.y, self.style, self._charsets)

    def restore_cursor(self) -> None:
        """Back to what was saved, any number of times."""
        self.x, self.y, self.style, self._charsets = self._saved

    def _blank_rows(self) -> list[Row]:
        return [Row() for _ in range(self.height)]
