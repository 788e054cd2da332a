"""Code coloured ahead, in a second process, while the first one imports what it needs to render a deck.

Pygments takes 30 ms to get ready and as long for 100 code blocks. What comes back only fills a cache, so that
nothing depends on it: where there is no second processor, or another thread runs, it is simply not done.
"""

from __future__ import annotations

import marshal
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from quarterdeck.deck.highlight import Code, highlight_lines, remember_lines

_FEWEST = 8
"""Fewer pieces of code are not worth a process."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A process that colours code."""

    pid: int
    pipe: int
    """Where its results come from."""
    codes: tuple[Code, ...]

    def collect(self) -> None:
        """Wait for the results and remember them; whatever is missing is coloured when it is needed."""
        with os.fdopen(self.pipe, "rb") as pipe:
            data = pipe.read()
        os.waitpid(self.pid, 0)
        try:
            results = marshal.loads(data)
        except (EOFError, ValueError, TypeError):
            return
        remember_lines(dict(zip(self.codes, results, strict=True)))


def start_colouring(codes: Sequence[Code]) -> Ahead | None:
    """Start to colour *codes* in another process; None where that is not possible or not worth it."""
    wanted = tuple(dict.fromkeys(codes))
    if len(wanted) < _FEWEST or not hasattr(os, "fork") or threading.active_count() > 1 or (os.cpu_count() or 1) < 2:
        return None
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _colour(wanted, writer)
    os.close(writer)
    return Ahead(pid, reader, wanted)


def _colour(codes: Sequence[Code], writer: int) -> None:
    """What the other process does; it never returns."""
    try:
        data = marshal.dumps([highlight_lines(*code) for code in codes])
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(data)
    finally:
        os._exit(0)
