"""The presenter's terminal: raw while a rehearsal runs, and as it was afterwards, however that ends."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

_SANE = (
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l"  # no mouse
    "\x1b[?1047l"  # the usual screen
    "\x1b[?2004l\x1b[?1l\x1b>\x1b[?7h"  # no bracketed paste, keys and line wrap as usual
    "\x1b[0m\x1b(B\x0f\x1b[?25h"  # no colours, plain letters, a cursor
)
"""Undoes what a program may have left."""


_FULL_SCREEN, _NO_FULL_SCREEN = "\x1b[?1049h\x1b[?25l", "\x1b[?1049l"
"""A screen of its own, without a cursor."""


def write_out(data: bytes | str) -> None:
    """Write *data* to standard output at once."""
    rest = data.encode("utf-8", "replace") if isinstance(data, str) else data
    while rest:
        rest = rest[os.write(sys.stdout.fileno(), rest) :]


class Terminal(Protocol):
    """The terminal of a rehearsal."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        ...

    @property
    def sources(self) -> tuple[int, ...]:
        """What to wait for."""
        ...

    def write(self, data: bytes | str) -> None:
        """Show *data*."""
        ...

    def read(self) -> bytes | None:
        """Keys that have been pressed, without blocking; None when the terminal is gone."""
        ...

    def take_signals(self) -> bool:
        """Whether the size may have changed since the last call."""
        ...

    def make_sane(self) -> None:
        """Undo what a program may have left."""
        ...

    def suspend(self) -> None:
        """Stop this process until it is continued."""
        ...


class OwnTerminal:
    """The terminal on standard input and output."""

    def __init__(self) -> None:
        self.keys = sys.stdin.fileno()
        self._before = termios.tcgetattr(self.keys)
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._full_screen = False

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns; what COLUMNS and LINES said at the start does not count."""
        size = os.get_terminal_size(self.keys)
        return size.lines, size.columns

    @property
    def sources(self) -> tuple[int, int]:
        """What to wait for: keys, and signals that may have changed the size."""
        return self.keys, self._wake_read

    def write(self, data: bytes | str) -> None:
        """Show *data*; blocks while the terminal is slow to take it."""
        write_out(data)

    def read(self) -> bytes | None:
        """Keys that have been pressed; None when the terminal is gone."""
        if not select.select([self.keys], [], [], 0)[0]:
            return b""
        try:
            return os.read(self.keys, 4096) or None
        except OSError:
            return None

    def take_signals(self) -> bool:
        """Whether the size may have changed since the last call."""
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            return False
        return True

    def make_sane(self) -> None:
        """Undo what a program may have left on the screen's state; the screen stays."""
        self.write(_SANE)

    def suspend(self) -> None:
        """Stop this process, as Ctrl-Z does, with the terminal as it was before; goes on after SIGCONT."""
        self._restore()
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.killpg(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
        self._make_raw()
        self._wake()

    @contextmanager
    def raw(self, *, full_screen: bool = False) -> Iterator[None]:
        """The terminal in raw mode; its size is watched. *full_screen*: what it shows before is there again after."""
        self._full_screen = full_screen
        before = signal.signal(signal.SIGWINCH, lambda *_: self._wake())
        try:
            self._make_raw()
            yield
        finally:
            signal.signal(signal.SIGWINCH, before)
            self._restore()

    def _make_raw(self) -> None:
        tty.setraw(self.keys)
        if self._full_screen:
            self.write(_FULL_SCREEN)

    def _restore(self) -> None:
        with suppress(OSError):  # the window may be closed
            self.write(_SANE + (_NO_FULL_SCREEN if self._full_screen else f"\x1b[r\x1b[{self.size[0]};1H\x1b[2K"))
        with suppress(termios.error, OSError):
            termios.tcsetattr(self.keys, termios.TCSADRAIN, self._before)

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b".")
        except BlockingIOError:
            return


class Pipe:
    """Where no terminal is: output goes to standard output, and no keys come."""

    size = (30, 100)
    sources: tuple[int, ...] = ()

    def write(self, data: bytes | str) -> None:
        """Print *data*."""
        write_out(data)

    def read(self) -> bytes | None:
        """Nothing."""
        return b""

    def take_signals(self) -> bool:
        """The size never changes."""
        return False

    def make_sane(self) -> None:
        """Nothing is to be undone."""

    def suspend(self) -> None:
        """Never requested."""

    @contextmanager
    def raw(self) -> Iterator[None]:
        """As it is."""
        yield
