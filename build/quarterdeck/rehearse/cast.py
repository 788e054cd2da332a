"""Casts: asciicast v3 files of a rehearsal, with a marker for each step."""

from __future__ import annotations

import codecs
import json
import time
from collections.abc import Callable
from pathlib import Path


class Cast:
    """Writes a cast while the rehearsal goes on; what is there when it is killed can be played."""

    def __init__(self, path: Path, rows: int, columns: int, title: str, now: Callable[[], float]) -> None:
        """Begin a file at *path*, which is replaced."""
        self._file = path.open("w", encoding="utf-8")
        self._now = now
        self._last = now()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        term = {"cols": columns, "rows": rows, "type": "xterm-256color"}
        self._write_line({"version": 3, "term": term, "timestamp": int(time.time()), "title": title})

    def write(self, data: bytes) -> None:
        """Add output."""
        if text := self._decoder.decode(data):
            self._add("o", text)

    def mark(self, name: str) -> None:
        """Add a marker."""
        self._add("m", name)

    def resize(self, rows: int, columns: int) -> None:
        """Note a new size of the terminal."""
        self._add("r", f"{columns}x{rows}")

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def _add(self, code: str, text: str) -> None:
        now = self._now()
        self._write_line([round(now - self._last, 3), code, text])
        self._last = now

    def _write_line(self, value: object) -> None:
        self._file.write(f"{json.dumps(value, ensure_ascii=False)}\n")
        self._file.flush()
