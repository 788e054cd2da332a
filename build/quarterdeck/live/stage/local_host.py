"""The user's own machine as a place for shells: processes and files, in the form that containers have them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import select
import socket
import struct
import subprocess
import sys
import tarfile
import termios
import threading
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine.client import environment_for_engine
from quarterdeck.live.stage import subreaper as keeper

_TAKING_S = 120
"""Seconds in which what is sent must be taken, as in `engine.Stream`."""
_GOING_S = 20.0
"""Seconds for the keeper to end all processes and to remove the folder."""


class Machine:
    """Starts processes under a keeper (see `keeper`); has those methods of docker's containers that we use."""

    def __init__(self, folder: Path) -> None:
        """Let all that this starts, and *folder*, go when this is closed or this process dies."""
        self._lock = threading.Lock()
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, str(its.fileno()), str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[its.fileno()],
                cwd="/",
                start_new_session=True,
                env=environment_for_engine(),
            )
        self._asking = ours

    def open_stream(
        self,
        command: Sequence[str],
        *,
        terminal: bool,
        workdir: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start *command*; as `engine.Stream` does in a container.

        Raises:
            StageError: There is no such program, or no such folder, or the keeper is gone.
        """
        changes = {name: value for name, value in (environment or {}).items() if name != "HOME"}
        wanted = {"command": list(command), "terminal": terminal, "folder": workdir or "/", "environment": changes}
        near, far = _terminal() if terminal else _pipes()
        status, status_end = os.pipe2(os.O_CLOEXEC)
        try:
            with self._lock:
                socket.send_fds(self._asking, [json.dumps(wanted).encode()], [*far, status_end])
                answer = json.loads(self._asking.recv(4096) or '{"error": "its keeper is gone"}')
        except OSError as error:
            answer = {"error": error.strerror or str(error)}
        finally:
            for one in {*far, status_end}:
                os.close(one)
        process = Process(near, status)
        if "error" in answer:
            process.close()
            raise StageError(f"{command[0]} does not start on this machine: {answer['error']}")
        return process

    def put_archive(self, path: str, data: bytes) -> None:
        """Unpack the tar archive *data*, which we made, into *path*."""
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            trusting = getattr(tarfile, "fully_trusted_filter", None)
            if trusting:
                tar.extraction_filter = trusting
            tar.extractall(path)

    def close(self) -> None:
        """End all processes and remove the folder; returns when that is done."""
        self._asking.close()
        try:
            self._keeper.wait(_GOING_S)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()


class Process:
    """The terminal, or the standard input and output, of a process; has the methods of `engine.Stream`."""

    def __init__(self, near: tuple[int, int], status: int) -> None:
        """*near*: where to read and where to write; *status*: where the exit status comes when it has ended."""
        self._reads, self._writes = near
        self._status = status
        self._exit: int | None = None
        self._gone = False
        self.ended = False
        for one in (*near, status):
            os.set_blocking(one, False)
        # One descriptor to wait for: an epoll is readable when one of those in it is.
        self._either = select.epoll()
        self._either.register(self._reads, select.EPOLLIN)
        self._either.register(status, select.EPOLLIN)

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._either.fileno()

    def read(self) -> bytes:
        """What has come since the last call, up to 64 KiB; nothing if nothing has. Sets `ended` at the end.

        The end is that of the process: its children may hold the terminal or the pipe for longer.
        """
        if not self._gone:
            self._take_status()
        try:
            data = os.read(self._reads, 65536)
        except BlockingIOError:
            self.ended = self._gone
            return b""
        except OSError:
            data = b""  # a terminal that nobody has open any more
        if not data:
            self.ended = self._gone
            with contextlib.suppress(OSError):
                self._either.unregister(self._reads)
        return data

    def write(self, data: bytes) -> None:
        """Send *data*; waits when the other end is slow to take it. To a process that ended, it goes nowhere.

        Raises:
            StageError: It was not taken within two minutes.
        """
        while data:
            _, ready, _ = select.select([], [self._writes], [], _TAKING_S)
            if not ready:
                raise StageError("the stage does not take what is sent to it")
            try:
                data = data[os.write(self._writes, data) :]
            except BlockingIOError:
                continue
            except OSError:
                return

    def end_input(self) -> None:
        """Let the process see the end of its standard input; not for terminals."""
        with contextlib.suppress(OSError):
            os.close(self._writes)
        self._writes = self._reads

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        ioctl(self._reads, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def exit_status(self) -> int | None:
        """The exit status of the process; None while it runs, or when its keeper has gone."""
        if not self._gone:
            self._take_status()
        return self._exit

    def close(self) -> None:
        """Let go of the process. It sees the end of its input, no more."""
        self._take_status()
        self._either.close()
        for one in {self._reads, self._writes, self._status}:
            with contextlib.suppress(OSError):
                os.close(one)

    def _take_status(self) -> None:
        if self._gone or self._either.closed:
            return
        with contextlib.suppress(BlockingIOError):
            text = os.read(self._status, 16)
            self._exit = int(text) if text else None
            self._gone = True


def _terminal() -> tuple[tuple[int, int], tuple[int, int, int]]:
    ours, its = pty.openpty()
    return (ours, ours), (its, its, its)


def _pipes() -> tuple[tuple[int, int], tuple[int, int, int]]:
    its_input, our_output = os.pipe2(os.O_CLOEXEC)
    our_input, its_output = os.pipe2(os.O_CLOEXEC)
    return (our_input, our_output), (its_input, its_output, its_output)
