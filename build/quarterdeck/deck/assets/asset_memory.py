"""Published files that an earlier build of this process has read, named and linked, as long as they are unchanged."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

Stamp = tuple[int, int, int, int]
"""The size, mtime and ctime (ns), and inode of a file."""

_TICK_NS = 2_000_000_000
"""File systems keep times in ticks of up to this length, within which a file may change twice."""
_NO_STAMP = (-1, 0, 0, 0)


class Asset(NamedTuple):
    """A file to be published."""

    name: str
    """In `assets/`: `image.0a1b2c3d.svg`."""
    path: Path
    """Its path in the project or among the shipped files."""
    data: bytes | None
    """Its contents, if they are not those of *path*."""


Linked = Mapping[Path, Asset]
"""A file and the files that it refers to."""


def stamp_of(path: Path) -> Stamp:
    """The stamp of *path*, which differs from any other if the file is missing or has changed just now."""
    try:
        status = path.stat()
    except OSError:
        return _NO_STAMP
    if max(status.st_mtime_ns, status.st_ctime_ns) > time.time_ns() - _TICK_NS:
        return _NO_STAMP
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_same(path: Path, stamp: Stamp) -> bool:
    """Whether *path* certainly has not changed since *stamp* was taken."""
    return stamp != _NO_STAMP and stamp_of(path) == stamp


class AssetMemory:
    """The files that this process has linked, by path."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[Linked, Mapping[Path, Stamp]]] = {}
        self._names: list[str] = []

    def start(self, templates: Path) -> None:
        """Begin a build: a new file in *templates*, the project's, may replace one that a style sheet refers to."""
        names = sorted(f"{folder}/{name}" for folder, _, names in os.walk(templates) for name in names)
        if names != self._names:
            self._kept.clear()
            self._names = names

    def recall(self, path: Path) -> Linked | None:
        """The file at *path* and what it refers to; None if any of these is unknown or has changed."""
        linked, stamps = self._kept.get(path, ({}, {}))
        if linked and all(is_same(file, stamp) for file, stamp in stamps.items()):
            return linked
        self._kept.pop(path, None)
        return None

    def keep(self, path: Path, linked: Linked) -> None:
        """Keep *linked*, which the file at *path* became."""
        self._kept[path] = linked, {file: stamp_of(file) for file in linked}
