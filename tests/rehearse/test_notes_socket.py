"""The socket between a rehearsal and its notes terminals."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from quarterdeck.rehearse.notes_socket import FOLDER, NotesReader, NotesServer, connect, running_rehearsals
from support.projects import quarterdeck
from support.waiting import wait_until


def reader_of(root: Path, server: NotesServer, name: str = "talk") -> NotesReader:
    """A reader that *server* has taken."""
    reader = connect(root, name)
    assert reader is not None
    assert wait_until(server.poll)
    return reader


def test_the_newest_view_is_read(tmp_path: Path) -> None:
    """Views that came before it are passed over; at the end the reader learns that the rehearsal is gone."""
    server = NotesServer(tmp_path, "a/talk")
    assert not server.connected
    reader = reader_of(tmp_path, server, "a/talk")
    assert server.connected
    assert reader.read() == ""
    for line in ("one", "two", "thrée"):
        server.publish(line)
    assert wait_until(reader.read) == "thrée"
    server.publish("last")
    server.close()
    assert wait_until(reader.read) == "last"
    assert wait_until(lambda: reader.read() is None)


def test_only_the_user_may_connect_and_nothing_stays(tmp_path: Path) -> None:
    """The file has mode 600, and goes at the end."""
    server = NotesServer(tmp_path, "talk")
    (path,) = (tmp_path / FOLDER).iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert running_rehearsals(tmp_path) == ["talk"]
    server.close()
    assert list((tmp_path / FOLDER).iterdir()) == []
    assert running_rehearsals(tmp_path) == []


def test_a_dead_socket_is_no_hindrance(tmp_path: Path) -> None:
    """It is no running rehearsal, and the next rehearsal removes it."""
    (tmp_path / FOLDER).mkdir(parents=True)
    dead = tmp_path / FOLDER / "talk.12345.sock"
    socket.socket(socket.AF_UNIX).bind(str(dead))
    assert connect(tmp_path, "talk") is None
    assert running_rehearsals(tmp_path) == []
    server = NotesServer(tmp_path, "talk")
    assert not dead.exists()
    reader_of(tmp_path, server).close()
    wait_until(lambda: not (server.poll() or server.connected))
    server.close()


def test_deep_projects(tmp_path: Path) -> None:
    """Paths that are longer than addresses of sockets may be."""
    root = tmp_path / ("x" * 120) / ("y" * 120)
    root.mkdir(parents=True)
    server = NotesServer(root, "talk")
    reader = reader_of(root, server)
    server.publish("view")
    assert wait_until(reader.read) == "view"
    server.close()


def test_a_reader_that_does_not_read_is_left_behind(tmp_path: Path) -> None:
    """Sending never blocks, the others get everything, and it may come back."""
    server = NotesServer(tmp_path, "talk")
    stopped, reading = reader_of(tmp_path, server), reader_of(tmp_path, server)
    line = "x" * 100_000
    started = time.monotonic()
    for number in range(200):
        server.publish(f"{number} {line}")
        while reading.read() != f"{number} {line}":
            server.poll()
    assert time.monotonic() - started < 30
    assert len(server.sources) == 2
    while stopped.read() is not None:
        pass
    reader = reader_of(tmp_path, server)
    server.publish("view")
    assert wait_until(reader.read) == "view"
    server.close()


def test_which_rehearsal(tmp_path: Path) -> None:
    """Where several run, a notes terminal says so; one needs a terminal."""
    (tmp_path / "slides").mkdir()
    (tmp_path / "commands").mkdir()
    servers = [NotesServer(tmp_path, name) for name in ("b", "a")]
    done = quarterdeck("rehearse", "--notes", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "2 rehearsals run: a, b\n  hint: say which: --notes DECK\n")
    done = quarterdeck("rehearse", "--notes", "c", cwd=tmp_path)
    assert (done.returncode, done.stderr.split("\n")[0]) == (2, "no deck or demo 'c'")
    done = quarterdeck("rehearse", "--notes", "a", cwd=tmp_path)
    assert (done.returncode, done.stderr.split("\n")[0]) == (2, "--notes needs a terminal")
    done = quarterdeck("rehearse", "b", "--notes", "a", cwd=tmp_path)
    assert done.returncode == 2
    for server in servers:
        server.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root may be somebody else")
def test_others_may_not_connect(tmp_path: Path) -> None:
    """Another user is refused, though the folders above are open."""
    server = NotesServer(tmp_path, "talk")
    (path,) = (tmp_path / FOLDER).iterdir()
    for folder in (path.parent, *path.parent.parents):
        if folder.stat().st_uid == os.getuid() and folder.is_relative_to(tmp_path.parent.parent):
            folder.chmod(0o755)
    pid = os.fork()
    if pid == 0:
        os.setuid(65534)
        try:
            os.chdir(path.parent)
            socket.socket(socket.AF_UNIX).connect(path.name)
        except PermissionError:
            os._exit(13)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 13
    server.close()
