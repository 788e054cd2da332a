"""An engine that can die and come back: the machine's engine, behind a socket of our own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self


class MortalEngine:
    """Passes on what comes to its socket. Dead, it refuses connections, and those that were open are closed."""

    def __init__(self, real: str = "/var/run/docker.sock") -> None:
        self._real = real
        self._folder = Path(tempfile.mkdtemp(prefix="qd-"))  # a socket's path is short
        self._path = self._folder / "docker.sock"
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _: BaseException | None, _at: TracebackType | None) -> None:
        self.die()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """What DOCKER_HOST is to be."""
        return f"unix://{self._path}"

    def start(self) -> None:
        """Answer, from now on."""
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(100)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def die(self) -> None:
        """Answer no more; all streams end."""
        listener, self._listener = self._listener, None
        for each in [*self._open, *([listener] if listener else [])]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()
        self._path.unlink(missing_ok=True)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(self._real)
            self._open |= {client, engine}
            for source, target in ((client, engine), (engine, client)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
