"""The connection to the user's engine, and processes in its containers as streams.

Everything here goes through the engine's API, so that a remote engine serves as well as a local one.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextvars import ContextVar
from importlib.resources import files
from typing import Any

from quarterdeck.base.errors import StageError

LABEL = "quarterdeck"
"""On everything that we start or build; nothing without it is ever touched."""

RUN_LABEL = "quarterdeck.run"
"""Which run of quarterdeck a container belongs to."""

PATIENCE_S = 900
"""So many seconds may pass until the engine says something: a `prepare.sh` may download for long."""

_TAKING_S = 120
"""Seconds in which one piece that is sent must be taken: images of a gigabyte come in many."""

_ENDING_S = 3.0
"""Seconds that the engine has to know the exit status of a process whose output has ended."""

_TLS = ("DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
"""What else docker's clients want to know of their engine."""

_HEADER = struct.Struct(">BxxxL")

_ENGINE: ContextVar[str | None] = ContextVar("engine", default=None)
"""The engine that this thread works with, if it was told so."""


def engines() -> tuple[str, ...]:
    """The engines that `DOCKER_HOST` lists, with blanks or commas between them; none: the default one."""
    return tuple(re.findall(r"[^\s,]+", os.environ.get("DOCKER_HOST", "")))


@contextlib.contextmanager
def use_engine(address: str | None) -> Iterator[None]:
    """Let this thread work with the engine at *address*; None leaves it to `DOCKER_HOST` and the current context."""
    token = _ENGINE.set(address)
    try:
        yield
    finally:
        _ENGINE.reset(token)


def client_options() -> dict[str, Any]:
    """What docker's `from_env` must know to reach this thread's engine: one of several that `DOCKER_HOST` lists."""
    several = engines()
    address = _ENGINE.get() or (several[0] if len(several) > 1 else None)
    if not address:
        return {}
    kept = {name: value for name in _TLS if (value := os.environ.get(name))}
    return {"environment": {**kept, "DOCKER_HOST": address}}


def environment_for_engine() -> dict[str, str] | None:
    """The environment in which docker's own command reaches this thread's engine; None: the one there is."""
    changes = client_options().get("environment")
    return {**os.environ, **changes} if changes else None


def make_steady(client: Any) -> None:
    """Let *client* read the environment's proxies now, and never again.

    It would do so at each request, and in a run of pytest other threads change the environment meanwhile.
    """
    from requests.utils import get_environ_proxies

    if client.api.trust_env:
        client.api.proxies |= get_environ_proxies(client.api.base_url)
        client.api.trust_env = False


def connect() -> Any:
    """A docker client for this thread's engine, else for the one that `DOCKER_HOST` or the current context names.

    Raises:
        StageError: No engine answers.
    """
    import docker
    from testcontainers.core.docker_client import DockerClient

    try:
        client = DockerClient(**client_options()).client
        make_steady(client)
        client.ping()
        client.api.timeout = PATIENCE_S
    except (docker.errors.DockerException, OSError) as error:
        where = _ENGINE.get() or next(iter(engines()), "the default socket")
        raise StageError(f"no Docker engine answers at {where}", "start one, or see `quarterdeck doctor`") from error
    return client


def script(name: str) -> str:
    """The text of a shell script that goes into a container."""
    return files("quarterdeck.live").joinpath("scripts", name).read_text("utf-8")


def run_in(container: Any, *command: str, **options: Any) -> tuple[int, str]:
    """Run *command* in *container*, or on a `machine.Machine`, to its end; its exit status and what it printed.

    It has no input. docker's own `exec_run` loses what comes together with the engine's answer.

    Raises:
        StageError: The container is gone, or the machine has no such program.
    """
    if hasattr(container, "open_stream"):
        stream = container.open_stream(list(command), terminal=False, **options)
        stream.end_input()
    else:
        stream = Stream(container, list(command), terminal=False, input=False, **options)
    try:
        output = stream.read()
        while not stream.ended:
            select.select([stream], [], [])
            output += stream.read()
        return _status_of(stream), output.decode("utf-8", "backslashreplace")
    finally:
        stream.close()


def unpack_in(container: Any, archive: bytes) -> None:
    """Unpack a tar *archive*, which we made, into the root of *container*, or of a `machine.Machine`.

    docker's own `put_archive` writes nothing into a tmpfs, and takes ten times as long for many small files elsewhere.

    Raises:
        StageError: The container is gone, or has no tar.
    """
    if hasattr(container, "open_stream"):
        try:
            container.put_archive("/", archive)
        except OSError as error:
            raise StageError(f"the stage does not take the demo's files: {error}") from error
        return
    stream = Stream(container, ["tar", "-xf", "-", "-C", "/"], terminal=False)
    said = b""
    try:
        stream.write(archive)
        stream.end_input()
        while not stream.ended:
            select.select([stream], [], [])
            said += stream.read()
        status = _status_of(stream)
    finally:
        stream.close()
    if status:
        why = said.decode("utf-8", "backslashreplace").strip().split("\n")[0]
        raise StageError(f"the stage does not take the demo's files: {why}", "does the stage's image have tar?")


def _status_of(stream: Any) -> int:
    """The exit status of a process whose output has ended: the engine may know it a little later."""
    deadline = time.monotonic() + _ENDING_S
    while (status := stream.exit_status()) is None:
        if time.monotonic() > deadline:
            raise StageError("the stage does not answer: it has ended", "see `quarterdeck doctor`")
        time.sleep(0.02)
    return int(status)


class Stream:
    """The terminal, or the standard input and output, of a process started in a container.

    Reads never block: call `read` until it gives nothing, then wait for `fileno` to be readable (with `select`).
    """

    def __init__(
        self, container: Any, command: list[str], *, terminal: bool, input: bool = True, **options: Any
    ) -> None:
        """Start *command* in *container*; *options* are those of docker's exec_create. It reads only with *input*.

        Raises:
            StageError: The engine refuses.
        """
        import docker

        self._api = container.client.api
        self._terminal = terminal
        self._frames = bytearray()
        self.ended = False
        try:
            created = self._api.exec_create(container.id, command, stdin=input, tty=terminal, **options)
            self.id: str = created["Id"]
            self._response = self._api.exec_start(self.id, socket=True, tty=terminal)
        except (docker.errors.APIError, OSError) as error:
            raise StageError(f"the stage does not answer: {error}", "see `quarterdeck doctor`") from error
        self._socket: socket.socket = getattr(self._response, "_sock", self._response)
        self._socket.setblocking(False)
        self._early = self._take_early()

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._socket.fileno()

    def read(self) -> bytes:
        """What has come since the last call, up to 64 KiB; nothing if nothing has. Sets `ended` at the end."""
        if self._early:
            data, self._early = self._early, b""
            return data if self._terminal else self._unframe(data)
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
        """Give the terminal another size.

        Raises:
            StageError: The container is gone.
        """
        import docker

        try:
            self._api.exec_resize(self.id, height=rows, width=columns)
        except (docker.errors.APIError, OSError) as error:
            raise StageError(f"the stage does not answer: {error}", "see `quarterdeck doctor`") from error

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

    def _take_early(self) -> bytes:
        """What came together with the answer of the engine, and was read with it: nobody waits for that any more."""
        answer = getattr(self._response, "_response", None)
        reader = getattr(getattr(getattr(answer, "raw", None), "_fp", None), "fp", None)
        return reader.read1(65536) or b"" if reader is not None else b""

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
