"""What a stage is, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.images import Say
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.process import Process

if TYPE_CHECKING:
    from docker.models.containers import Container


class Stage(Protocol):
    """A registry at localhost:5000, and a place where processes of demos run. It answers as long as it is open."""

    @property
    def settings(self) -> StageSettings:
        """What it was opened with."""
        ...

    @property
    def registry(self) -> Container:
        """The container of the registry."""
        ...

    @property
    def home(self) -> str:
        """The folder of the demos' working folders, and their HOME in a container."""
        ...

    @property
    def files(self) -> str:
        """The folder of our own files: in memory where possible, since each step is one."""
        ...

    @property
    def mark(self) -> str:
        """A prefix for names of its sessions, which no other stage on the same machine has."""
        ...

    def start(
        self,
        *command: str,
        terminal: bool = False,
        workdir: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start *command*, on a terminal of its own or with pipes.

        Raises:
            StageError: It does not start, or the stage is gone.
        """
        ...

    def run(
        self, *command: str, workdir: str | None = None, environment: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Run *command* without input to its end; its exit status and its output.

        Raises:
            StageError: It does not start, or the stage is gone.
        """
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
