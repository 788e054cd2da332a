"""A terminal: what a program sent becomes rows of a screen, and lines that scrolled away.

Rejected: pyte, whose parser shows what it does not know, and which forgets what scrolls away and where lines wrap. The
tests take it as their oracle for movements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from quarterdeck.terminal.control_codes import next_style
from quarterdeck.terminal.grid import Grid
from quarterdeck.terminal.line_renderer import TAB, is_plain, render_line, render_plain
from quarterdeck.terminal.scrollback import Scrollback

MOST_MOVED = 1 << 22
"""Characters with movements that are followed: some seconds of work. Behind them movements are dropped, and the text of
each frame stays where it comes; only a full-screen program is followed until it ends."""

_BATCH = 1 << 13
"""Characters behind a movement that are drawn before the next search for lines without movements."""

_ENDLESS = 1 << 30
"""Columns of a terminal on which no line reaches the right edge."""

_MOST = 9999
"""The highest parameter: what is higher means the same."""

_TOKEN = re.compile(r"([^\x00-\x1f\x7f]+)|\x1b\[([?!]?)([0-9;:]*)([@-~])|\x1b([()]?.)|[\x00-\x1f\x7f]")
_MOVE = re.compile(r"[\v\f\x0e]|\x1b(?!\[[0-9;:]*m|\[\??[0-9;]*K|[()][^0])")
_DROPPED = re.compile(r"[\v\f\x0e]|\x1b(?!\[[0-9;:]*m|\[\??[0-9;]*K)(?:\[[?!]?[0-9;:]*[@-~]|[()]?.)")

_CONTROLS: Mapping[str, Callable[[Grid], None]] = {
    "\b": lambda grid: grid.go_to(min(grid.x, grid.columns - 1) - 1, grid.y),
    "\t": Grid.tab,
    "\n": Grid.line_feed,
    "\v": Grid.index,
    "\f": Grid.index,
    "\r": lambda grid: grid.go_to(0, grid.y),
    "\x0e": lambda grid: grid.set_charset("shifted", True),
    "\x0f": lambda grid: grid.set_charset("shifted", False),
    "7": Grid.save_cursor,
    "8": Grid.restore_cursor,
    "D": Grid.index,
    "E": Grid.next_line,
    "H": lambda grid: grid.tab_stops.add(grid.x),
    "M": Grid.reverse_index,
    "c": Grid.reset,
}
"""What to do for a control character, and for the letter behind an escape."""

_SEQUENCES: Mapping[str, Callable[[Grid, int, int], None]] = {
    "@": lambda grid, n, _: grid.insert_columns(n or 1),
    "A": lambda grid, n, _: grid.move_down(-(n or 1)),
    "B": lambda grid, n, _: grid.move_down(n or 1),
    "C": lambda grid, n, _: grid.go_to(grid.x + (n or 1), grid.y),
    "D": lambda grid, n, _: grid.go_to(grid.x - (n or 1), grid.y),
    "E": lambda grid, n, _: grid.move_down(n or 1),
    "F": lambda grid, n, _: grid.move_down(-(n or 1)),
    "G": lambda grid, n, _: grid.go_to(n - 1, grid.y),
    "H": Grid.set_position,
    "I": lambda grid, n, _: grid.tab(n),
    "J": lambda grid, how, _: grid.erase_in_display(how),
    "K": lambda grid, how, _: grid.erase_in_line(how),
    "L": lambda grid, n, _: grid.insert_lines(n or 1),
    "M": lambda grid, n, _: grid.delete_lines(n or 1),
    "P": lambda grid, n, _: grid.row.delete(grid.x, grid.x + (n or 1)),
    "S": lambda grid, n, _: grid.scroll_up(n or 1),
    "T": lambda grid, n, _: grid.insert_rows(grid.margins[0], n or 1),
    "X": lambda grid, n, _: grid.erase(grid.x, grid.x + (n or 1)),
    "Z": lambda grid, n, _: grid.go_to(((grid.x - 1) // TAB - max(n, 1) + 1) * TAB, grid.y),
    "`": lambda grid, n, _: grid.go_to(n - 1, grid.y),
    "a": lambda grid, n, _: grid.go_to(grid.x + (n or 1), grid.y),
    "d": lambda grid, line, _: grid.set_position(line, grid.x + 1),
    "e": lambda grid, n, _: grid.move_down(n or 1),
    "f": Grid.set_position,
    "g": lambda grid, how, _: grid.clear_tab_stops(how),
    "p": lambda grid, _, __: grid.soft_reset(),
    "r": Grid.set_margins,
    "s": lambda grid, _, __: grid.save_cursor(),
    "u": lambda grid, _, __: grid.restore_cursor(),
}
"""What to do for the last letter of a sequence, given its first two parameters; 0 if missing."""

_KEEP_THE_EDGE = frozenset("JKhlrsu")
"""Sequences that leave a cursor alone which waits behind the last column."""


class Emulator:
    """A terminal of *columns* by *rows*; its cursor starts in the row below that of the typed command."""

    def __init__(self, columns: int, rows: int) -> None:
        self._scrollback = Scrollback()
        self._grid = Grid(columns, rows, self._scrollback)
        self._scrollback.command_row = self._grid.rows[0]
        self._grid.y = min(1, rows - 1)
        self._moved = 0
        self._last = ""
        """What `CSI b` repeats."""

    def take(self, text: str) -> None:
        """Take what a program sent, as `control_codes.read_text` gives it."""
        start = 0
        while start < len(text):
            if self._moved >= MOST_MOVED and self._grid.main is None:
                start = self._stop_moving(text, start)
                text, start = _DROPPED.sub("", text[start:]), 0
            move = _MOVE.search(text, start)
            end = move.start() if move else len(text)
            if text.count("\n", start, end) > 2 * self._grid.height and self._grid.is_usual():
                start = self._take_lines(text, start, end)
            stop = self._draw(text, start, end + _BATCH)
            self._moved += stop - start if move else 0
            start = stop

    def finish(self) -> list[str]:
        """Let the screen scroll away, below the main screen if a program uses the other; all lines, as texts."""
        if self._grid.main is not None:
            self._scrollback.take_screen(self._grid.main[0])
        self._scrollback.take_screen(self._grid.rows)
        return self._scrollback.texts()

    def _stop_moving(self, text: str, start: int) -> int:
        """Draw the line to its end, let the screen scroll away, and go on without a right edge; where that is."""
        if self._grid.columns != _ENDLESS:
            start = self._draw(text, start, text.find("\n", start, start + _BATCH) + 1)
            style = self._grid.style
            self.finish()
            self._grid.reset()
            self._grid.style, self._grid.columns = style, _ENDLESS
        return start

    def _draw(self, text: str, start: int, stop: int) -> int:
        """Draw *text* from *start* on, to the end of the token that reaches *stop*; where that is."""
        grid, end = self._grid, start
        for match in _TOKEN.finditer(text, start):
            end = match.end()
            final = match[4]
            if match.lastindex == 1:
                grid.draw(match[0])
                self._last = match[0][-1]
            elif final == "m":
                grid.style = next_style(grid.style, match[3])
            elif final == "b":
                grid.draw(self._last * max(_numbers(match[3])[0], 1))
            else:
                self._last = ""
                if final:
                    self._take_sequence(match[2], match[3], final)
                else:
                    self._take_control(match[5] or match[0])
            if end >= stop:
                break
        return end

    def _take_control(self, control: str) -> None:
        if control[0] in "()":
            self._grid.set_charset("g0" if control[0] == "(" else "g1", control[1:] == "0")
        elif act := _CONTROLS.get(control):
            act(self._grid)

    def _take_sequence(self, private: str, parameters: str, final: str) -> None:
        numbers = _numbers(parameters)
        if final not in _KEEP_THE_EDGE:
            self._grid.leave_the_edge()
        if final in "EF":
            self._grid.x = 0
        if final in "hl":
            for number in numbers:
                self._grid.set_mode(private, number, final == "h")
        else:
            _SEQUENCES[final](self._grid, numbers[0], numbers[1])

    def _take_lines(self, text: str, start: int, end: int) -> int:
        """Take lines without movements, more than two screens of them; where the last screen of them starts.

        Of those between the first and the last screen nothing comes back: they are rendered by themselves.
        """
        first, last = start, end
        for _ in range(self._grid.height):
            first = text.index("\n", first) + 1
            last = text.rindex("\n", start, last)
        last = text.rindex("\n", start, last) + 1
        self._draw(text, start, first)
        self._grid.scroll_off_above()
        lines = text[first:last].replace("\r\n", "\n")
        if not self._grid.style and is_plain(lines):
            self._scrollback.add_text(render_plain(lines))
            return last
        for line in lines[:-1].split("\n"):
            if rendered := render_line(line, self._grid.style):
                self._scrollback.add_line(rendered[0])
                self._grid.style = rendered[1]
            else:
                self._draw(f"{line}\n", 0, len(line) + 1)
                self._grid.scroll_off_above()
        return last


@lru_cache(maxsize=4096)
def _numbers(parameters: str) -> tuple[int, ...]:
    """The parameters of a sequence, at least two; 0 stands for a missing parameter, or a parameter with parts."""
    digits = [parameter.lstrip("0")[:5] for parameter in f"{parameters};".split(";")]
    return tuple(min(int(number), _MOST) if number.isdecimal() else 0 for number in digits)
