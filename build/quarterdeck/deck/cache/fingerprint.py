"""What stands on the disk, so that a later run can tell whether anything is different.

A file counts as unchanged when its size, times and inode are what they were. File systems keep times in ticks of up to
two seconds: of a file that was changed just before it was looked at, the contents are compared too (as git does,
Documentation/technical/racy-git.txt).
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.deck.cache.cache_store import FOLDER

Sighting = tuple[int, int, int, int, bytes]
"""Of a file: size, times of the last change of contents and of anything (ns), inode, and a SHA-256 or nothing."""

_TICK_NS = 2_000_000_000
_MOST_FILES = 20_000
_MOST_BYTES = 8 << 20
"""Larger files are not read to learn whether they changed: they count as changed."""
_NEVER = frozenset({".git", ".hg", FOLDER})
_SELDOM = frozenset({".venv", "__pycache__", "node_modules"})
_FOLDER: Sighting = (-1, 0, 0, 0, b"")
_NAMED: Sighting = (-3, 0, 0, 0, b"")
_ABSENT: Sighting = (-2, 0, 0, 0, b"")


class TooMany(Exception):
    """There are more files than it pays to look at."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Files and folders at one moment."""

    taken_ns: int
    """When looking started, as `time.time_ns` has it."""
    files: Mapping[str, Sighting]
    """By absolute path, with folders and with files that were looked for and are not there."""

    def same_as(self, now: Snapshot) -> bool:
        """Whether everything is in *now* as it is here, as far as that can be known for sure."""
        if self.files.keys() != now.files.keys():
            return False
        for path, was in self.files.items():
            same = was[:4] == now.files[path][:4] and not _is_recent(was, self.taken_ns)
            if not same and not (was[4] and was[4] == (now.files[path][4] or digest_of(path))):
                return False
        return True


def take_snapshot(
    folders: Iterable[Path],
    files: Iterable[Path] = (),
    *,
    whole: Collection[Path] = (),
    by_name: Collection[Path] = (),
    left_out: Collection[Path] = (),
    read: Collection[Path] = (),
) -> Snapshot:
    """Everything in *folders*, and *files* whether they are there or not.

    Args:
        folders: Looked through but for the hidden folders right in them and for those of package managers; links to
            folders are not followed.
        files: Further files.
        whole: Folders among them in which hidden ones count too.
        by_name: Folders among them of whose files only the names count.
        left_out: Folders among them that do not count.
        read: Files whose contents count; of the others they do when they changed just now.

    Raises:
        TooMany: There are more than 20,000 files.
    """
    started = time.time_ns()
    found: dict[str, Sighting] = {}
    deep, named, skipped = (frozenset(map(str, some)) for some in (whole, by_name, left_out))
    waiting = [(str(folder), str(folder) in deep, True) for folder in folders]
    for folder, all_of_it, outermost in waiting:
        named_only = folder in named
        for entry in _entries(folder):
            path = entry.path
            if not entry.is_dir(follow_symlinks=False):
                found[path] = _NAMED if named_only else _look(entry, started)
                continue
            inside = all_of_it or path in deep
            hidden = entry.name in _SELDOM or (outermost and entry.name.startswith("."))
            if entry.name not in _NEVER and path not in skipped and (inside or not hidden):
                found[path] = _FOLDER
                waiting.append((path, inside, False))
        if len(found) > _MOST_FILES:
            raise TooMany
    for file in files:
        found[str(file)] = _look(file, started)
    for file in read:
        found[str(file)] = (*found.get(str(file), _ABSENT)[:4], digest_of(str(file)))
    return Snapshot(started, found)


def digest_of(path: str) -> bytes:
    """The SHA-256 of a file; nothing where it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).digest()
    except OSError:
        return b""


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _look(at: os.DirEntry[str] | Path, now_ns: int) -> Sighting:
    try:
        found = at.stat()
    except OSError:
        return _ABSENT
    if stat.S_ISDIR(found.st_mode):
        return _FOLDER
    sighting = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, b"")
    if _is_recent(sighting, now_ns) and found.st_size <= _MOST_BYTES:
        return (*sighting[:4], digest_of(os.fspath(at)))
    return sighting


def _is_recent(sighting: Sighting, now_ns: int) -> bool:
    return max(sighting[1], sighting[2]) >= now_ns - _TICK_NS
