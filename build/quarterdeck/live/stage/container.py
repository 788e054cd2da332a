"""The container stage: one container, or two that share a network namespace, removed after the run.

One container costs half as much as two, so registry and shells share it where they can: with the built-in image,
without an engine of the stage's own, and without a memory limit, which is not for the registry. Of two containers, that
of the registry owns the namespace. So `localhost:5000` is the registry, nothing is published on the host, and any
number of stages stand side by side. (Rejected: a registry published on the host, whose port is taken on half of all
machines and whose address would have to be rewritten in the demo.)
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.client import engine_errors
from quarterdeck.live.engine.exec import ExecProcess, run_in
from quarterdeck.live.engine.images import Say, find_stage_image, require_images
from quarterdeck.live.engine.lease import ContainerGroup, RunLease
from quarterdeck.live.process import Surroundings, finish
from quarterdeck.live.scripts import script
from quarterdeck.live.stage.protocol import Stage, read_versions

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

_CAPABILITIES = ["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "MKNOD", "SYS_CHROOT", "NET_RAW", "SETFCAP", "DAC_READ_SEARCH"]
"""What an engine in a container needs. `privileged` is more, which some hosts cannot give."""

_PROCESS_LIMIT = 4096
"""For a stage, its engine and the containers of that: a demo that forks without end must not stop the machine."""


@dataclass(eq=False, slots=True)
class ContainerStage(Stage):
    """A stage of one or two containers."""

    settings: StageSettings
    registry: Container
    shells: Container
    """Where demos run; it may be the registry's."""
    lease: RunLease
    home: str = "/home/demo"
    files: str = "/dev/shm/quarterdeck"
    mark: str = ""

    def start(self, *command: str, terminal: bool = False, **surroundings: Unpack[Surroundings]) -> ExecProcess:
        return ExecProcess(self.shells, command, terminal=terminal, **surroundings)

    def run(self, *command: str, **surroundings: Unpack[Surroundings]) -> tuple[int, str]:
        return run_in(self.shells, *command, **surroundings)

    def unpack(self, archive: bytes) -> None:
        # docker's own `put_archive` writes nothing into a tmpfs, and takes ten times as long for many small files.
        status, output = self._feed([archive], "tar", "-xf", "-", "-C", "/")
        if status:
            why = output.strip().split("\n")[0]
            raise StageError(f"the stage does not take the demo's files: {why}", "does the stage's image have tar?")

    def load_image(self, client: DockerClient, name: str) -> None:
        """Copy the image *name* of the user's engine into the stage's engine.

        Raises:
            StageError: An engine refuses.
        """
        with engine_errors(f"preload: the engine does not give {name}"):
            archive = client.images.get(name).save(named=True)
        status, output = self._feed(archive, "docker", "load", "--quiet")
        if status:
            raise StageError(f"preload: the stage's engine does not take {name}: {output}")

    def versions(self) -> tuple[tuple[str, str], ...]:
        return read_versions(self, self.shells.attrs["Image"])

    def out_of_memory(self) -> int:
        if not self.settings.memory:
            return 0
        files = "/sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control"
        match = re.search(r"^oom_kill (\d+)", self.run("sh", "-c", f"cat {files} 2>/dev/null")[1], re.MULTILINE)
        return int(match[1]) if match else 0

    def find_leftovers(self) -> tuple[str, ...]:
        """None: the stage has an engine of its own."""
        return ()

    def abandon(self) -> None:
        """Nothing to do: all that runs is in the stage's containers."""

    def _feed(self, pieces: Iterable[bytes], *command: str) -> tuple[int, str]:
        """Run *command* with *pieces* as its input; its exit status and its output."""
        process = self.start(*command)
        for piece in pieces:
            process.write(piece)
        process.end_input()
        return finish(process)


@contextlib.contextmanager
def open_container_stage(
    project: Project, settings: StageSettings, lease: RunLease, say: Say
) -> Iterator[ContainerStage]:
    """A stage of one or two containers; they are gone when this ends, however it ends.

    Raises:
        StageError: No engine answers, an image of `preload` is missing, or the stage does not come up.
    """
    client = lease.engine.connect()
    shipped = ""
    if settings.image is None or settings.registry is None:
        shipped = find_stage_image(client, project, say)
    require_images(client, settings.preload)
    with ContainerGroup(lease, client) as containers:
        network: dict[str, Any] = {} if settings.network else {"network_mode": "none"}
        options = network | {"hostname": "quarterdeck"}
        ready = (script("ready.sh"), "yes" if settings.engine else "no")
        if is_one_container(settings):
            registry = shells = containers.start(
                shipped, "registry.sh", ready=ready, pids_limit=_PROCESS_LIMIT, **options
            )
        else:
            registry = containers.start(settings.registry or shipped, "registry.sh", **options)
            options = engine_options(registry, settings)
            shells = containers.start(settings.image or shipped, "engine.sh", ready=ready, **options)
        containers.hold_all()
        stage = ContainerStage(settings, registry, shells, lease)
        for name in settings.preload:
            say(f"copying {name} onto the stage")
            stage.load_image(client, name)
        yield stage


def is_one_container(settings: StageSettings) -> bool:
    """Whether the shells of a stage with these settings are in the registry's container."""
    return not settings.engine and settings.image is settings.registry is settings.memory is None


def engine_options(registry: Container, settings: StageSettings) -> dict[str, Any]:
    """Arguments of docker's `containers.run` for the container of the engine, which joins the network of *registry*."""
    from docker.types import Mount

    options: dict[str, Any] = {
        "network_mode": f"container:{registry.id}",
        "mem_limit": settings.memory,
        "memswap_limit": settings.memory,
        "pids_limit": _PROCESS_LIMIT,
    }
    if settings.engine:
        store = Mount("/var/lib/docker", None, "tmpfs" if settings.disk else "volume", tmpfs_size=settings.disk)
        options |= {
            "cap_add": _CAPABILITIES,
            "security_opt": ["seccomp=unconfined", "apparmor=unconfined"],
            "mounts": [store],
        }
    return options
