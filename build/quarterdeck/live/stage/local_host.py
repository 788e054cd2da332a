"""Processes on the user's machine, as a stage needs them."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import socket
import struct
import subprocess
import termios
import threading
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path
from typing import Unpack

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.process import SENDING_S, Process, Surroundings, no_status, start_helper
from quarterdeck.live.stage import subreaper

_ENDING_S = 60.0
"""Seconds for the subreaper to end all processes and to remove the folder."""


class LocalHost:
    """Starts processes on this machine, below a subreaper that ends all of them."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        """When this is closed, or this process dies, all that it has started ends and *folder* is removed.

        Docker's own clients in these processes reach *engine*.
        """
        self._lock = threading.Lock()
        self._requests, far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far_end:
            self._subreaper = start_helper(
                subreaper.__file__, str(folder), input=far_end.fileno(), environment=engine.environment
            )

    def start(
        self, command: Sequence[str], *, terminal: bool = False, **surroundings: Unpack[Surroundings]
    ) -> LocalProcess:
        """Start *command*; HOME stays the user's, whatever its environment says.

        Raises:
            StageError: There is no such program or folder, or the subreaper is gone.
        """
        folder, variables = surroundings.get("workdir", "/"), surroundings.get("environment", {})
        changes = {name: value for name, value in variables.items() if name != "HOME"}
        request = {"command": list(command), "terminal": terminal, "folder": folder, "environment": changes}
        if terminal:
            reads, far_end = pty.openpty()
            writes, standard = reads, (far_end, far_end, far_end)
        else:
            far_input, writes = os.pipe2(os.O_CLOEXEC)
            reads, far_output = os.pipe2(os.O_CLOEXEC)
            standard = (far_input, far_output, far_output)
        status, status_end = os.pipe2(os.O_CLOEXEC)
        try:
            with self._lock:
                socket.send_fds(self._requests, [json.dumps(request).encode()], [*standard, status_end])
                answer = json.loads(self._requests.recv(4096) or '{"error": "its subreaper is gone"}')
        except OSError as error:
            answer = {"error": error.strerror or str(error)}
        finally:
            for descriptor in {*standard, status_end}:
                os.close(descriptor)
        process = LocalProcess(reads, writes, status)
        if "error" in answer:
            process.close()
            raise StageError(f"{command[0]} does not start on this machine: {answer['error']}")
        return process

    def close(self) -> None:
        """End all processes and remove the folder; returns when that is done."""
        self._requests.close()
        try:
            self._subreaper.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            self._subreaper.kill()
            self._subreaper.wait()


class LocalProcess(Process):
    """A process on this machine."""

    def __init__(self, reads: int, writes: int, status: int) -> None:
        """Takes the descriptors to read from and to write to, and that which delivers the exit status."""
        self._reads, self._writes, self._status = reads, writes, status
        self._exit: int | None = None
        self._gone = False
        self.ended = False
        for descriptor in (reads, writes, status):
            os.set_blocking(descriptor, False)
        # One descriptor to wait for: an epoll is readable when any descriptor in it is.
        self._either = select.epoll()
        self._either.register(self._reads, select.EPOLLIN)
        self._either.register(status, select.EPOLLIN)

    def fileno(self) -> int:
        return self._either.fileno()

    def read(self) -> bytes:
        """See `Process`. The end is that of the process: its children may hold the terminal or the pipe for longer."""
        self._take_status()
        try:
            data = os.read(self._reads, 65536)
        except BlockingIOError:
            self.ended = self._gone
            return b""
        except OSError:
            data = b""  # a terminal that no process has open any more
        if not data:
            self.ended = self._gone
            with contextlib.suppress(OSError):
                self._either.unregister(self._reads)
        return data

    def write(self, data: bytes) -> None:
        while data:
            _, ready, _ = select.select([], [self._writes], [], SENDING_S)
            if not ready:
                raise StageError("the stage does not take what is sent to it")
            try:
                data = data[os.write(self._writes, data) :]
            except BlockingIOError:
                continue
            except OSError:
                return

    def end_input(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._writes)
        self._writes = self._reads

    def resize(self, rows: int, columns: int) -> None:
        ioctl(self._reads, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def exit_status(self) -> int | None:
        self._take_status()
        if self._gone and self._exit is None:
            raise no_status()
        return self._exit

    def close(self) -> None:
        self._take_status()
        self._either.close()
        for descriptor in {self._reads, self._writes, self._status}:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _take_status(self) -> None:
        if self._gone or self._either.closed:
            return
        with contextlib.suppress(BlockingIOError):
            text = os.read(self._status, 16)
            self._exit = int(text) if text else None
            self._gone = True
