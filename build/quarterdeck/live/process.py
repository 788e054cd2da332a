"""Processes on a stage, whatever kind of stage it is."""

from __future__ import annotations

import select
import time
from typing import Protocol

from quarterdeck.base.errors import StageError

SENDING_S = 120
"""Seconds in which a process must take what is sent to it: images of a gigabyte come in many pieces."""
_STATUS_S = 60.0
"""Seconds until the exit status of a process is known whose output has ended."""


class Process(Protocol):
    """The terminal of a running process, or its standard input and output.

    Reads never block: call `read` until it returns nothing, then wait for `fileno` to be readable.
    """

    ended: bool

    def fileno(self) -> int:
        """The descriptor to wait for."""
        ...

    def read(self) -> bytes:
        """The output since the last call, up to 64 KiB; empty if there is none. Sets `ended` at the end."""
        ...

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


def read_all(process: Process) -> bytes:
    """The output of *process* up to its end."""
    output = process.read()
    while not process.ended:
        select.select([process], [], [])
        output += process.read()
    return output


def wait_for_exit(process: Process) -> int:
    """The exit status of *process*, whose output has ended: it may be known a little later.

    Raises:
        StageError: There is none: the stage is gone.
    """
    deadline = time.monotonic() + _STATUS_S
    while (status := process.exit_status()) is None:
        if time.monotonic() > deadline:
            raise StageError("the stage does not answer: it has ended", "see `quarterdeck doctor`")
        time.sleep(0.01)
    return status


def finish(process: Process) -> tuple[int, str]:
    """Wait for the end of *process* and close it; its exit status, and its output as text.

    Raises:
        StageError: There is no exit status: the stage is gone.
    """
    try:
        output = read_all(process)
        return wait_for_exit(process), output.decode("utf-8", "backslashreplace")
    finally:
        process.close()
