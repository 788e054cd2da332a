"""What the audience sees: the slide's title, captions, commands and their output. The presenter's line is below."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from wcwidth import wcswidth

from quarterdeck.demo.demo_file import Step

Write = Callable[[str | bytes], None]

_DIM, _BOLD, _PROMPT, _PLAIN = "\x1b[2m", "\x1b[1m", "\x1b[1;33m", "\x1b[0m"
PROMPT = f"{_PROMPT}${_PLAIN} "
CONTINUED = f"{_DIM}>{_PLAIN} "
_VISIBLE_PROMPT = "$ "
"""A prompt without its colours."""
_PROGRAM_MODES = (1, 47, 1047, 1049)
"""What programs with a screen of their own switch on: cursor keys of their own, and the other screen."""
_QUESTION = re.compile(rb"[?:>$#\])] ?(?:\x1b\[[0-9;?]*[A-Za-z])*\Z")
"""The end of what asks for input."""
_KEPT = 1 << 17
"""Bytes of the screen that are kept, to show them again in another size."""
_MOUSE = re.compile(rb"\x1b\[\?(?:[\d;]*;)?(?:9|10\d\d)(?:;[\d;]*)?h")
_INCOMPLETE = re.compile(rb"(?:\x1b(?:\[[\d;?]*)?|[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
"""The beginning of a code or of a character: nothing of ours may be written into it."""
_LONGEST_CODE = 24
"""Bytes of a code that matters here."""


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
        self._cut_off = b""
        """The incomplete code at the end of what came last; it is shown with the rest of it."""
        self._column = 0
        self._prompt_at = 0
        """Where in that the prompt of the step begins."""
        self._edit_row = 0
        """How many rows the cursor is below that prompt while the command is edited."""
        self._covered = self._missed = False
        """Whether something covers the screen, and whether it has changed below."""
        self.in_program = False
        """Whether a program shows a screen of its own, as `less` and `vim` do."""
        self._was_in_program = False
        """Whether the step has shown one."""
        self._to_be_drawn = False
        """Whether the size has changed while a program showed a screen of its own."""
        self._line_inside = False
        """Whether the line is shown below a program."""
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
            self._to_be_drawn = True
        elif self._covered:
            self._missed = True
        else:
            self.redraw()

    def keep_line(self, line: bool) -> bool:
        """Have the presenter's line in the last row, or not; whether that is new, and `resize` has to follow."""
        if line == self._line:
            return False
        self._line = line
        self._write_out("\x1b7\x1b[r\x1b8")
        return True

    def redraw(self) -> None:
        """Show again what the screen has shown since it was cleared."""
        kept, prompt_at = bytes(self._kept), self._prompt_at
        self.clear()
        self._write(kept)
        self._prompt_at = prompt_at
        self._to_be_drawn = False

    def clear(self) -> None:
        """Clear the screen."""
        self._kept.clear()
        self._prompt_at = self._edit_row = 0
        if self._covered:
            self._missed = True
        else:
            self._write_out("\x1b[r\x1b[2J\x1b[H")
        self._keep_line()

    def _keep_line(self) -> None:
        """Keep programs out of the presenter's row."""
        if self._line and self._rows > 1 and not self._covered:
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
        self._prompt_at = len(self._kept)
        self._write(PROMPT)

    def show_output(self, data: bytes) -> None:
        """Show what a step prints; programs do not get the mouse."""
        data = self._cut_off + data
        cut = _INCOMPLETE.search(data, max(0, len(data) - _LONGEST_CODE))
        data, self._cut_off = (data[: cut.start()], cut[0]) if cut else (data, b"")
        self._write(data)
        if _MOUSE.search(data):
            self._write("\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l")
        entered, left = (max(data.rfind(b"\x1b[?%d" % mode + end) for mode in _PROGRAM_MODES) for end in (b"h", b"l"))
        if entered != left:
            self.in_program = entered > left
            self._was_in_program = True
        if tail := data.rpartition(b"\n")[2]:
            self._column = len(tail) + (0 if b"\n" in data else self._column)
        elif data:
            self._column = 0

    @property
    def is_covered(self) -> bool:
        """Whether something covers it."""
        return self._covered

    @property
    def is_asking(self) -> bool:
        """Whether the last thing that was printed looks like a prompt."""
        return self._column > 0 and _QUESTION.search(self._kept, max(0, len(self._kept) - 100)) is not None

    @property
    def is_inside_line(self) -> bool:
        """Whether the last thing that was printed is the beginning of a line."""
        return self._column > 0

    def _write(self, data: bytes | str) -> None:
        if self._covered:
            self._missed = True
        else:
            self._write_out(data)
        self._kept += data if isinstance(data, bytes) else data.encode("utf-8", "replace")
        if len(self._kept) > 2 * _KEPT:
            cut = self._kept.find(b"\n", len(self._kept) - _KEPT) + 1
            del self._kept[:cut]
            self._prompt_at = max(0, self._prompt_at - cut)

    def end_output(self, *, recorded: bool) -> None:
        """End a step: the next line begins at the left."""
        self._cut_off = b""
        self.in_program = False
        if self._to_be_drawn and not self._covered:
            self.redraw()
        if self._line and self._was_in_program:
            self._keep_line()
            self._write("\x1b[A\x1b[B")  # `top` leaves the cursor in the presenter's row: up, and down to the margin
        self._was_in_program = False
        if self._column:
            self._write("\r\n")
        self._column = 0
        if recorded:
            self._write(f"{_DIM}(recorded){_PLAIN}\r\n")
        self._write("\r\n")
        self._keep_line()

    def show_line(self, text: str, *, inside: bool = False) -> None:
        """Show the presenter's line; *inside*: also below a program that shows a screen of its own."""
        self._text = text
        inside = inside or self._covered
        is_erased = self.in_program and self._line_inside and not inside
        self._line_inside = self.in_program and inside
        if self._line and self._rows > 1 and (inside or is_erased or not self.in_program):
            clipped = "" if is_erased else text[: self._columns - 1]
            self._write_out(f"\x1b7\x1b[{self._rows};1H\x1b[2K{_DIM}{clipped}{_PLAIN}\x1b8")

    def overlay(self, lines: Sequence[str]) -> None:
        """Show *lines* in place of everything, until `end_overlay`."""
        self._covered, self._missed = True, self.in_program
        self._write_out("\x1b[?1049h\x1b[2J\x1b[H" + "".join(f"{line[: self._columns]}\r\n" for line in lines))

    def end_overlay(self) -> None:
        """Show again what was there before, and what has come since."""
        self._covered = False
        self._write_out("\x1b[?1049l")
        if self._missed:
            self.redraw()
        self._keep_line()

    def begin_edit(self, typed: Sequence[str]) -> None:
        """Begin to edit a command, of which the lines *typed* are there; `draw_edit` shows the rest."""
        del self._kept[self._prompt_at :]
        widths = [len(_VISIBLE_PROMPT) + _width(line) for line in typed or [""]]
        self._edit_row = sum(max(1, -(-width // self._columns)) for width in widths) - 1

    def draw_edit(self, lines: Sequence[str], prompts: Sequence[str], row: int, column: int) -> None:
        """Show the *lines* of a command that is edited, with the cursor at a row and column of them."""
        lines = [line.replace("\t", " ") for line in lines]
        ends = [len(_VISIBLE_PROMPT) + _width(line) for line in lines]
        rows = [end // self._columns + 1 for end in ends]
        at = len(_VISIBLE_PROMPT) + _width(lines[row][:column])
        target = sum(rows[:row]) + at // self._columns
        text = "\r\n".join(
            f"{prompt}{line}" + ("" if end % self._columns else " \r")  # a full row does not wrap by itself
            for prompt, line, end in zip(prompts, lines, ends, strict=True)
        )
        up, right = sum(rows) - 1 - target, at % self._columns
        self._write_out(
            self._erase_edit() + text + (f"\x1b[{up}A" if up else "") + "\r" + (f"\x1b[{right}C" if right else "")
        )
        self._edit_row = target
        self.show_line(self._text)

    def end_edit(self) -> None:
        """Show an empty prompt in place of the command that was edited."""
        self._write_out(self._erase_edit())
        self._edit_row = 0
        self._write(PROMPT)
        self.show_line(self._text)

    def _erase_edit(self) -> str:
        return (f"\x1b[{self._edit_row}A" if self._edit_row else "") + "\r\x1b[J"


def _width(text: str) -> int:
    """The columns that *text* takes."""
    width = wcswidth(text)
    return width if width >= 0 else len(text)
