"""What a machine has and lacks for running demos."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import Project
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.images import has_image, stage_tag

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that demos need or that helps them, and whether this machine has it."""

    what: str
    """The result as a sentence."""
    fine: bool = True
    cure: str = ""
    """The command that fixes it."""
    needed: bool = False
    """Whether demos cannot run without it."""


def examine(project: Project | None) -> tuple[Requirement, ...]:
    """Look at Python, the engine, the stage's image of *project* and what else helps; changes nothing."""
    python = Requirement(f"Python {platform.python_version()} at {sys.executable}")
    git = _program(
        "git, to know which files belong to a demo", "no git: every file beside a demo counts as its own", "git"
    )
    browsers = ("chromium", "chromium-browser", "google-chrome")
    browser = _program(
        "a browser to test decks with: {path}", "no Chromium on the path (only our tests need one)", *browsers
    )
    return (python, *_engine(project), git, browser)


def _engine(project: Project | None) -> tuple[Requirement, ...]:
    try:
        client = Engine().connect()
    except StageError as error:
        return (Requirement(error.what, fine=False, cure=engine_fix(), needed=True),)
    info = client.version()
    what = f"Docker engine {info.get('Version', '?')} ({info.get('Os', '?')}/{info.get('Arch', '?')})"
    return Requirement(what), *_images(client, project)


def _images(client: DockerClient, project: Project | None) -> Iterator[Requirement]:
    """The images of the stages of *project*: the configured ones, else the image that is built."""
    configured = [name for name in (project.stage.image, project.stage.registry) if name] if project else []
    for name in configured:
        present = has_image(client, name)
        what = f"the image {name} of [stage]" + ("" if present else " is not there: a run would have to pull it")
        yield Requirement(what, present, f"docker pull {name}")
    if len(configured) == 2:
        return
    tag = stage_tag(project)
    if has_image(client, tag):
        yield Requirement(f"the stage's image: {tag}")
        return
    cure = "the next `quarterdeck check` builds it (once; about a minute)"
    yield Requirement(f"the stage's image {tag} is not there: it will be built", fine=False, cure=cure)
    why = "to make a base image where none can be pulled"
    yield _program(f"mmdebstrap, {why}", "no mmdebstrap: the base image must be pulled", "mmdebstrap")


def _program(present: str, missing: str, *names: str) -> Requirement:
    """A program that helps, under any of *names*; the first is that of its package in Debian."""
    if path := next(filter(None, map(shutil.which, names)), None):
        return Requirement(present.format(path=path))
    return Requirement(missing, fine=False, cure=f"apt-get install {names[0]}")


def engine_fix() -> str:
    """What starts an engine on this machine."""
    if sys.platform == "darwin":
        return "start Docker Desktop, or another engine, and set DOCKER_HOST if it is elsewhere"
    if elsewhere := os.environ.get("DOCKER_HOST"):
        return f"start the engine at {elsewhere}, or unset DOCKER_HOST"
    if shutil.which("dockerd"):
        start = "systemctl start docker" if os.path.isdir("/run/systemd/system") else "dockerd &"  # noqa: PTH112
        return start if os.geteuid() == 0 else f"sudo {start}; sudo adduser $USER docker"
    return "apt-get install docker.io" if os.geteuid() == 0 else "sudo apt-get install docker.io"
