"""The stage's image: its tag, and interruptions while it is being built."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.project import load_project
from quarterdeck.base.shipped import shipped_templates
from quarterdeck.live.engine.images import stage_tag
from support.projects import MakeProject, quarterdeck
from support.waiting import wait_until

SHIPPED = shipped_templates() / "stage" / "Dockerfile"
HELLO = "# Hello\n# One\necho hello\n"
MAKE_BASE = """
import signal, sys
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine import images
def interrupt(*_):
    raise KeyboardInterrupt
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, interrupt)
images._BASE_REPOSITORY = "quarterdeck-test-no-such-base"
try:
    images._make_base(Engine().connect(), "debian:trixie-slim", lambda sentence: None)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_the_tag_is_that_of_the_inputs(make_project: MakeProject) -> None:
    """A project's own Dockerfile, or a file beside it, makes another image; outside of a project it is the shipped."""
    root = make_project({})
    shipped = stage_tag(load_project(root))
    assert stage_tag(None) == shipped
    make_project({"templates/stage/Dockerfile": SHIPPED.read_text("utf-8")})
    assert stage_tag(load_project(root)) == shipped
    make_project({"templates/stage/more.txt": "more\n"})
    assert stage_tag(load_project(root)) != shipped


def test_doctor_says_what_will_be_built(engine: Any, make_project: MakeProject, stage_image: str) -> None:
    """Only an image of the project's own inputs is the stage's; another one helps nobody."""
    done = quarterdeck("doctor", cwd=make_project({}))
    assert f"the stage's image: {stage_image}\n" in done.stdout
    root = make_project({"templates/stage/Dockerfile": "FROM scratch\n"})
    done = quarterdeck("doctor", cwd=root)
    tag = stage_tag(load_project(root))
    assert f"--  the stage's image {tag} is not there: it will be built\n" in done.stdout
    assert done.returncode == 0
    (root / "quarterdeck.toml").write_text('[stage]\nimage = "quarterdeck-test:no-such"\n')
    done = quarterdeck("doctor", cwd=root)
    assert (
        "--  the image quarterdeck-test:no-such of [stage] is not there: a run would have to pull it\n" in done.stdout
    )
    assert "fix: docker pull quarterdeck-test:no-such\n" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ignored", [False, True])
def test_interrupted_while_the_image_is_built(
    engine: Any, make_project: MakeProject, stage_image: str, number: signal.Signals, ignored: bool
) -> None:
    """Status 130 at once, and the engine stops building; also where a shell ignored SIGINT for us (`record &`)."""
    mark = f"{os.getpid()}-{number}-{ignored}"
    dockerfile = f"FROM {stage_image}\nRUN echo {mark} && sleep 120\n"
    root = make_project({"templates/stage/Dockerfile": dockerfile, "commands/hello.demo": HELLO})
    command = [sys.executable, "-m", "quarterdeck", "record"]
    ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if ignored else None
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=ignore
    ) as process:
        wait_until(lambda: _building(engine, mark))
        process.send_signal(number)
        _, stderr = process.communicate(timeout=20)
    assert (process.returncode, stderr.strip().split("\n")[-1]) == (130, "interrupted")
    wait_until(lambda: not _building(engine, mark))
    assert stage_tag(load_project(root)) not in [tag for image in engine.images.list() for tag in image.tags]


@pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="needed only where the base image can't be pulled")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_the_base_is_made(engine: Any, tmp_path: Path, number: signal.Signals) -> None:
    """The whole of mmdebstrap ends with us, and nothing that it made is left."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", MAKE_BASE], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_until(lambda: [path for path in tmp_path.rglob("*") if path.name.startswith("mmdebstrap")])
        time.sleep(1)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=20)
    assert (process.returncode, stderr) == (130, "")
    assert list(tmp_path.iterdir()) == []
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in processes


def _building(engine: Any, mark: str) -> bool:
    """Whether the engine runs a build's step that names *mark*."""
    containers = engine.api.containers(all=False)
    return any(mark in one["Command"] for one in containers)
