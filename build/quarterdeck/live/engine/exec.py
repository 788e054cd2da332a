"""Streams of containers: their first process, through `docker attach`, and others, through `docker exec`."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine.client import engine_errors
from quarterdeck.live.process import NO_ANSWER, SENDING_S, Process, Surroundings, finish, no_status

if TYPE_CHECKING:
    from docker.models.containers import Container

_FRAME = struct.Struct(">BxxxL")
"""Before each piece of output of a process without a terminal: which stream, and how many bytes."""


class ContainerStream:
    """The standard input and output of a process in a container, or its terminal. Reads never block; see `Process`."""

    def __init__(self, answer: Any, *, terminal: bool) -> None:
        """*answer*: what docker's client returns when it has connected to the process."""
        self._response = answer
        self._terminal = terminal
        self._frames = bytearray()
        self.ended = False
        self._socket: socket.socket = getattr(answer, "_sock", answer)
        self._socket.setblocking(False)
        self._early = self._take_early()

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> bytes:
        data, self._early = self._early, b""
        if not data:
            try:
                data = self._socket.recv(65536)
            except (BlockingIOError, InterruptedError, ssl.SSLWantReadError):
                return b""
            except OSError:
                data = b""
            self.ended = self.ended or not data
        return data if self._terminal else self._unframe(data)

    def write(self, data: bytes) -> None:
        self._socket.settimeout(SENDING_S)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._socket.sendall(data)
        except TimeoutError as error:
            raise StageError("the stage does not take what is sent to it") from error
        finally:
            self._socket.setblocking(False)

    def end_input(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()
        with contextlib.suppress(OSError):
            self._response.close()

    def _take_early(self) -> bytes:
        """Output that arrived together with the engine's answer: it is in the answer's buffer, not in the socket.

        The libraries below docker's client have no public way to it; docker's client gets the socket itself in this
        way. `tests/live/test_streams.py` names the versions that were tried.
        """
        early: bytes = self._response._response.raw._fp.fp.read1(65536) or b""
        return early

    def _unframe(self, data: bytes) -> bytes:
        self._frames += data
        pieces = []
        while len(self._frames) >= _FRAME.size:
            _, size = _FRAME.unpack_from(self._frames)
            if len(self._frames) < _FRAME.size + size:
                break
            pieces.append(bytes(self._frames[_FRAME.size : _FRAME.size + size]))
            del self._frames[: _FRAME.size + size]
        return b"".join(pieces)


class LeaseStream(ContainerStream):
    """The standard input and output of a container's first process."""

    def __init__(self, container: Container) -> None:
        """Attach to *container*, which was created with an open standard input and has not been started.

        Raises:
            docker.errors.DockerException: The engine refuses.
            OSError: It does not answer.
        """
        assert container.client is not None
        params = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        super().__init__(container.client.api.attach_socket(str(container.id), params=params), terminal=False)


class ExecProcess(ContainerStream, Process):
    """A process in a container."""

    def __init__(
        self,
        container: Container,
        command: Sequence[str],
        *,
        terminal: bool,
        input: bool = True,
        **surroundings: Unpack[Surroundings],
    ) -> None:
        """Start *command* in *container*, with a standard input if *input*.

        Raises:
            StageError: The engine refuses.
        """
        assert container.client is not None
        self._api = container.client.api
        with engine_errors(*NO_ANSWER):
            created = self._api.exec_create(container.id, list(command), stdin=input, tty=terminal, **surroundings)
            self._id: str = created["Id"]
            answer = self._api.exec_start(self._id, socket=True, tty=terminal)
        super().__init__(answer, terminal=terminal)

    def resize(self, rows: int, columns: int) -> None:
        with engine_errors(*NO_ANSWER):
            self._api.exec_resize(self._id, height=rows, width=columns)

    def exit_status(self) -> int | None:
        try:
            with engine_errors(*NO_ANSWER):
                status = self._api.exec_inspect(self._id)["ExitCode"]
        except StageError as error:
            raise no_status() from error
        return status if isinstance(status, int) else None


def run_in(container: Container, *command: str, **surroundings: Unpack[Surroundings]) -> tuple[int, str]:
    """Run *command*, which has no input, in *container*; its exit status and its output.

    docker's own `exec_run` loses output that arrives together with the engine's answer.

    Raises:
        StageError: The container is gone.
    """
    return finish(ExecProcess(container, command, terminal=False, input=False, **surroundings))
