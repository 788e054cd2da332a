"""Slides rendered on the other cores, by processes of their own.

What comes back is what rendering here would have given: where a process cannot be had or dies, its share is rendered
here. A process with threads is not forked.
"""

from __future__ import annotations

import marshal
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

Task = tuple[str, str | None, tuple[tuple[int, str], ...], tuple[tuple[str, str], ...], tuple[bool, ...]]
"""All that a slide is made of: its body, its notes, the figures in it by row, the variables that it may name, and the
`MarkdownOptions` of its deck, none for those that say nothing."""
Result = tuple[Any, ...]
"""A slide, field by field, but for its place."""

_PIPE_BYTES = 1 << 20

_HERE: set[int] = set()
"""Our ends of all pipes: a process that is forked later must not hold those of the earlier ones open."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A process that renders slides."""

    pid: int
    tasks: int
    """The pipe that it takes them from."""
    results: int
    """The pipe that its results come from."""

    def give(self, tasks: Sequence[Task]) -> None:
        """Let it render *tasks*; to be called once."""
        _HERE.discard(self.tasks)
        # A process that died is noticed by `collect`.
        with suppress(BrokenPipeError), os.fdopen(self.tasks, "wb") as pipe:
            pipe.write(marshal.dumps(tuple(tasks)))

    def collect(self) -> list[Result] | None:
        """Wait for the results, in the order of the tasks; None when it died."""
        _HERE.discard(self.results)
        with os.fdopen(self.results, "rb") as pipe:
            data = pipe.read()
        os.waitpid(self.pid, 0)
        try:
            return list(marshal.loads(data))
        except (EOFError, ValueError, TypeError):
            return None

    def dismiss(self) -> None:
        """It is not needed, or no longer: end it. It has nothing but what it was given, so nothing is lost."""
        os.kill(self.pid, signal.SIGKILL)
        for end in {self.tasks, self.results} & _HERE:
            os.close(end)
            _HERE.discard(end)
        os.waitpid(self.pid, 0)


def count_cores() -> int:
    """How many processes can run at once; 1 where none can be forked."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def start_helper() -> Helper | None:
    """A process that imports what rendering takes and waits for tasks; None where there is no core for it."""
    if count_cores() < 2:
        return None
    task_reader, task_writer = _pipe()
    result_reader, result_writer = _pipe()
    try:
        pid = os.fork()
    except OSError:
        for end in (task_reader, task_writer, result_reader, result_writer):
            os.close(end)
        return None
    if pid == 0:
        _work(task_reader, result_writer, {task_writer, result_reader, *_HERE})
    os.close(task_reader)
    os.close(result_writer)
    _HERE.update((task_writer, result_reader))
    return Helper(pid, task_writer, result_reader)


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    # Where a pipe cannot be made larger, one process waits for the other sometimes.
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return reader, writer


def _work(task_reader: int, result_writer: int, others: set[int]) -> NoReturn:
    """What the other process does; whatever goes wrong, it ends here."""
    try:
        for end in others:
            os.close(end)
        import gc

        gc.disable()
        from quarterdeck.deck.cache.slide_renderer import prepare, render_task

        prepare()
        with os.fdopen(task_reader, "rb") as pipe:
            data = pipe.read()
        if data:
            results = marshal.dumps([render_task(task) for task in marshal.loads(data)])
            with os.fdopen(result_writer, "wb") as pipe:
                pipe.write(results)
    finally:
        os._exit(0)
