"""A terminal window whose bytes have times: for latencies, and for what a program leaves behind."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.waiting import wait_until

_MODES = {
    "cursor": (rb"\x1b\[\?25([hl])", b"h"),
    "mouse": (rb"\x1b\[\?(?:9|100[0-6]|101[56])([hl])", b"l"),
    "other screen": (rb"\x1b\[\?(?:47|1047|1049)([hl])", b"l"),
    "bracketed paste": (rb"\x1b\[\?2004([hl])", b"l"),
    "line wrap": (rb"\x1b\[\?7([hl])", b"h"),
}
"""Modes of a terminal: what sets them, and how they are at rest."""


class PtyWindow:
    """A window in which *command* runs, as the leader of its session. Use it in a `with`.

    Bytes are read as soon as they come, in a thread, so that a program never waits for the window.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, rows: int = 30, columns: int = 100, **variables: str
    ) -> None:
        self._master, self._slave = os.openpty()
        self.resize(columns, rows)
        self.before = self.settings
        """The terminal's settings before the command was started."""
        self._printed: list[tuple[float, bytes]] = []
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**os.environ, "TERM": "xterm-256color", **variables},
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _: BaseException | None, _at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.close()
        os.close(self._slave)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:
                return
            if not data:
                return
            self._printed.append((time.monotonic(), data))

    @property
    def settings(self) -> list[Any]:
        """The settings of the terminal, as `termios` has them."""
        return termios.tcgetattr(self._slave)

    @property
    def text(self) -> bytes:
        """All that was printed."""
        return b"".join(data for _, data in self._printed)

    @property
    def unsettled(self) -> list[str]:
        """The modes that are not as they are in a terminal at rest."""
        text, wrong = self.text, []
        for name, (pattern, rest) in _MODES.items():
            found = re.findall(pattern, text)
            if found and found[-1] != rest:
                wrong.append(name)
        return wrong

    def press(self, keys: bytes) -> float:
        """Press keys; when."""
        at = time.monotonic()
        os.write(self._master, keys)
        return at

    def wait_for(self, pattern: bytes, start: int = 0, timeout_s: float = 60) -> float:
        """When what was printed from byte *start* on has matched *pattern*, a regular expression."""
        wait_until(lambda: re.search(pattern, self.text[start:], re.MULTILINE) is not None, timeout_s)
        match = re.search(pattern, self.text[start:], re.MULTILINE)
        assert match is not None
        end, seen = start + match.end(), 0
        for at, data in self._printed:
            seen += len(data)
            if seen >= end:
                return at
        raise AssertionError("not printed")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        """Close it: its processes get HUP."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1
