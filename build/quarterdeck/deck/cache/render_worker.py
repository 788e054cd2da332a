"""Render workers: forked processes that render slides on other cores.

Results are the same as those of this process, which also renders the share of a worker that cannot be started or dies.
A process with threads is not forked.
"""

from __future__ import annotations

import marshal
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BufferedReader, BufferedWriter
from typing import Any, NamedTuple, NoReturn

_PIPE_BYTES = 1 << 20

Work = Callable[[], Callable[[Any], Any]]
"""Sets a worker up, and returns what it does with a task. Tasks and results are values that marshal can write."""


class RenderWorker(NamedTuple):
    """A process that renders slides."""

    pid: int
    tasks: BufferedWriter
    """The pipe to the worker."""
    results: BufferedReader
    """The pipe from the worker."""

    def send(self, tasks: Sequence[Any]) -> None:
        """Let it do *tasks*; to be called once."""
        # `collect` notices a worker that died.
        with suppress(BrokenPipeError), self.tasks as pipe:
            pipe.write(marshal.dumps(tuple(tasks)))

    def collect(self) -> list[Any] | None:
        """Wait for the results, in the order of the tasks; None if the worker died."""
        with self.results as pipe:
            data = pipe.read()
        os.waitpid(self.pid, 0)
        try:
            return list(marshal.loads(data))
        except (EOFError, ValueError, TypeError):
            return None

    def dismiss(self) -> None:
        """End the worker, which has nothing to save."""
        os.kill(self.pid, signal.SIGKILL)
        with suppress(BrokenPipeError):
            self.tasks.close()
        self.results.close()
        os.waitpid(self.pid, 0)


Workers = list[RenderWorker]


def dismiss_all(workers: Workers) -> None:
    """Take all workers out of the list and end them."""
    while workers:
        workers.pop().dismiss()


def count_cores() -> int:
    """The number of processes that can run at once; 1 if none can be forked."""
    import threading  # 1 ms, which a build that finds nothing changed saves

    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def start_worker(work: Work) -> RenderWorker | None:
    """A process that sets *work* up and waits for tasks; None if there is no core for it."""
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
        _do_work(work, task_reader, result_writer)
    os.close(task_reader)
    os.close(result_writer)
    return RenderWorker(pid, os.fdopen(task_writer, "wb"), os.fdopen(result_reader, "rb"))


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    # With a smaller pipe, one process sometimes waits for the other.
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return reader, writer


def _do_work(work: Work, task_reader: int, result_writer: int) -> NoReturn:
    """The life of a worker, which ends here whatever happens."""
    try:
        # Other ends of this pipe and of earlier workers' would keep them open.
        low, high = sorted((task_reader, result_writer))
        os.closerange(3, low)
        os.closerange(low + 1, high)
        os.closerange(high + 1, high + 1024)
        do = work()
        with os.fdopen(task_reader, "rb") as pipe:
            data = pipe.read()
        if data:
            results = marshal.dumps([do(task) for task in marshal.loads(data)])
            with os.fdopen(result_writer, "wb") as pipe:
                pipe.write(results)
    finally:
        os._exit(0)
