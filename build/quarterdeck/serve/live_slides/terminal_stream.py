"""The terminal of a step, as all open pages show it: each page gets its output at a speed of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quarterdeck.serve.changes import Message

PIECE = 1 << 15
"""The most bytes in one frame: a page takes no longer for it than a frame of the screen lasts."""
_MOST_UNTAKEN = 1 << 17
"""The most bytes that a page has been sent and has not shown."""
_MOST_KEPT = 1 << 20
"""The most bytes of a step's output that are kept for pages that come late."""
_MODES_OFF = b"\x1b[!p\x1b[m"
"""Before output whose beginning is missing: a soft reset."""


class Reader(Protocol):
    """A page that shows the terminal."""

    def send(self, message: Message) -> None:
        """Send a message after what waits."""

    def send_bytes(self, data: bytes) -> None:
        """Send output after what waits."""


class _Position:
    """How far a page is; all are indices in the terminal's whole output."""

    def __init__(self) -> None:
        self.start = 0
        """Of what was sent in this terminal."""
        self.sent = 0
        self.taken = 0


class TerminalStream:
    """The terminal of the step that was performed last."""

    def __init__(self) -> None:
        self._opening: Message | None = None
        self._kept = bytearray()
        self._dropped = 0
        """How much of the output is not kept any more."""
        self._positions: dict[Reader, _Position] = {}

    @property
    def _end(self) -> int:
        return self._dropped + len(self._kept)

    @property
    def cue(self) -> int | None:
        """The index of the cue that it shows; None without one."""
        return self._opening["cue"] if self._opening else None

    def add(self, reader: Reader) -> None:
        """A page has come: it gets what has been printed so far."""
        self._positions[reader] = _Position()
        if self._opening:
            self._open(reader)

    def remove(self, reader: Reader) -> None:
        """A page has gone."""
        self._positions.pop(reader, None)

    def begin(self, cue: int, rows: int, columns: int, *, recorded: bool) -> None:
        """Begin with an empty terminal."""
        self._clear({"kind": "terminal", "cue": cue, "recorded": recorded, "rows": rows, "columns": columns})

    def end(self) -> None:
        """Show no terminal any more."""
        if self._opening:
            self._clear(None)

    def rename(self, cue: int | None) -> None:
        """The cue that it shows has another index now; None: it is gone."""
        if cue is None:
            self.end()
        elif self._opening:
            self._opening = {**self._opening, "cue": cue}
            for reader in self._positions:
                reader.send({"kind": "rename", "cue": cue})

    def write(self, data: bytes) -> None:
        """Add output."""
        self._kept += data
        if len(self._kept) > _MOST_KEPT:
            self._drop(len(self._kept) - _MOST_KEPT // 2)
        self._pump(self._positions)

    def take(self, reader: Reader, count: int) -> None:
        """A page has shown *count* bytes of this terminal, since it began there."""
        position = self._positions.get(reader)
        if position is not None and position.start + count <= position.sent:
            position.taken = position.start + count
            self._pump((reader,))

    def is_behind(self, reader: Reader) -> bool:
        """Whether a page has much more to show than it has shown."""
        position = self._positions.get(reader)
        return position is not None and self._end - position.taken > 2 * _MOST_UNTAKEN

    def _clear(self, opening: Message | None) -> None:
        self._opening = opening
        self._kept.clear()
        self._dropped = 0
        for reader in self._positions:
            self._open(reader)

    def _open(self, reader: Reader) -> None:
        reader.send(self._opening or {"kind": "terminal", "cue": None})
        position = self._positions[reader]
        position.start = position.sent = position.taken = self._dropped
        if self._dropped:
            reader.send_bytes(_MODES_OFF)
            position.start -= len(_MODES_OFF)
            position.taken = position.start
        self._pump((reader,))

    def _pump(self, readers: Iterable[Reader]) -> None:
        for reader in readers:
            position = self._positions[reader]
            while position.sent < self._end and position.sent - position.taken < _MOST_UNTAKEN:
                if position.sent < self._dropped:  # it has missed something
                    self._open(reader)
                    break
                start = position.sent - self._dropped
                piece = bytes(self._kept[start : start + PIECE])
                position.sent += len(piece)
                reader.send_bytes(piece)

    def _drop(self, count: int) -> None:
        """Drop at least *count* bytes of the beginning, up to the end of a line if one is near."""
        line_end = self._kept.find(b"\n", count, count + PIECE)
        count = line_end + 1 if line_end >= 0 else count
        del self._kept[:count]
        self._dropped += count
