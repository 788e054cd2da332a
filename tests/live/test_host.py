"""Stages of `kind: host`: what they offer, who may be in the way, and that nothing is left on the user's machine.

What a session does on them is in test_session.py, which stages of both kinds pass.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import StageSettings, load_project
from quarterdeck.live.engine.client import LABEL
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.host import PORT, find_holder
from support.containers import our_containers
from support.projects import MakeProject, holding_port, quarterdeck
from support.waiting import wait_until

HOST = StageSettings(kind="host", engine=False)
NAP = f"sleep {5_000_000 + os.getpid()}"
"""What no other process on this machine says."""
DAEMONS = f"setsid {NAP} & (env -i setsid {NAP} >/dev/null 2>&1 &) ; nohup {NAP} >/dev/null 2>&1 &"
"""Processes that leave their session, their parent and their environment."""


@pytest.fixture(autouse=True)
def port(stage_image: str) -> Iterator[None]:
    """Port 5000 is ours in each of these tests."""
    with holding_port():
        yield


def naps() -> list[str]:
    """The processes on this machine that say NAP, but for those that ended and nobody has asked for."""
    done = subprocess.run(["ps", "-eo", "stat,args"], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.split("\n") if line.rstrip().endswith(NAP) and not line.startswith("Z")]


def test_shells_of_this_machine_with_a_registry(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """The registry is at localhost:5000 for all of this machine; the shell has the user's home and environment."""
    project = load_project(make_project({}))
    with open_stage(project, lease, HOST) as stage:
        assert stage.run("curl", "--silent", f"localhost:{PORT}/v2/_catalog") == (0, '{"repositories":[]}\n')
        name = f"QUARTERDECK_TEST_{os.getpid()}"
        assert stage.run("sh", "-c", f'echo "$HOME ${name}"', environment={name: "here", "HOME": "/no"}) == (
            0,
            f"{os.environ['HOME']} here\n",
        )
        assert stage.run("sh", "-c", "exit 7") == (7, "")
        assert stage.run("sh", "-c", "kill -9 $$") == (137, "")
        with pytest.raises(StageError, match="no-such-program does not start on this machine"):
            stage.run("no-such-program")
        assert [name for name, _ in stage.versions()] == ["registry"]
        folder = Path(stage.home).parent
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
    assert find_holder(engine) is None


def test_daemons_end_with_the_stage(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """Also those that no group, session or environment leads to; and the registry's container."""
    project = load_project(make_project({}))
    with open_stage(project, lease, HOST) as stage:
        assert stage.run("bash", "-c", DAEMONS)[0] == 0
        wait_until(lambda: len(naps()) == 3)
    assert naps() == []
    assert our_containers(engine) == set()


def test_nothing_is_left_after_kill_9(engine: Any, make_project: MakeProject) -> None:
    """Of a `check` that is killed in the middle of a step: processes, folder, registry; the port is free again."""
    demo = f"# Slow\n\n# Wait\n{DAEMONS}\n{NAP}\n"
    root = make_project({"commands/slow.demo": demo, "quarterdeck.toml": '[stage]\nkind = "host"\nengine = false\n'})
    command = [sys.executable, "-m", "quarterdeck", "check"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: len(naps()) == 4, 60)
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: naps() == [] and find_holder(engine) is None)
    assert not Path(f"/tmp/quarterdeck-{os.getuid()}").exists()


def test_who_has_the_port_is_named(lease: RunLease, engine: Any, make_project: MakeProject, stage_image: str) -> None:
    """A process by name and number, a container by its name."""
    project = load_project(make_project({}))
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", PORT))
        taken.listen()
        name = Path("/proc/self/comm").read_text("utf-8").strip()
        with pytest.raises(StageError) as caught, open_stage(project, lease, HOST):
            pass
        assert str(caught.value) == (
            f"port 5000 of this machine is taken by {name} (process {os.getpid()})\n"
            "  hint: stop it for a while, or leave `kind: host` out: other stages need no port"
        )
    own = engine.containers.run(
        stage_image,
        ["sleep", "600"],
        detach=True,
        auto_remove=True,
        ports={f"{PORT}/tcp": PORT},
        labels={LABEL: "test"},
    )
    try:
        message = rf"taken by the container {own.name} \({stage_image}\)"
        with pytest.raises(StageError, match=message), open_stage(project, lease, HOST):
            pass
    finally:
        own.remove(force=True)


def test_two_of_them_wait_for_each_other(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """The port is one: the second says what it waits for, and comes when the first has gone."""
    project = load_project(make_project({}))
    said: list[str] = []
    came: list[float] = []

    def open_another() -> None:
        with open_stage(project, lease, HOST, said.append):
            came.append(time.monotonic())

    with open_stage(project, lease, HOST):
        other = threading.Thread(target=open_another)
        other.start()
        wait_until(lambda: said)
        time.sleep(0.3)
        left = time.monotonic()
    other.join(60)
    assert said == ["waiting for another stage of `kind: host` on this machine"]
    assert came[0] > left


def test_what_demos_leave_on_the_engine_is_reported(engine: Any, make_project: MakeProject, stage_image: str) -> None:
    """Containers, networks, volumes and images of the user's engine: named with what removes them, and left alone."""
    name = f"quarterdeck-test-{os.getpid()}"
    before = engine.containers.create(stage_image, "true", name=f"{name}-before")
    demo = f"# Left\n# Make\ndocker create --name {name} {stage_image} true\ndocker volume create {name}\n"
    root = make_project({"commands/left.demo": demo, "quarterdeck.toml": '[stage]\nkind = "host"\n'})
    try:
        done = quarterdeck("check", cwd=root)
        assert "left  1 new" in done.stdout
        new = "on your engine since this demo began: let clean.sh say"
        assert f"warning: commands/left.demo:1: new container {new} `docker rm -f -v {name}`" in done.stderr
        assert f"warning: commands/left.demo:1: new volume {new} `docker volume rm {name}`" in done.stderr
        assert f"{name}-before" not in done.stderr
        assert engine.containers.get(name).name == name
        (root / "commands" / "clean.sh").write_text(f"docker rm -f -v {name} && docker volume rm {name}\n")
        engine.containers.get(name).remove(force=True)
        engine.volumes.get(name).remove()
        assert name not in quarterdeck("check", cwd=root).stderr
    finally:
        before.remove(force=True)
        subprocess.run(["docker", "rm", "-f", name], capture_output=True, check=False)
        subprocess.run(["docker", "volume", "rm", "-f", name], capture_output=True, check=False)


def test_what_is_missing_is_said(engine: Any, make_project: MakeProject) -> None:
    """No engine, or an image that the engine does not have: exit status 3, and what to do."""
    demo = "# T\n# One\necho hi\n"
    root = make_project({"commands/a.demo": demo, "quarterdeck.toml": '[stage]\nkind = "host"\n'})
    nowhere = {**os.environ, "DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    done = quarterdeck("check", cwd=root, env=nowhere)
    assert (done.returncode, done.stderr) == (
        3,
        "no Docker engine answers at unix:///nonexistent/docker.sock\n  hint: start one, or see `quarterdeck doctor`\n",
    )
    (root / "quarterdeck.toml").write_text('[stage]\nkind = "host"\npreload = ["quarterdeck-test:no-such"]\n')
    done = quarterdeck("check", cwd=root)
    assert (done.returncode, done.stderr) == (
        3,
        "preload: the engine has no image quarterdeck-test:no-such\n  hint: docker pull quarterdeck-test:no-such\n",
    )
