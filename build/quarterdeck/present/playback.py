"""Plays recorded output at a pace, line by line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_LINE_S = 0.04
"""Seconds between two lines."""
_LONGEST_S = 3.0
"""Seconds that the whole takes at most."""


class Playback:
    """Plays one recording at a time."""

    def __init__(self, write: Callable[[bytes], None], now: Callable[[], float]) -> None:
        self._write = write
        self._now = now
        self._lines: deque[bytes] = deque()
        self._line_s = _LINE_S
        self.due = float("inf")
        """When the next line is shown."""

    @property
    def finished(self) -> bool:
        """Whether everything has been shown."""
        return not self._lines

    def begin(self, output: bytes) -> None:
        """Begin to play *output*."""
        self._lines.extend(output.splitlines(keepends=True))
        self._line_s = min(_LINE_S, _LONGEST_S / max(1, len(self._lines)))
        self.due = self._now()

    def show_line(self) -> None:
        """Show the next line."""
        if self._lines:
            self._write(self._lines.popleft())
        self.due = self.due + self._line_s if self._lines else float("inf")

    def complete(self) -> None:
        """Show the rest at once."""
        self._write(b"".join(self._lines))
        self.stop()

    def stop(self) -> None:
        """Show nothing more."""
        self._lines.clear()
        self.due = float("inf")
