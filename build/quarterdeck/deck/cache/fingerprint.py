"""Fingerprints of files and folders, which tell a later run whether anything has changed.

A file counts as unchanged if its size, times and inode are unchanged. File systems keep times in ticks of up to two
seconds, so the contents of files that changed just before they were fingerprinted are compared, too (as git does,
Documentation/technical/racy-git.txt).
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from quarterdeck.deck.cache.cache_store import FOLDER

FileStamp = tuple[int, int, int, int, bytes]
"""The size, mtime and ctime (ns), inode, and SHA-256 or nothing of a file."""

_TICK_NS = 2_000_000_000
_MOST_FILES = 20_000
_MOST_BYTES = 8 << 20
"""Larger files are not read: they count as changed if their stamps do."""
_NEVER = frozenset({".git", ".hg", FOLDER})
_SELDOM = frozenset({".venv", "__pycache__", "node_modules"})
_FOLDER: FileStamp = (-1, 0, 0, 0, b"")
_NAMED: FileStamp = (-3, 0, 0, 0, b"")
_ABSENT: FileStamp = (-2, 0, 0, 0, b"")


class TooMany(Exception):
    """Too many files to fingerprint cheaply."""


class Fingerprint(NamedTuple):
    """The stamps of files and folders at one moment."""

    taken_ns: int
    """When it was started, by `time.time_ns`."""
    files: Mapping[str, FileStamp]
    """By absolute path, including folders and files that do not exist."""

    def same_as(self, now: Fingerprint) -> bool:
        """Whether everything is certainly the same in *now*."""
        if self.files.keys() != now.files.keys():
            return False
        for path, was in self.files.items():
            same = was[:4] == now.files[path][:4] and not _is_recent(was, self.taken_ns)
            if not same and not (was[4] and was[4] == (now.files[path][4] or digest_of(path))):
                return False
        return True


def take_fingerprint(
    folders: Iterable[Path],
    files: Iterable[Path] = (),
    *,
    whole: Collection[Path] = (),
    by_name: Collection[Path] = (),
    left_out: Collection[Path] = (),
    read: Collection[Path] = (),
) -> Fingerprint:
    """The stamps of everything in *folders*, and of *files*, which need not exist.

    Args:
        folders: Walked without their hidden subfolders and those of package managers; links are not followed.
        files: Additional files.
        whole: Folders among them in which hidden subfolders count, too.
        by_name: Folders among them in which only the names of files count.
        left_out: Folders among them that are skipped.
        read: Files whose contents count; those of other files count only if they changed just now.

    Raises:
        TooMany: More than 20,000 files.
    """
    started = time.time_ns()
    stamps: dict[str, FileStamp] = {}
    deep, named, skipped = (frozenset(map(str, some)) for some in (whole, by_name, left_out))
    waiting = [(str(folder), str(folder) in deep, True) for folder in folders]
    for folder, all_of_it, outermost in waiting:
        named_only = folder in named
        for entry in list_entries(folder):
            path = entry.path
            if not entry.is_dir(follow_symlinks=False):
                stamps[path] = _NAMED if named_only else _stamp(entry, started)
                continue
            inside = all_of_it or path in deep
            hidden = entry.name in _SELDOM or (outermost and entry.name.startswith("."))
            if entry.name not in _NEVER and path not in skipped and (inside or not hidden):
                stamps[path] = _FOLDER
                waiting.append((path, inside, False))
        if len(stamps) > _MOST_FILES:
            raise TooMany
    for file in files:
        stamps[str(file)] = _stamp(file, started)
    for file in read:
        stamps[str(file)] = (*stamps.get(str(file), _ABSENT)[:4], digest_of(file))
    return Fingerprint(started, stamps)


def digest_of(path: str | os.PathLike[str]) -> bytes:
    """The SHA-256 of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).digest()
    except OSError:
        return b""


def list_entries(folder: str) -> list[os.DirEntry[str]]:
    """The files and folders in *folder*; none if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _stamp(at: os.DirEntry[str] | Path, now_ns: int) -> FileStamp:
    try:
        status = at.stat()
    except OSError:
        return _ABSENT
    if stat.S_ISDIR(status.st_mode):
        return _FOLDER
    stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, b"")
    if _is_recent(stamp, now_ns) and status.st_size <= _MOST_BYTES:
        return (*stamp[:4], digest_of(at))
    return stamp


def _is_recent(stamp: FileStamp, now_ns: int) -> bool:
    return max(stamp[1], stamp[2]) >= now_ns - _TICK_NS
