"""What stands on the terminal after a step, as text; and what a terminal answers to a program that asks.

The screen has no last line and no right edge. Text that stays within its lines, which is nearly all, is rendered line
by line (`lines`, tens of megabytes a second); where a program moves over lines, the last lines are put on a
screen that knows how (`moving`), until the program has calmed down.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quarterdeck.terminal.control_codes import ESCAPE, read_text
from quarterdeck.terminal.job_notices import drop_ended_jobs
from quarterdeck.terminal.line_renderer import render_calm

if TYPE_CHECKING:
    from quarterdeck.terminal.emulator import MovingScreen

MOST_MOVED = 1 << 22
"""Characters of one step for which movements count: some seconds of work. Behind them they are dropped, and the text of
each frame stays where it comes; only a full-screen program is followed until it ends."""

_CALM = 1 << 13
"""Characters without movements that are worth leaving the screen for."""

_ENDLESS = 1 << 30
"""Columns of a terminal on which no line reaches the right edge."""

_AT_ONCE = 1 << 16
"""Characters that the screen gets before it is asked whether it can be left: streams of movements have no lines."""

_MOVE = r"[\v\f\x0e]|\x1b(?!\[[0-9;:]*m|\[\??[0-9;]*K|[()][^0])"
_MOVES = re.compile(_MOVE)
_BUSY = re.compile(rf"{_MOVE}|\r(?![\r\n])|\x08")
_DROPPED = re.compile(r"[\v\f\x0e]|\x1b(?!\[[0-9;:]*m|\[\??[0-9;]*K)(?:\[[?!]?[0-9;:]*[@-~]|[()]?.)")

_QUESTION = re.compile(rb"\x1b\[(?P<code>0?c|[56]n)|\x1b\](?P<ground>1[01]);\?(?P<end>\x07|\x1b\\)")
_ANSWERS = {b"c": b"\x1b[?62;22c", b"0c": b"\x1b[?62;22c", b"5n": b"\x1b[0n", b"6n": b"\x1b[1;1R"}
_GROUNDS = {b"10": b"rgb:ffff/ffff/ffff", b"11": b"rgb:0000/0000/0000"}


def render_screen(data: bytes, *, columns: int = 100, rows: int = 30) -> str:
    r"""What stands on a terminal of *columns* by *rows* that has got *data*, and above it what scrolled away.

    A line that the terminal wrapped is one line. Colours are SGR with ␛ for the escape character, in one form: a run of
    one style is opened by its parameters and closed by `␛[0m` within its line. Blanks at the end of lines, blank lines
    at the end, and what bash says of jobs that ended are not there. Bytes that are no UTF-8 are the text `\xNN`.

    Returns:
        Nothing, or lines that each end with a line feed.
    """
    terminal = _Terminal(columns, rows)
    for text in read_text(data):
        terminal.take(text)
    terminal.finish()
    return _join(terminal.lines)


def answers_to(data: bytes) -> bytes:
    """What a terminal sends back to a program that sent *data*, so that the program does not wait for it.

    It answers where the cursor is (CPR, always the top left corner), whether all is well (DSR), what it is (DA1: a
    VT220 with colours), and which colours it has (OSC 10 and 11: white on black). A question that *data* cuts is not
    seen.
    """
    answers = []
    for match in _QUESTION.finditer(data):
        if match["code"]:
            answers.append(_ANSWERS[match["code"]])
        else:
            answers.append(b"\x1b]%b;%b%b" % (match["ground"], _GROUNDS[match["ground"]], match["end"]))
    return b"".join(answers)


def _join(lines: list[str]) -> str:
    """All of *lines* as one text, without notices and blank lines at the end; *lines* is used up, to save memory."""
    encoded = []
    for number, text in enumerate(lines):
        encoded.append(drop_ended_jobs(text).replace("\x1b", ESCAPE).encode())
        lines[number] = ""
    while encoded and not encoded[-1].strip(b"\n"):
        encoded.pop()
    if not encoded:
        return ""
    encoded[-1] = encoded[-1].rstrip(b"\n") + b"\n"
    joined = b"".join(encoded)
    encoded.clear()
    return joined.decode()


class _Terminal:
    """Renders text as it comes: line by line while it stays within its lines, else on a screen that moves."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.lines: list[str] = []
        """Rendered lines, several in one text, with the real escape character."""
        self._style = ""
        self._screen: MovingScreen | None = None
        self._on_screen = False
        self._moved = 0

    def take(self, text: str) -> None:
        """Go on with *text*, which ends with a line."""
        while text:
            text = self._take_moving(text) if self._on_screen else self._take_calm(text)

    def finish(self) -> None:
        """Move what is on the screen to the lines."""
        if self._screen is not None and self._on_screen:
            self._screen.finish()

    def _take_calm(self, text: str) -> str:
        """Render up to a screen's height above the first movement; what is left is for the screen."""
        columns = self.columns
        if self._moved >= MOST_MOVED:
            text, columns = _DROPPED.sub("", text), _ENDLESS
        move = _MOVES.search(text)
        end = len(text) if move is None else self._start_above(text, move.start())
        calm = render_calm(text[:end], self._style, columns)
        self._style = calm.style
        if calm.text:
            self.lines.append(calm.text)
        if move is None and not calm.rest:
            return ""
        self._enter()
        text = calm.rest + text[end:]
        due = 0 if calm.rest or move is None else move.end() - end
        return text[self._feed(text, 0, due) :]

    def _start_above(self, text: str, move: int) -> int:
        """Where the line begins that stands a screen's height above the one with *move*, or *text* itself does."""
        start = move
        for _ in range(self.rows + 1):
            start = text.rfind("\n", 0, start)
            if start < 0:
                return 0
        return start + 1

    def _enter(self) -> None:
        if self._screen is None:
            from quarterdeck.terminal.emulator import MovingScreen

            self._screen = MovingScreen(self.columns, self.rows, self.lines)
        self._screen.enter(self._style)
        self._on_screen = True

    def _take_moving(self, text: str) -> str:
        """Give the screen what moves, and as much behind it as it needs to be left; what is left of *text*."""
        end = self._feed(text, 0, _calm_start(text))
        for _ in range(2 * self.rows):
            if end == len(text) or self._leave():
                return text[end:]
            end = self._feed(text, end, end)
        return text[self._feed(text, end, end + _AT_ONCE) :]

    def _leave(self) -> bool:
        """Leave the screen if it is calm, or has done enough; say whether it was left."""
        assert self._screen is not None
        if self._screen.can_be_left():
            self._style = self._screen.leave()
        elif self._moved >= MOST_MOVED and self._screen.main is None:
            self._style = self._screen.give_up()
        else:
            return False
        self._on_screen = False
        return True

    def _feed(self, text: str, start: int, least: int) -> int:
        """Give the screen *text* from *start* to the end of the line at *least*; where that is."""
        assert self._screen is not None
        end = text.find("\n", max(start, least - 1)) + 1 or len(text)
        if end - start > 2 * _AT_ONCE:
            end = max(text.rfind("\x1b", start + 1, start + _AT_ONCE), 0) or end
        self._screen.feed(text[start:end])
        self._moved += end - start
        return end


def _calm_start(text: str) -> int:
    """Where the line begins with which a good piece of *text* without movements begins; if none is near, far enough."""
    calm, far = 0, min(len(text), _AT_ONCE)
    for match in _BUSY.finditer(text, 0, far):
        if match.start() - calm >= _CALM:
            return calm
        calm = text.find("\n", match.end()) + 1 or len(text)
    return calm if far - calm >= _CALM else far
