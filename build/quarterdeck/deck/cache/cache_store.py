"""A project's cache folder: values kept from one run to the next, which may be removed at any time.

It is `.quarterdeck/cache` in the root of the project, with a `.gitignore` of its own. Values are written atomically and
carry a digest: what is incomplete, damaged or written by another version counts as missing. If the folder cannot be
written, nothing is kept. Two simultaneous runs may overwrite each other's values, each of which is valid by itself.
"""

from __future__ import annotations

import hashlib
import marshal
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from quarterdeck.base.files import save_bytes

FOLDER = ".quarterdeck"
"""In the root of a project; nothing in it is ever committed."""
_ABANDONED_S = 3600
"""Temporary files older than this were abandoned, in seconds."""


def has_cache(root: Path) -> bool:
    """Whether a run has kept values for the project in *root*."""
    return (root / FOLDER / "cache").is_dir()


class CacheStore:
    """The values kept for one project: numbers, text, bytes, None, and tuples, lists and dicts of these."""

    def __init__(self, root: Path, code: bytes) -> None:
        """*root*: of the project. Only values of the same *code* version are loaded."""
        self._code = code
        self._top = root / FOLDER
        self._folder = self._top / "cache"

    def load(self, name: str) -> Any:
        """The value *name*; None if it is missing or damaged."""
        try:
            data = (self._folder / name).read_bytes()
            digest, value = data[:32], memoryview(data)[32:]
            # marshal trusts its input, so the digest is checked first.
            return marshal.loads(value) if self._digest(value) == digest else None
        except (OSError, EOFError, ValueError, TypeError):
            return None

    def save(self, name: str, value: Any) -> None:
        """Keep *value* as *name*, if the folder can be written."""
        data = marshal.dumps(value)
        with suppress(OSError):
            self._make_folder()
            save_bytes(self._folder / name, self._digest(data) + data)

    def forget_all_but(self, prefix: str, most: int) -> None:
        """Remove all but the newest *most* values whose names start with *prefix*, and abandoned temporary files."""
        with suppress(OSError):
            with os.scandir(self._folder) as entries:
                files = sorted((entry.stat().st_mtime, entry.path, entry.name) for entry in entries)
            old = [path for _, path, name in files if name.startswith(prefix)][:-most]
            old += [path for time, path, name in files if name.startswith(".") and time < files[-1][0] - _ABANDONED_S]
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
