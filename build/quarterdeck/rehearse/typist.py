"""Types the commands of a step onto the audience's screen: at a pace, by keys, or all at once."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence

from quarterdeck.bash.grammar import command_rows
from quarterdeck.rehearse.audience_screen import CONTINUED, PROMPT

_KEY_S = (0.02, 0.07)
"""Seconds between two characters that are typed at a pace: as a fast typist."""
_LONGEST_TYPING_S = 4.0


class Typist:
    """Types one command at a time."""

    def __init__(self, write: Callable[[bytes], None], now: Callable[[], float]) -> None:
        self._write = write
        self._now = now
        self._pieces: deque[str] = deque()
        self.due = float("inf")
        """When the next character is typed by itself."""

    @property
    def finished(self) -> bool:
        """Whether the whole command is there."""
        return not self._pieces

    def begin(self, lines: Sequence[str], *, by_itself: bool) -> None:
        """Begin to type *lines*; *by_itself*: at a pace, otherwise a character for each `type_piece`."""
        self._pieces = deque(typed_pieces(lines))
        self.due = self._now() if by_itself else float("inf")

    def type_piece(self) -> None:
        """Type the next character."""
        if self._pieces:
            self._write(self._pieces.popleft().encode("utf-8", "replace"))
        if self.due != float("inf"):
            slowest = min(_KEY_S[1], _LONGEST_TYPING_S / max(1, len(self._pieces)))
            self.due = self._now() + random.uniform(min(_KEY_S[0], slowest), slowest)
        if not self._pieces:
            self.due = float("inf")

    def complete(self) -> None:
        """Type the rest at once."""
        self._write("".join(self._pieces).encode("utf-8", "replace"))
        self.stop()

    def stop(self) -> None:
        """Type nothing more."""
        self._pieces.clear()
        self.due = float("inf")


def typed_pieces(lines: Sequence[str]) -> list[str]:
    """*lines* as they are typed, character by character; line feeds come with the next prompt."""
    pieces: list[str] = []
    for row, (prompt, line) in enumerate(zip(prompts(lines), lines, strict=True)):
        if row:
            pieces.append(f"\r\n{prompt}")
        pieces += line
    return pieces


def prompts(lines: Sequence[str]) -> list[str]:
    """The prompt before each of *lines*: another one where a line continues a command."""
    starts = command_rows("\n".join(lines)) if len(lines) > 1 else {0}
    return [PROMPT if row in starts else CONTINUED for row in range(len(lines))]
