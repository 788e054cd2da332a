"""What the audience sees: the slide's title, captions, commands and their output. The presenter's line is below."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from quarterdeck.bash.grammar import command_rows
from quarterdeck.demo.demo_file import Step

Write = Callable[[str | bytes], None]

_DIM, _BOLD, _PROMPT, _PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[1;33m", "\x1b[0m"
PROMPT = f"{_PROMPT}${_PLAIN} "
_CONTINUED = f"{_DIM}>{_PLAIN} "
_PROGRAM_MODES = (1, 47, 1047, 1049)
"""What programs with a screen of their own switch on: cursor keys of their own, and the other screen."""
_QUESTION = re.compile(rb"[?:>$#\])] ?(?:\x1b\[[0-9;?]*[A-Za-z])*\Z")
"""The end of what asks for input."""
_KEPT = 1 << 17
"""Bytes of the screen that are kept, to show them again in another size."""
_MOUSE = b"\x1b[?10"


class AudienceScreen:
    """Draws onto a terminal that shows what programs print, too."""

    def __init__(self, write: Write, rows: int, columns: int, *, line: bool) -> None:
        """Clear the screen.

        Args:
            write: Shows bytes, or text.
            rows: The height of the terminal.
            columns: Its width.
            line: Whether its last row is the presenter's.
        """
        self._write_out = write
        self._kept = bytearray()
        """What was written since the screen was cleared."""
        self._line = line
        self._text = ""
        self._column = 0
        self.in_program = False
        """Whether a program shows a screen of its own, as `less` and `vim` do."""
        self._rows, self._columns = rows, columns
        self.clear()

    @property
    def size(self) -> tuple[int, int]:
        """The rows and columns that programs have."""
        return max(1, self._rows - self._line), self._columns

    def resize(self, rows: int, columns: int) -> None:
        """Fit another size of the terminal; programs with a screen of their own draw it again themselves."""
        self._rows, self._columns = rows, columns
        if self.in_program:
            self._keep_line()
            return
        kept = bytes(self._kept)
        self.clear()
        self._write(kept)

    def clear(self) -> None:
        """Clear the screen."""
        self._kept.clear()
        self._write_out("\x1b[r\x1b[2J\x1b[H")
        self._keep_line()

    def _keep_line(self) -> None:
        """Keep programs out of the presenter's row."""
        if self._line and self._rows > 1:
            self._write_out(f"\x1b7\x1b[1;{self._rows - 1}r\x1b8")
            self.show_line(self._text)

    def show_title(self, title: str) -> None:
        """Begin a slide."""
        self.clear()
        if title:
            self._write(f"{_DIM}{title}{_PLAIN}\r\n\r\n")

    def show_caption(self, step: Step) -> None:
        """Begin a step: its caption and a prompt."""
        if step.caption:
            self._write(f"{_BOLD}# {step.caption}{_PLAIN}\r\n")
        self._write(PROMPT)

    def show_output(self, data: bytes) -> None:
        """Show what a step prints; programs do not get the mouse."""
        self._write(data)
        if _MOUSE in data:
            self._write("\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l")
        entered, left = (max(data.rfind(b"\x1b[?%d" % mode + end) for mode in _PROGRAM_MODES) for end in (b"h", b"l"))
        if entered != left:
            self.in_program = entered > left
        if tail := data.rpartition(b"\n")[2]:
            self._column = len(tail) + (0 if b"\n" in data else self._column)
        elif data:
            self._column = 0

    @property
    def is_asking(self) -> bool:
        """Whether the last thing that was printed looks like a prompt."""
        return self._column > 0 and _QUESTION.search(self._kept, max(0, len(self._kept) - 100)) is not None

    @property
    def is_inside_line(self) -> bool:
        """Whether the last thing that was printed is the beginning of a line."""
        return self._column > 0

    def _write(self, data: bytes | str) -> None:
        self._write_out(data)
        self._kept += data if isinstance(data, bytes) else data.encode("utf-8", "replace")
        if len(self._kept) > 2 * _KEPT:
            del self._kept[: self._kept.find(b"\n", len(self._kept) - _KEPT) + 1]

    def end_output(self, *, recorded: bool) -> None:
        """End a step: the next line begins at the left."""
        self.in_program = False
        if self._column:
            self._write("\r\n")
        self._column = 0
        if recorded:
            self._write(f"{_DIM}(recorded){_PLAIN}\r\n")
        self._write("\r\n")
        self._keep_line()

    def show_line(self, text: str) -> None:
        """Show the presenter's line."""
        self._text = text
        if self._line and self._rows > 1 and not self.in_program:
            clipped = text[: self._columns - 1]
            self._write_out(f"\x1b7\x1b[{self._rows};1H\x1b[2K{_DIM}{clipped}{_PLAIN}\x1b8")

    def overlay(self, lines: Sequence[str]) -> None:
        """Show *lines* in place of everything, until `end_overlay`."""
        self._write_out("\x1b[?1049h\x1b[2J\x1b[H" + "".join(f"{line[: self._columns]}\r\n" for line in lines))

    def end_overlay(self) -> None:
        """Show again what was there before."""
        self._write_out("\x1b[?1049l")
        self._keep_line()


def typed_pieces(step: Step) -> list[str]:
    """The commands of *step* as they are typed, character by character; line feeds come with the next prompt."""
    starts = command_rows("\n".join(step.shown)) if len(step.shown) > 1 else {0}
    pieces: list[str] = []
    for row, line in enumerate(step.shown):
        if row:
            pieces.append("\r\n" + (PROMPT if row in starts else _CONTINUED))
        pieces += line
    return pieces
