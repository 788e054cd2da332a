"""The socket between a rehearsal and its notes terminals: views go one way, a line of JSON each.

A rehearsal listens on `.quarterdeck/notes/NAME.PID.sock`. The file appears when it can be connected to, only its user
may do so, and it is removed at the end. A file that a killed rehearsal left behind refuses connections, and the next
rehearsal of that name removes it.
"""

from __future__ import annotations

import os
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quarterdeck.present.journal import file_stem

FOLDER = Path(".quarterdeck") / "notes"
"""Below the project's root; never committed."""
_FILE = re.compile(r"(?P<name>.+)\.[0-9]+\.sock\Z")


class NotesServer:
    """The side of the rehearsal. Nothing blocks: a reader that falls behind is disconnected, and may come back."""

    def __init__(self, root: Path, name: str) -> None:
        """Listen; *root* is the project's, *name* that of the deck or demo."""
        folder = root / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for path in _sockets(folder, name):
            if not _answers(path):
                path.unlink(missing_ok=True)
        self._path = folder / f"{file_stem(name)}.{os.getpid()}.sock"
        fresh = self._path.with_suffix(".new")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.setblocking(False)
        with _short_path(fresh) as short:
            fresh.unlink(missing_ok=True)
            self._listener.bind(str(short))
        fresh.chmod(0o600)
        self._listener.listen()
        fresh.rename(self._path)
        self._arriving: list[socket.socket] = []
        """Connections that have not said that they read."""
        self._unsent: dict[socket.socket, bytes] = {}
        """The readers, each with the rest of the view that is being sent to it."""

    @property
    def connected(self) -> bool:
        """Whether anybody reads."""
        return bool(self._unsent)

    @property
    def sources(self) -> list[socket.socket]:
        """What to wait for until it is readable; then `poll`."""
        return [self._listener, *self._arriving, *self._unsent]

    @property
    def behind(self) -> list[socket.socket]:
        """What to wait for until it is writable; then `poll`."""
        return [reader for reader, rest in self._unsent.items() if rest]

    def poll(self) -> bool:
        """Take readers that come and go, send what was left; whether a reader has come, who has seen no view yet."""
        for reader, rest in list(self._unsent.items()):
            if _receive(reader) == b"":
                self._drop(reader)
            elif rest:
                self._send(reader, rest)
        with suppress(BlockingIOError):
            while True:
                connection, _ = self._listener.accept()
                connection.setblocking(False)
                self._arriving.append(connection)
        heard = {connection: _receive(connection) for connection in self._arriving}
        self._arriving = [connection for connection, data in heard.items() if data is None]
        for connection, data in heard.items():
            if data == b"":
                connection.close()
            elif data:
                self._unsent[connection] = b""
        return any(heard.values())

    def publish(self, line: str) -> None:
        """Send a view to all readers."""
        data = line.encode() + b"\n"
        for reader, rest in list(self._unsent.items()):
            if rest:
                self._drop(reader)
            else:
                self._send(reader, data)

    def close(self) -> None:
        """Disconnect the readers, and remove the socket."""
        self._path.unlink(missing_ok=True)
        self._listener.close()
        for connection in (*self._arriving, *self._unsent):
            connection.close()

    def _send(self, reader: socket.socket, data: bytes) -> None:
        try:
            self._unsent[reader] = data[reader.send(data) :]
        except BlockingIOError:
            self._unsent[reader] = data
        except OSError:
            self._drop(reader)

    def _drop(self, reader: socket.socket) -> None:
        del self._unsent[reader]
        reader.close()


class NotesReader:
    """The side of a notes terminal, connected to a rehearsal."""

    def __init__(self, connection: socket.socket) -> None:
        """Ask for views."""
        self._connection = connection
        self._data = b""
        with suppress(OSError):
            connection.send(b"\n")

    def fileno(self) -> int:
        """Readable when there is something to `read`."""
        return self._connection.fileno()

    def read(self) -> str | None:
        """The newest view that has come, empty if none has; None: the rehearsal is gone."""
        newest = b""
        while data := _receive(self._connection):
            *lines, self._data = (self._data + data).split(b"\n")
            newest = lines[-1] if lines else newest
        return newest.decode() or (None if data == b"" else "")

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


def running_rehearsals(root: Path) -> list[str]:
    """The names of the rehearsals that run, with `-` for `/`."""
    matches = ((path, _FILE.match(path.name)) for path in (root / FOLDER).glob("*.sock"))
    return sorted({match["name"] for path, match in matches if match and _answers(path)})


def connect(root: Path, name: str) -> NotesReader | None:
    """A connection to the rehearsal of *name* that was started last; None if none runs."""
    connections = map(_connect, sorted(_sockets(root / FOLDER, name), key=_started, reverse=True))
    connection = next((connection for connection in connections if connection is not None), None)
    return None if connection is None else NotesReader(connection)


def _sockets(folder: Path, name: str) -> list[Path]:
    return [
        path for path in folder.glob("*.sock") if (match := _FILE.match(path.name)) and match["name"] == file_stem(name)
    ]


def _connect(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        with _short_path(path) as short:
            connection.connect(str(short))
    except OSError:
        connection.close()
        return None
    connection.setblocking(False)
    return connection


def _answers(path: Path) -> bool:
    connection = _connect(path)
    if connection is not None:
        connection.close()
    return connection is not None


def _started(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _receive(connection: socket.socket) -> bytes | None:
    """What has come: None for nothing, empty when the other side is gone."""
    try:
        return connection.recv(1 << 16)
    except BlockingIOError:
        return None
    except OSError:
        return b""


@contextmanager
def _short_path(path: Path) -> Iterator[Path]:
    """Another path to *path*: that of a socket has at most 103 bytes on some systems, and projects lie deep."""
    with tempfile.TemporaryDirectory(prefix="qd-") as folder:
        link = Path(folder) / "n"
        link.symlink_to(path.parent.resolve(), target_is_directory=True)
        yield link / path.name
