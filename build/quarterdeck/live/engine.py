"""The connection to the user's engine, and processes in its containers as streams.

Everything here goes through the engine's API, so that a remote engine serves as well as a local one.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
from importlib.resources import files
from typing import Any

from quarterdeck.errors import StageError

LABEL = "quarterdeck"
"""On everything that we start or build; nothing without it is ever touched."""

RUN_LABEL = "quarterdeck.run"
"""Which run of quarterdeck a container belongs to."""

PATIENCE_S = 900
"""So many seconds may pass until the engine says something: a `prepare.sh` may download for long."""

_TAKING_S = 120
"""Seconds in which one piece that is sent must be taken: images of a gigabyte come in many."""

_HEADER = struct.Struct(">BxxxL")


def connect() -> Any:
    """A docker client for the engine that `DOCKER_HOST` or the current context names.

    Raises:
        StageError: No engine answers.
    """
    import docker
    from testcontainers.core.docker_client import DockerClient

    try:
        client = DockerClient().client
        client.ping()
        client.api.timeout = PATIENCE_S
    except (docker.errors.DockerException, OSError) as error:
        where = os.environ.get("DOCKER_HOST") or "the default socket"
        raise StageError(f"no Docker engine answers at {where}", "start one, or see `quarterdeck doctor`") from error
    return client


def script(name: str) -> str:
    """The text of a shell script that goes into a container."""
    return files("quarterdeck.live").joinpath("scripts", name).read_text("utf-8")


def run_in(container: Any, *command: str, **options: Any) -> tuple[int, str]:
    """Run *command* in *container* to its end; its exit status and what it printed.

    Raises:
        StageError: The container is gone, or has no such program.
    """
    import docker

    try:
        done = container.exec_run(list(command), **options)
    except (docker.errors.APIError, OSError) as error:
        raise StageError(f"the stage does not answer: {error}", "see `quarterdeck doctor`") from error
    return done.exit_code, done.output.decode("utf-8", "backslashreplace")


class Stream:
    """The terminal, or the standard input and output, of a process started in a container.

    Reads never block: wait for `fileno` to be readable (with `select`), then call `read` until it gives nothing.
    """

    def __init__(self, container: Any, command: list[str], *, terminal: bool, **options: Any) -> None:
        """Start *command* in *container*; *options* are those of docker's exec_create.

        Raises:
            StageError: The engine refuses.
        """
        import docker

        self._api = container.client.api
        self._terminal = terminal
        self._frames = bytearray()
        self.ended = False
        try:
            created = self._api.exec_create(container.id, command, stdin=True, tty=terminal, **options)
            self.id: str = created["Id"]
            self._response = self._api.exec_start(self.id, socket=True, tty=terminal)
        except (docker.errors.APIError, OSError) as error:
            raise StageError(f"the stage does not answer: {error}", "see `quarterdeck doctor`") from error
        self._socket: socket.socket = getattr(self._response, "_sock", self._response)
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._socket.fileno()

    def read(self) -> bytes:
        """What has come since the last call, up to 64 KiB; nothing if nothing has. Sets `ended` at the end."""
        try:
            data = self._socket.recv(65536)
        except (BlockingIOError, InterruptedError, ssl.SSLWantReadError):
            return b""
        except OSError:
            data = b""
        if not data:
            self.ended = True
        return data if self._terminal else self._unframe(data)

    def write(self, data: bytes) -> None:
        """Send *data*; waits when the other end is slow to take it. To a process that ended, it goes nowhere.

        Raises:
            StageError: It was not taken within two minutes.
        """
        self._socket.settimeout(_TAKING_S)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise StageError("the stage does not take what is sent to it") from error
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            self._socket.setblocking(False)

    def end_input(self) -> None:
        """Let the process see the end of its standard input."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        self._api.exec_resize(self.id, height=rows, width=columns)

    def exit_status(self) -> int | None:
        """The exit status of the process; None while it runs, or when it and its container are gone."""
        import docker

        try:
            status = self._api.exec_inspect(self.id)["ExitCode"]
        except (docker.errors.APIError, OSError):
            return None
        return status if isinstance(status, int) else None

    def close(self) -> None:
        """Let go of the stream. The process sees the end of its input, no more."""
        with contextlib.suppress(OSError):
            self._socket.close()
        with contextlib.suppress(OSError):
            self._response.close()

    def _unframe(self, data: bytes) -> bytes:
        """Without a terminal, the engine puts 8 bytes before each piece: which stream, and how long."""
        self._frames += data
        pieces = []
        while len(self._frames) >= _HEADER.size:
            _, size = _HEADER.unpack_from(self._frames)
            if len(self._frames) < _HEADER.size + size:
                break
            pieces.append(bytes(self._frames[_HEADER.size : _HEADER.size + size]))
            del self._frames[: _HEADER.size + size]
        return b"".join(pieces)
