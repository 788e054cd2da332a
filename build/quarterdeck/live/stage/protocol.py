"""What a stage is, whatever its kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, Unpack

from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.exec import run_in
from quarterdeck.live.engine.images import Say
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.process import Process, Surroundings

if TYPE_CHECKING:
    from docker.models.containers import Container

_REGISTRY_VERSION = ("sh", "-c", "docker-registry --version || registry --version || /bin/registry --version")
_ENGINE_VERSION = ("docker", "version", "--format", "{{.Server.Version}}")


class Stage(Protocol):
    """A registry at localhost:5000, and a place where processes of demos run. It answers as long as it is open."""

    settings: StageSettings
    """What it was opened with."""
    registry: Container
    """The container of the registry."""
    lease: RunLease
    """The run that it belongs to."""
    home: str
    """The folder of the demos' working folders, and their HOME in a container."""
    files: str
    """The folder of our own files, such as those of steps: in memory where possible."""
    mark: str
    """A prefix for names of its sessions, which no other stage on the same machine has."""

    def start(self, *command: str, terminal: bool = False, **surroundings: Unpack[Surroundings]) -> Process:
        """Start *command*, on a terminal of its own or with pipes.

        Raises:
            StageError: It does not start, or the stage is gone.
        """
        ...

    def run(self, *command: str, **surroundings: Unpack[Surroundings]) -> tuple[int, str]:
        """Run *command* without input to its end; its exit status and its output. Raises what `start` does."""
        ...

    def unpack(self, archive: bytes) -> None:
        """Unpack a tar *archive*, which we made, into the root folder.

        Raises:
            StageError: The files cannot be written.
        """
        ...

    def versions(self) -> tuple[tuple[str, str], ...]:
        """What stands around the demo, for its recording: `("registry", "distribution 2.8.2"), …`."""
        ...

    def out_of_memory(self) -> int:
        """How many processes the memory limit has killed so far; 0 without a limit."""
        ...

    def find_leftovers(self) -> tuple[str, ...]:
        """A sentence for each kind of thing that demos have left on the user's engine."""
        ...

    def abandon(self) -> None:
        """End what runs, from another thread, where removing the stage's containers does not."""
        ...


StageOpener = Callable[[Project, StageSettings, RunLease, Say], AbstractContextManager[Stage]]
"""Opens a stage; when its context ends, nothing of the stage is left."""


def read_versions(stage: Stage, shells: str) -> tuple[tuple[str, str], ...]:
    """See `Stage.versions`. The programs are asked once in a run for each image; *shells* is that of the shells."""
    images = (stage.registry.attrs["Image"], shells, str(stage.settings.engine))
    if images not in stage.lease.versions:
        versions = [("registry", f"distribution {_number(run_in(stage.registry, *_REGISTRY_VERSION)[1])}")]
        if stage.settings.engine:
            versions.append(("engine", f"docker {_number(stage.run(*_ENGINE_VERSION)[1])}"))
        stage.lease.versions[images] = tuple(versions)
    return stage.lease.versions[images]


def _number(text: str) -> str:
    match = re.search(r"\d+\.\d+(?:\.\d+)?", text)
    return match[0] if match else "unknown"
