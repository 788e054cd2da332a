"""Watching a project: tells when its files have changed and whoever wrote them is done.

Events of the system (inotify, FSEvents) only say that something changed. What has changed is seen by the next build, so
that a lost or doubled event does no harm. The files are looked at every few seconds, too, for file systems that report
nothing; with *poll* all the time.
"""

from __future__ import annotations

import os
import queue
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from quarterdeck.base.project import Project
from quarterdeck.base.shipped import shipped_templates
from quarterdeck.deck.cache.fingerprint import FileStamp
from quarterdeck.deck.cache.incremental import take_inputs
from quarterdeck.serve.burst import Burst, Kind

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

_KINDS: dict[str, Kind] = {"created": "created", "deleted": "removed", "modified": "written", "closed": "closed"}
"""By watchdog's types of events; opening a file and reading it are no changes."""
_NEVER = frozenset({".git", ".hg", ".quarterdeck", ".venv", "__pycache__", "node_modules"})
_POLL_S = 0.4
"""Between two looks at the files, with *poll*."""
_LOOK_S = 5.0
"""Between two looks at the files where the system reports changes."""
_STEADY_S = 0.1
"""Files that look the same after this time are not being written; without events."""
_CPU_SHARE = 0.008
"""Of one core, for looking at the files."""
_LONGEST_LOCK_S = 20.0
"""A lock of git that is older was left by a crash."""

Stamps = dict[str, FileStamp]


class Watcher:
    """Watches the files of a project, from when it is entered."""

    def __init__(self, project: Project, *, poll: bool = False) -> None:
        """*poll*: look at the files instead of waiting for events; for network file systems."""
        self.project = project
        self._poll = poll
        self._changes: queue.SimpleQueue[tuple[str, Kind, float] | None] = queue.SimpleQueue()
        self._observer: BaseObserver | None = None
        self._seen: Stamps | None = None
        self._look_s = 0.0
        self._next_look = 0.0

    def __enter__(self) -> Watcher:
        self._seen = self._look()
        if not self._poll:
            with suppress(OSError):  # no events: too many watches, or not supported here; then there is looking
                self._observer = _observe(self.project, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()

    def wake(self) -> None:
        """End a `wait` in another thread, now or later."""
        self._changes.put(None)

    def changed_again(self) -> bool:
        """Whether something has changed since the last burst."""
        return not self._changes.empty()

    def wait(self) -> frozenset[str] | None:
        """Wait for the next burst of changes and return the files; None after `wake`.

        The set of files is a hint: it may be incomplete.
        """
        burst = Burst(reports_closing=self._observer is not None and sys.platform == "linux")
        while True:
            end = burst.ends_at()
            now = time.monotonic()
            if self._changes.empty() and end is not None and now >= end:
                if not self._git_works():
                    self._seen = None
                    return burst.paths
                end = now + 0.02
            if end is None and now >= self._next_look and (files := self._look_again()):
                return files
            with suppress(queue.Empty):
                change = self._changes.get(timeout=max(0.0, (end or self._next_look) - now))
                if change is None:
                    return None
                burst.add(*change)

    def _note(self, path: str, kind: Kind) -> None:
        if not self._is_left_out(path):
            self._changes.put((path, kind, time.monotonic()))

    def _is_left_out(self, path: str) -> bool:
        """Whether no build depends on *path*: built pages, caches, temporary files of editors."""
        parts = Path(os.path.relpath(path, self.project.root)).parts
        name = parts[-1] if parts else ""
        if not _NEVER.isdisjoint(parts) or Path(path).is_relative_to(self.project.site):
            return True
        temporary = name.endswith(("~", ".swp", ".swx", ".part")) or name == "4913" or name.startswith("#")
        return temporary or (name.startswith(".") and name != ".gitignore")

    def _git_works(self) -> bool:
        """Whether git is writing files: it holds this lock during a checkout."""
        lock = self.project.root / ".git" / "index.lock"
        try:
            return time.time() - lock.stat().st_mtime < _LONGEST_LOCK_S
        except OSError:
            return False

    def _look(self) -> Stamps | None:
        """The stamps of all files; None if there are too many."""
        started = time.monotonic()
        taken = take_inputs(self.project)
        now = time.monotonic()
        least = _POLL_S if self._observer is None else _LOOK_S
        self._next_look = now + max(least, (now - started) / _CPU_SHARE)
        return {path: (*stamp[:4], b"") for path, stamp in taken.files.items()} if taken else None

    def _look_again(self) -> frozenset[str]:
        """The files that are not as they were seen last, once they are steady."""
        before, now = self._seen, self._look()
        self._seen = now
        if before is None or now is None or not (files := _differences(before, now)):
            return frozenset()
        while now is not None:
            time.sleep(_STEADY_S)
            later = self._look()
            if later == now and not self._git_works():
                break
            now = later
        self._seen = now
        return frozenset(files)


def _differences(before: Stamps, now: Stamps) -> set[str]:
    return {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}


def _observe(project: Project, note: Callable[[str, Kind], None]) -> BaseObserver:
    """Watch the folders of *project*, but for those that no build reads.

    Raises:
        OSError: The system does not watch them.
    """
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    observer: Any = Observer()

    class Handler(FileSystemEventHandler):
        def dispatch(self, event: FileSystemEvent) -> None:
            moved, kind = event.event_type == "moved", _KINDS.get(event.event_type)
            if moved:
                note(os.fsdecode(event.src_path), "removed")
                note(os.fsdecode(event.dest_path), "replaced")
            elif kind is None or (event.is_directory and kind in ("written", "closed")):
                return
            else:
                note(os.fsdecode(event.src_path), kind)
            made = Path(os.fsdecode(event.dest_path or event.src_path))
            if event.is_directory and made.parent == project.root:
                _schedule(observer, handler, made, project)

    handler = Handler()
    observer.schedule(handler, str(project.root), recursive=False)
    for folder in project.root.iterdir():
        _schedule(observer, handler, folder, project)
    if not shipped_templates().is_relative_to(project.root):
        observer.schedule(handler, str(shipped_templates()), recursive=True)
    observer.start()
    return observer  # type: ignore[no-any-return]


def _schedule(observer: Any, handler: Any, folder: Path, project: Project) -> None:
    hidden = folder.name.startswith(".") and folder not in (project.slides, project.commands, project.templates)
    if (
        folder.is_dir()
        and not folder.is_symlink()
        and folder.name not in _NEVER
        and not hidden
        and folder != project.site
    ):
        with suppress(FileNotFoundError):
            observer.schedule(handler, str(folder), recursive=True)
