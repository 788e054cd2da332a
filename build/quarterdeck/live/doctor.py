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
class Finding:
    """The result of one check."""

    what: str
    """The result as a sentence."""
    fine: bool
    cure: str = ""
    """The command that fixes it."""
    needed: bool = True
    """Whether demos cannot run without it."""


def examine(project: Project | None) -> tuple[Finding, ...]:
    """Look at Python, the engine, the stage's image of *project* and what else helps; changes nothing."""
    return (_python(), *_engine(project), _git(), _browser())


def _python() -> Finding:
    return Finding(f"Python {platform.python_version()} at {sys.executable}", fine=sys.version_info >= (3, 11))


def _engine(project: Project | None) -> tuple[Finding, ...]:
    try:
        client = Engine().connect()
    except StageError as error:
        return (Finding(error.what, fine=False, cure=_engine_cure()),)
    info = client.version()
    engine = Finding(
        f"Docker engine {info.get('Version', '?')} ({info.get('Os', '?')}/{info.get('Arch', '?')})", fine=True
    )
    return engine, *_images(client, project)


def _images(client: DockerClient, project: Project | None) -> Iterator[Finding]:
    """The images of the stages of *project*: the configured ones, else the one that is built."""
    configured = [name for name in (project.stage.image, project.stage.registry) if name] if project else []
    for name in configured:
        present = has_image(client, name)
        what = f"the image {name} of [stage]" + ("" if present else " is not there: a run would have to pull it")
        yield Finding(what, fine=present, cure=f"docker pull {name}", needed=False)
    if len(configured) == 2:
        return
    tag = stage_tag(project)
    if has_image(client, tag):
        yield Finding(f"the stage's image: {tag}", fine=True)
        return
    cure = "the next `quarterdeck check` builds it (once; about a minute)"
    yield Finding(f"the stage's image {tag} is not there: it will be built", fine=False, cure=cure, needed=False)
    yield _base()


def _base() -> Finding:
    if shutil.which("mmdebstrap"):
        return Finding("mmdebstrap, to make a base image where none can be pulled", fine=True)
    cure = "apt-get install mmdebstrap"
    return Finding("no mmdebstrap: the base image must be pulled", fine=False, cure=cure, needed=False)


def _engine_cure() -> str:
    if sys.platform == "darwin":
        return "start Docker Desktop, or another engine, and set DOCKER_HOST if it is elsewhere"
    if elsewhere := os.environ.get("DOCKER_HOST"):
        return f"start the engine at {elsewhere}, or unset DOCKER_HOST"
    if shutil.which("dockerd"):
        start = "systemctl start docker" if os.path.isdir("/run/systemd/system") else "dockerd &"  # noqa: PTH112
        return start if os.geteuid() == 0 else f"sudo {start}; sudo adduser $USER docker"
    return "apt-get install docker.io" if os.geteuid() == 0 else "sudo apt-get install docker.io"


def _git() -> Finding:
    if shutil.which("git"):
        return Finding("git, to know which files belong to a demo", fine=True)
    return Finding(
        "no git: every file beside a demo counts as its own", fine=False, cure="apt-get install git", needed=False
    )


def _browser() -> Finding:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return Finding(f"a browser to test decks with: {path}", fine=True, needed=False)
    return Finding(
        "no Chromium on the path (only our tests need one)", fine=False, cure="apt-get install chromium", needed=False
    )
