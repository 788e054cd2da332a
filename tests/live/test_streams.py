"""Streams of processes in containers, over connections good and bad."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.project import load_project
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.exec import ExecProcess
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.process import read_pieces
from quarterdeck.live.stage import open_stage
from support.demo_projects import write_demos

LAG_S = 0.15


@pytest.fixture
def lagging_engine(engine: Any) -> Iterator[str]:
    """The address of the machine's engine behind a line on which answers come late, and then all at once."""
    server = socket.create_server(("127.0.0.1", 0))
    path = engine.api.base_url.removeprefix("http+docker://localhost") or "/var/run/docker.sock"

    def pump(source: socket.socket, target: socket.socket, lag_s: float) -> None:
        while data := source.recv(65536):
            time.sleep(lag_s)
            source.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                data += source.recv(65536)
            source.setblocking(True)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(path)
            for ends in ((near, far, 0.0), (far, near, LAG_S)):
                threading.Thread(target=quietly, args=ends, daemon=True).start()

    def quietly(*ends: Any) -> None:
        try:
            pump(*ends)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    server.close()


def test_early_output_is_taken_from_libraries_that_were_tried() -> None:
    """`ExecProcess` reads a private buffer of these: try the tests below with another version, and add it here."""
    tried = {"docker": ("7",), "requests": ("2",), "urllib3": ("1", "2")}
    assert {name: version(name).partition(".")[0] in majors for name, majors in tried.items()} == dict.fromkeys(
        tried, True
    )


@pytest.mark.parametrize("terminal", [False, True])
def test_nothing_is_lost_that_comes_with_the_answer(
    lease: RunLease, engine: Any, lagging_engine: str, tmp_path: Path, terminal: bool
) -> None:
    """A process may print before the engine's answer is read: on a slow machine both arrive in one piece."""
    project = load_project(write_demos(tmp_path, {}))
    with open_stage(project, lease) as stage:
        container = Engine(lagging_engine).connect().containers.get(str(stage.registry.id))
        printed = [
            b"".join(read_pieces(ExecProcess(container, ["echo", str(number)], terminal=terminal)))
            for number in range(5)
        ]
    end = b"\r\n" if terminal else b"\n"
    assert printed == [f"{number}".encode() + end for number in range(5)]


def test_a_stage_comes_up_on_an_engine_that_lags(engine: Any, lagging_engine: str, tmp_path: Path) -> None:
    """Named by its address, over TCP."""
    project = load_project(write_demos(tmp_path, {}))
    with RunLease(Engine(lagging_engine)) as lease, open_stage(project, lease) as stage:
        assert stage.run("hostname") == (0, "quarterdeck\n")
        assert stage.run("sh", "-c", "cat; echo err >&2; exit 3") == (3, "err\n")
