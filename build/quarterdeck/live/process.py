"""Processes: those on stages of any kind, and helpers of ours that outlive this process."""

from __future__ import annotations

import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Protocol, TypedDict

from quarterdeck.base.errors import StageError

SENDING_S = 120
"""Seconds in which a process must take what is sent to it: images of a gigabyte come in many pieces."""
ANSWER_S = 60.0
"""Seconds in which a stage must answer, whatever it is asked: busy machines take long."""
NO_ANSWER = ("the stage does not answer", "see `quarterdeck doctor`")
"""What is wrong when a stage is gone, and the hint."""


class Surroundings(TypedDict, total=False):
    """Where a process starts; what is left out is as the stage has it."""

    workdir: str
    environment: dict[str, str]
    """Variables that are added to those of the stage."""


class Readable(Protocol):
    """Output of a process. Reads never block: call `read` until it returns nothing, then wait for `fileno`."""

    ended: bool

    def fileno(self) -> int:
        """The descriptor to wait for."""
        ...

    def read(self) -> bytes:
        """The output since the last call, up to 64 KiB; empty if there is none. Sets `ended` at the end."""
        ...


class Process(Readable, Protocol):
    """The terminal of a running process, or its standard input and output."""

    def write(self, data: bytes) -> None:
        """Send *data*; blocks while the process is slow to take it. Without effect when the process has ended.

        Raises:
            StageError: It was not taken within `SENDING_S` seconds.
        """
        ...

    def end_input(self) -> None:
        """Close the standard input of a process without a terminal."""
        ...

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the terminal.

        Raises:
            StageError: The stage is gone.
        """
        ...

    def exit_status(self) -> int | None:
        """The exit status; None while it is not known yet.

        Raises:
            StageError: It will never be known: the stage is gone.
        """
        ...

    def close(self) -> None:
        """Release the process. Its input ends; nothing else happens to it."""
        ...


def no_status() -> StageError:
    """The error of a process whose exit status will never be known."""
    what, hint = NO_ANSWER
    return StageError(f"{what}: it has ended", hint)


def read_pieces(process: Readable, timeout_s: float = float("inf")) -> Iterator[bytes]:
    """The output of *process* as it comes, up to its end or for *timeout_s* seconds."""
    deadline = time.monotonic() + timeout_s
    yield process.read()
    while not process.ended and time.monotonic() < deadline:
        select.select([process], [], [], 0.2)
        yield process.read()


def wait_for_exit(process: Process) -> int:
    """The exit status of *process*, whose output has ended: it may be known a little later.

    Raises:
        StageError: There is none: the stage is gone.
    """
    deadline = time.monotonic() + ANSWER_S
    while (status := process.exit_status()) is None:
        if time.monotonic() > deadline:
            raise no_status()
        time.sleep(0.01)
    return status


def finish(process: Process) -> tuple[int, str]:
    """Wait for the end of *process* and close it; its exit status, and its output as text.

    Raises:
        StageError: There is no exit status: the stage is gone.
    """
    try:
        output = b"".join(read_pieces(process))
        return wait_for_exit(process), output.decode("utf-8", "backslashreplace")
    finally:
        process.close()


def start_helper(
    program: str, argument: str, *, input: int, environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    """Start the Python file *program* in a session of its own, so that it outlives a `kill -9` of this process.

    Its standard *input* ends when this process does.
    """
    return subprocess.Popen(
        [sys.executable, "-P", program, argument],
        stdin=input,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        env=environment,
    )
