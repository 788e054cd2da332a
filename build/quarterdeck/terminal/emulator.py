"""A terminal's screen, for programs that move the cursor over lines.

pyte's own parser is not used: what it does not know ends up on its screen, or raises. Imported late: pyte costs 40 ms.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from pyte import modes
from pyte.charsets import LAT1_MAP, VT100_MAP

from quarterdeck.terminal.control_codes import next_style
from quarterdeck.terminal.line_renderer import TAB, Run
from quarterdeck.terminal.rows import Row
from quarterdeck.terminal.scrollback import USUAL_MODES, Paper, Rows, Saved

_TOKEN = re.compile(r"([^\x00-\x1f\x7f]+)|\x1b\[([?!]?)([0-9;:]*)([@-~])|\x1b([()]?.)|[\x00-\x1f\x7f]")

_KEEP_THE_EDGE = frozenset("JKhlrsub")
"""Sequences that leave a cursor alone which waits behind the last column."""

_OTHER_SCREEN = frozenset((47, 1047, 1049))
_MODES = {("", 4): modes.IRM, ("?", 6): modes.DECOM, ("?", 7): modes.DECAWM}
_USUAL_CHARACTERS = (LAT1_MAP, LAT1_MAP, 0)
_MOST = 9999
"""The highest parameter: what is higher means the same."""


class _Left(NamedTuple):
    """The screen as it was left, for a program that comes back before all of it has scrolled away."""

    rows: Rows
    y: int
    """The cursor's row."""
    carried: tuple[list[Run], int]
    """The head of the line that goes on in row 0, and its columns."""
    above: int
    """Where in the list of lines the text of these rows stands."""


class MovingScreen(Paper):
    """A screen that does what a program says, and can be left for text that stays within its lines."""

    def __init__(self, columns: int, rows: int, above: list[str]) -> None:
        super().__init__(columns, rows, above)
        self._last = ""
        """What `CSI b` repeats."""
        self._left: _Left | None = None
        self._sequences = self._sequence_table()
        self._controls: dict[str, Callable[[], None]] = {
            "\b": self.cursor_back,
            "\t": self.tab,
            "\n": self.linefeed,
            "\v": self.index,
            "\f": self.index,
            "\r": self.carriage_return,
            "\x0e": self.shift_out,
            "\x0f": self.shift_in,
            "7": self.save_cursor,
            "8": self.restore_cursor,
            "D": self.index,
            "E": self.next_line,
            "H": self.set_tab_stop,
            "M": self.reverse_index,
            "c": self.reset,
        }

    # From text to text

    def feed(self, text: str) -> None:
        """Take what a program sent, as `codes.read_text` gives it."""
        for match in _TOKEN.finditer(text):
            kind = match.lastindex
            if kind == 1:
                self.draw(match[0])
                self._last = match[0][-1]
                continue
            if match[4] not in ("b", "m"):
                self._last = ""
            if kind == 4:
                self._take_sequence(match[2], match[3], match[4])
            elif kind == 5 and match[5][0] in "()":
                characters = VT100_MAP if match[5][1:] == "0" else LAT1_MAP
                setattr(self, "g0_charset" if match[5][0] == "(" else "g1_charset", characters)
            else:
                self._controls.get(match[5] or match[0], self.bell)()

    def enter(self, style: str) -> None:
        """Put the last lines of `above` on the screen again, and the cursor below them; go on in *style*."""
        self.cursor.x = self.cursor.y = 0
        self.style = ""
        left, self._left = self._left, None
        if left is not None and sum(text.count("\n") for text in self.above[left.above + 1 :]) < self.lines:
            fresh = "".join(self.above[left.above + 1 :])
            del self.above[left.above :]
            self.buffer, self.cursor.y, (self.carried, self.carried_columns) = left.rows, left.y, left.carried
        else:
            fresh = self._take_lines()
            if left is None and not self.above:
                self.buffer[0] = self.before = Row()
                self.cursor.y = min(1, self.lines - 1)
        self.feed(fresh)
        self.style = style

    def _take_lines(self) -> str:
        """The last lines of `above`, as many as the screen has rows, taken off it."""
        text = ""
        while self.above and text.count("\n") < self.lines:
            text = self.above.pop() + text
        lines = text.split("\n")
        if head := lines[: -self.lines - 1]:
            self.above.append("\n".join((*head, "")))
        return "\n".join(lines[-self.lines - 1 :])

    def can_be_left(self) -> bool:
        """Whether the cursor stands below everything, at the start of a line, and nothing is unusual."""
        row = self.cursor.y
        return (
            self.cursor.x == 0
            and self.main is None
            and self.margins is None
            and self.mode == USUAL_MODES
            and self.tabstops == self.usual_tabs
            and (self.g0_charset, self.g1_charset, self.charset) == _USUAL_CHARACTERS
            and not (self.buffer[row - 1].joins if row else self.carried)
            and all(self.buffer[y].is_new() for y in range(row, self.lines))
        )

    def leave(self) -> str:
        """Move everything to `above`; give the style of what comes next."""
        self.pack()
        self._left = _Left(self.buffer, self.cursor.y, (list(self.carried), self.carried_columns), len(self.above))
        self.put_away(self.buffer, self.cursor.y)
        self.buffer = defaultdict(Row)
        return self.style

    def give_up(self) -> str:
        """Move everything to `above`, wherever the cursor stands; give the style of what comes next."""
        style = self.style
        self.finish()
        self.reset()
        return style

    def finish(self) -> None:
        """Move everything to `above`: the lines, and below them the other screen if a program stands on it."""
        if self.main is not None:
            rows = self.main[0]
            self.put_away(rows, max((y + 1 for y in range(self.lines) if not rows[y].is_new()), default=0))
        self.put_away(self.buffer, self.lines)

    # Sequences

    def _take_sequence(self, private: str, parameters: str, final: str) -> None:
        if final == "m":
            self.style = next_style(self.style, parameters)
            return
        numbers = _numbers(parameters)
        if final not in _KEEP_THE_EDGE:
            self.leave_the_edge()
        if final in "hl":
            for number in numbers:
                self._set_mode(private, number, final == "h")
        else:
            self._sequences[final](numbers[0], numbers[1])

    def _sequence_table(self) -> dict[str, Callable[[int, int], None]]:
        """What to do for the last letter of a sequence, given its first two parameters; 0 stands for a missing one."""
        return {
            "@": lambda n, _: self.insert_characters(n),
            "A": lambda n, _: self.cursor_up(n),
            "B": lambda n, _: self.cursor_down(n),
            "C": lambda n, _: self.cursor_forward(n),
            "D": lambda n, _: self.cursor_back(n),
            "E": lambda n, _: self.cursor_down1(n),
            "F": lambda n, _: self.cursor_up1(n),
            "G": lambda n, _: self.cursor_to_column(n),
            "H": self.cursor_position,
            "I": lambda n, _: self._repeat(self.tab, n),
            "J": lambda n, _: self.erase_in_display(n),
            "K": lambda n, _: self.erase_in_line(n),
            "L": lambda n, _: self.insert_lines(n),
            "M": lambda n, _: self.delete_lines(n),
            "P": lambda n, _: self.delete_characters(n),
            "S": lambda n, _: self._scroll(self.index, self.region.bottom, n),
            "T": lambda n, _: self._scroll(self.reverse_index, self.region.top, n),
            "X": lambda n, _: self.erase_characters(n),
            "Z": lambda n, _: self._tab_back(n),
            "`": lambda n, _: self.cursor_to_column(n),
            "a": lambda n, _: self.cursor_forward(n),
            "b": lambda n, _: self.draw(self._last * max(n, 1)),
            "d": lambda n, _: self.cursor_position(n, self.cursor.x + 1),
            "e": lambda n, _: self.cursor_down(n),
            "f": self.cursor_position,
            "g": lambda n, _: self.clear_tab_stop(n),
            "p": lambda _, __: self._soft_reset(),
            "r": self._set_region,
            "s": lambda _, __: self.save_cursor(),
            "u": lambda _, __: self.restore_cursor(),
        }

    def _repeat(self, act: Callable[[], None], count: int) -> None:
        for _ in range(min(max(count, 1), self.columns)):
            act()

    def _tab_back(self, count: int) -> None:
        self.cursor.x = max(0, (self.cursor.x - 1) // TAB - max(count, 1) + 1) * TAB

    def _scroll(self, act: Callable[[], None], row: int, count: int) -> None:
        y, self.cursor.y = self.cursor.y, row
        self._repeat(act, min(count, self.lines))
        self.cursor.y = y

    def _set_region(self, top: int, bottom: int) -> None:
        self.set_margins(top or 1, bottom or self.lines)
        if self.margins == (0, self.lines - 1):
            self.margins = None

    # Modes, and what can be saved

    def _set_mode(self, private: str, number: int, on: bool) -> None:
        if private and number in _OTHER_SCREEN:
            self._show_other(on, with_cursor=number == 1049)
        elif private and number == 1048:
            (self.save_cursor if on else self.restore_cursor)()
        elif mode := _MODES.get((private, number)):
            (self.mode.add if on else self.mode.discard)(mode)
            if mode == modes.DECOM:
                self.cursor_position()

    def _show_other(self, on: bool, with_cursor: bool) -> None:
        if on and self.main is None:
            if with_cursor:
                self.save_cursor()
            self.main = (self.buffer, self.saved)
            self.buffer, self.saved = defaultdict(Row), None
        elif not on and self.main is not None:
            self.buffer, self.saved = self.main
            self.main = None
            if with_cursor:
                self.restore_cursor()

    def save_cursor(self) -> None:
        """Remember the cursor and its style; there is one such memory for each screen."""
        characters = (self.g0_charset, self.g1_charset, self.charset)
        self.saved = Saved(min(self.cursor.x, self.columns - 1), self.cursor.y, self.style, characters)

    def restore_cursor(self) -> None:
        """Back to where the cursor was saved, as often as asked."""
        saved = self.saved or Saved(0, 0, "", _USUAL_CHARACTERS)
        self.cursor.x, self.cursor.y, self.style, (self.g0_charset, self.g1_charset, self.charset) = saved

    def reset(self) -> None:
        """As after power on; what scrolled away stays."""
        super().reset()
        self.g1_charset = LAT1_MAP
        self.style, self.saved, self.main = "", None, None
        self._cut(0)

    def _soft_reset(self) -> None:
        self.mode = set(USUAL_MODES)
        self.margins, self.saved, self.style = None, None, ""
        self.g0_charset, self.g1_charset, self.charset = _USUAL_CHARACTERS


@lru_cache(maxsize=4096)
def _numbers(parameters: str) -> tuple[int, ...]:
    """The parameters of a sequence, at least two; 0 stands for a missing one, and for one with parts."""
    digits = [one.lstrip("0")[:5] for one in f"{parameters};".split(";")]
    return tuple(min(int(one), _MOST) if one.isdecimal() else 0 for one in digits)
