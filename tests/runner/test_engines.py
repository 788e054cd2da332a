"""Demos spread over several engines: the machine's own and a second one, started here with a store of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from quarterdeck.base.project import load_project
from quarterdeck.live.engine.images import find_stage_image
from support.containers import stage_containers
from support.demo_projects import demo, write_demos
from support.projects import quarterdeck
from support.waiting import wait_until

OFFLINE = "[stage]\nengine = false\nnetwork = false\n"
"""The second engine has no network."""


@pytest.fixture(scope="module")
def second_engine(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any]]:
    """The address of the second engine, which has the stage's image, and a client of it."""
    if os.geteuid() != 0 or not shutil.which("dockerd") or not shutil.which("unshare"):
        if os.environ.get("CI") == "true":
            pytest.fail("a second engine needs root, dockerd and unshare")
        pytest.skip("a second engine needs root, dockerd and unshare")
    root = tmp_path_factory.mktemp("engine")
    run = Path(tempfile.mkdtemp(prefix="qd-"))  # a socket's path is short
    socket = f"unix://{run}/docker.sock"
    places = {"--host": socket, "--data-root": root / "data", "--exec-root": run / "exec", "--pidfile": run / "pid"}
    options = [f"{name}={value}" for name, value in places.items()]
    with (root / "log").open("wb") as log:
        # In a network of its own: without a bridge, an engine would remove the one of the machine's.
        command = ["unshare", "--net", "dockerd", *options, "--bridge=none", "--iptables=false", "--ip6tables=false"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(socket) or process.poll() is not None)
        assert process.poll() is None, (root / "log").read_text("utf-8", "replace")[-2000:]
        client = docker.DockerClient(base_url=socket, version="auto")
        project = load_project(write_demos(root, {}))
        tag = find_stage_image(engine, project, print)
        client.images.load(engine.images.get(tag).save(named=True))
        yield socket, client
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(run, ignore_errors=True)


def _answers(socket: str) -> bool:
    try:
        return bool(docker.DockerClient(base_url=socket).ping())
    except docker.errors.DockerException:
        return False


def test_demos_run_on_every_engine_that_docker_host_lists(
    engine: Any, second_engine: tuple[str, Any], tmp_path: Path
) -> None:
    """One at a time on each without `-n`; all are judged as on one engine, and no container stays."""
    address, client = second_engine
    write_demos(tmp_path, {f"demo-{number}": demo("sleep 6; echo done") for number in range(4)}, OFFLINE)
    own = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    environment = {**os.environ, "DOCKER_HOST": f"{own} {address}"}
    command = [sys.executable, "-m", "quarterdeck", "check", "--update"]
    seen: set[str] = set()
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            seen |= stage_containers(client)
            time.sleep(0.3)
        assert process.stdout is not None
        printed = process.stdout.read()
    assert (process.returncode, "4 steps of 4 demos" in printed) == (0, True), printed
    assert 1 <= len(seen) < 4
    assert stage_containers(client) == set()
    environment = {**os.environ, "DOCKER_HOST": address}
    done = quarterdeck("check", "demo-1", cwd=tmp_path, env=environment)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stderr


def test_nothing_is_left_on_any_engine_after_kill(second_engine: tuple[str, Any], tmp_path: Path) -> None:
    """The sweeper knows all of them."""
    address, client = second_engine
    write_demos(tmp_path, {f"demo-{number}": demo("sleep 100") for number in range(2)}, OFFLINE)
    own = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    environment = {**os.environ, "DOCKER_HOST": f"{own},{address}"}
    command = [sys.executable, "-m", "quarterdeck", "check"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: len(stage_containers(client)) == 1, timeout_s=90)
        process.kill()
    wait_until(lambda: not stage_containers(client))
