"""A project's cache folder: values kept from one run to the next, which may be thrown away at any time.

It is `.quarterdeck/cache` in the root of the project, with a `.gitignore` of its own. A value is written at once or
not at all, and carries a digest: what was cut short, damaged or written by another version is as good as not there.
Where nothing can be written nothing is kept. Two runs at once may overwrite each other's values, each of which is
right by itself.
"""

from __future__ import annotations

import hashlib
import marshal
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER = ".quarterdeck"
"""In the root of a project; nothing in it is ever committed."""
_LEFT_S = 3600
"""What was begun so many seconds ago and not finished never will be."""
SLIDES = "slides"
"""What the rendered slides of a project are called."""


class Store:
    """The values kept for one project: numbers, text, bytes, None, and tuples, lists and dicts of such."""

    def __init__(self, root: Path, code: bytes) -> None:
        """For the project at *root*; only what was kept by the same *code* is read."""
        self._code = code
        self._top = root / FOLDER
        self._folder = self._top / "cache"

    def has(self, name: str) -> bool:
        """Whether there is a value called *name*; it may be damaged."""
        return (self._folder / name).is_file()

    def load(self, name: str) -> Any:
        """The value called *name*; None when there is none that can be read."""
        try:
            data = (self._folder / name).read_bytes()
            digest, value = data[:32], memoryview(data)[32:]
            # marshal believes what it reads, so it reads only what came from here whole.
            return marshal.loads(value) if self._digest(value) == digest else None
        except (OSError, EOFError, ValueError, TypeError):
            return None

    def save(self, name: str, value: Any) -> None:
        """Keep *value* as *name*; where that is not possible, do nothing."""
        data = marshal.dumps(value)
        part = self._folder / f".{name}.{os.getpid()}"
        try:
            self._make_folder()
            part.write_bytes(self._digest(data) + data)
            part.replace(self._folder / name)
        except OSError:
            with suppress(OSError):
                part.unlink()

    def forget_all_but(self, prefix: str, most: int) -> None:
        """Remove the oldest values whose names start with *prefix*, and leftovers of runs that died."""
        with suppress(OSError):
            with os.scandir(self._folder) as entries:
                found = sorted((entry.stat().st_mtime, entry.path, entry.name) for entry in entries)
            old = [path for _, path, name in found if name.startswith(prefix)][:-most]
            old += [path for time, path, name in found if name.startswith(".") and time < found[-1][0] - _LEFT_S]
            for path in old:
                os.unlink(path)

    def _digest(self, data: bytes | memoryview) -> bytes:
        digest = hashlib.sha256(self._code)
        digest.update(data)
        return digest.digest()

    def _make_folder(self) -> None:
        if self._folder.is_dir():
            return
        if self._top.is_symlink():
            raise OSError(f"{self._top} is a link")
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._top / ".gitignore").write_text("*\n", encoding="utf-8")
