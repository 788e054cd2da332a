"""Bursts of changes: when an editor, or `git checkout`, is done with the files that it writes.

Pure: times are seconds on a monotonic clock and come in as arguments.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["created", "written", "closed", "replaced", "removed"]
"""What happened to a file: `replaced` is another file renamed to it, `closed` is its writer being done."""

_QUIET_S = 0.01
"""A burst ends after this time without a change, if all files were there before and are there now."""
_QUIET_LONG_S = 0.06
"""The same after files were created or removed (some editors rename a file and then write it anew), for many files, and
where the system does not report that a file was closed."""
_MANY = 4
_OPEN_S = 1.0
"""A writer that has not closed its file may go on for this time after its last write."""
_LONGEST_S = 5.0
"""A burst ends after this time in any case: some programs write all the time."""


class Burst:
    """The changes since the last build."""

    def __init__(self, *, reports_closing: bool) -> None:
        """*reports_closing*: whether the system reports when a writer closes a file."""
        self._reports_closing = reports_closing
        self._paths: set[str] = set()
        self._created: set[str] = set()
        self._removed: set[str] = set()
        self._open: dict[str, float] = {}
        self._first = 0.0
        self._last = 0.0

    @property
    def paths(self) -> frozenset[str]:
        """The files that changed."""
        return frozenset(self._paths)

    def add(self, path: str, kind: Kind, now: float) -> None:
        """Take a change of the file *path*."""
        if not self._paths:
            self._first = now
        self._last = now
        self._paths.add(path)
        self._open.pop(path, None)
        if kind == "written" and self._reports_closing:
            self._open[path] = now
        if kind == "created":
            self._created.add(path)
        elif kind == "removed" and path not in self._created:
            self._removed.add(path)
        elif kind == "removed":
            self._created.discard(path)  # a temporary file
        if kind != "removed":
            self._removed.discard(path)

    def ends_at(self) -> float | None:
        """When the burst is over if nothing else changes; None if nothing has changed."""
        if not self._paths:
            return None
        quick = self._reports_closing and len(self._paths) < _MANY and not (self._created or self._removed)
        quiet = _QUIET_S if quick else _QUIET_LONG_S
        end = max([self._last + quiet, *(written + _OPEN_S for written in self._open.values())])
        return min(end, self._first + _LONGEST_S)
