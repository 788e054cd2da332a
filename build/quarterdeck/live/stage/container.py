"""The container stage: two containers of one image that share a network namespace, removed after the run.

The registry's container owns the namespace, so `localhost:5000` is the registry in both, nothing is published on the
host, and any number of stages stand side by side. (Rejected: a registry published on the host, whose port is taken on
half of all machines and whose address would have to be rewritten in the demo.)
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.client import READ_TIMEOUT_S, make_steady
from quarterdeck.live.engine.exec import ExecProcess, run_in
from quarterdeck.live.engine.images import Say, find_stage_image
from quarterdeck.live.engine.lease import RunLease, hold
from quarterdeck.live.process import finish
from quarterdeck.live.scripts import script
from quarterdeck.live.stage.versions import read_versions

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container
    from testcontainers.core.container import DockerContainer

_CAPABILITIES = (
    "SYS_ADMIN",
    "NET_ADMIN",
    "SYS_PTRACE",
    "MKNOD",
    "SYS_CHROOT",
    "NET_RAW",
    "SETFCAP",
    "DAC_READ_SEARCH",
)
"""What an engine in a container needs. `privileged` is more, which some hosts cannot give."""

_PROCESS_LIMIT = 4096
"""For a stage, its engine and the containers of that: a demo that forks without end must not stop the machine."""

_STORE = "/var/lib/docker"


@dataclass(frozen=True, slots=True)
class ContainerStage:
    """See `Stage`."""

    settings: StageSettings
    registry: Container
    shells: Container
    """Where demos run."""
    lease: RunLease
    home: str = "/home/demo"
    files: str = "/dev/shm/quarterdeck"
    mark: str = ""

    def start(
        self,
        *command: str,
        terminal: bool = False,
        workdir: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> ExecProcess:
        """See `Stage`."""
        return ExecProcess(self.shells, command, terminal=terminal, workdir=workdir, environment=environment)

    def run(
        self, *command: str, workdir: str | None = None, environment: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """See `Stage`."""
        return run_in(self.shells, *command, workdir=workdir, environment=environment)

    def unpack(self, archive: bytes) -> None:
        """See `Stage`.

        docker's own `put_archive` writes nothing into a tmpfs, and takes ten times as long for many small files.
        """
        tar = self.start("tar", "-xf", "-", "-C", "/")
        tar.write(archive)
        tar.end_input()
        status, output = finish(tar)
        if status:
            why = output.strip().split("\n")[0]
            raise StageError(f"the stage does not take the demo's files: {why}", "does the stage's image have tar?")

    def versions(self) -> tuple[tuple[str, str], ...]:
        """See `Stage`."""
        images = (self.registry.attrs["Image"], self.shells.attrs["Image"], str(self.settings.engine))
        if images not in self.lease.versions:
            self.lease.versions[images] = read_versions(self)
        return self.lease.versions[images]

    def out_of_memory(self) -> int:
        """See `Stage`."""
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


@contextlib.contextmanager
def open_container_stage(
    project: Project, settings: StageSettings, lease: RunLease, say: Say
) -> Iterator[ContainerStage]:
    """A stage of two containers; both are gone when this ends, however it ends.

    Raises:
        StageError: No engine answers, or the stage does not come up.
    """
    client = lease.engine.connect()
    shipped = ""
    if settings.image is None or settings.registry is None:
        shipped = find_stage_image(client, project, say)
    with container_group(lease) as containers:
        network: dict[str, Any] = {} if settings.network else {"network_mode": "none"}
        registry = containers.start(settings.registry or shipped, "registry.sh", hostname="quarterdeck", **network)
        shells = containers.start(settings.image or shipped, "engine.sh", **engine_options(registry, settings))
        stage = ContainerStage(settings, registry, shells, lease)
        try:
            status, output = stage.run("bash", "-c", script("ready.sh"), "ready", "yes" if settings.engine else "no")
        finally:
            containers.hold_all()  # says more of a container that has ended
        if status:
            raise StageError(f"the stage does not come up:\n{output.strip()}", "see `quarterdeck doctor`")
        for image in settings.preload:
            _preload(client, image, stage, say)
        yield stage


def engine_options(registry: Container, settings: StageSettings) -> dict[str, Any]:
    """Arguments of `containers.create` for the container of the engine, which joins the network of *registry*."""
    from docker.types import Mount

    options: dict[str, Any] = {
        "network_mode": f"container:{registry.id}",
        "environment": {"QUARTERDECK_ENGINE": "yes" if settings.engine else "no"},
        "mem_limit": settings.memory,
        "memswap_limit": settings.memory,
        "pids_limit": _PROCESS_LIMIT,
    }
    if settings.engine:
        store = Mount(_STORE, None, type="volume")
        if settings.disk:
            store = Mount(_STORE, None, type="tmpfs", tmpfs_size=settings.disk)
        options |= {
            "cap_add": list(_CAPABILITIES),
            "security_opt": ["seccomp=unconfined", "apparmor=unconfined"],
            "mounts": [store],
        }
    return options


class ContainerGroup:
    """Containers that are started one by one and removed together."""

    def __init__(self, lease: RunLease) -> None:
        self._lease = lease
        self._started: list[DockerContainer] = []
        self._threads = ThreadPoolExecutor()
        self._holders: list[Future[ExecProcess]] = []

    def start(
        self,
        image: str,
        name: str,
        environment: Mapping[str, str] | None = None,
        *,
        publish: int | None = None,
        **options: Any,
    ) -> Container:
        """Start a container of *image* whose first process is the script *name*; `hold_all` comes later.

        Args:
            image: Its name or digest.
            name: A file of `scripts/`.
            environment: Variables of the script.
            publish: A port of the container that is published under the same number for this machine only.
            options: Further arguments of docker's `containers.create`.

        Raises:
            StageError: The engine refuses.
        """
        import docker
        from testcontainers.core.container import DockerContainer

        command = script("hold.sh") + script(name)
        container = (
            DockerContainer(image, docker_client_kw={"timeout": READ_TIMEOUT_S, **self._lease.engine.client_options})
            .with_envs(**(environment or {}))
            .with_kwargs(entrypoint=["sh", "-c", command], labels=self._lease.labels, auto_remove=True, **options)
        )
        if publish:
            container.ports[f"{publish}/tcp"] = ("127.0.0.1", publish)  # type: ignore[assignment]
        make_steady(container.get_docker_client().client)
        self._started.append(container)
        try:
            container.start()
        except (docker.errors.DockerException, OSError) as error:
            raise self._explain(image, error) from error
        started = container.get_wrapped_container()
        self._holders.append(self._threads.submit(hold, started))
        return started

    def hold_all(self) -> None:
        """Wait until all of them are held.

        Raises:
            StageError: One has no shell, or ended at once.
        """
        for holder in self._holders:
            holder.result()

    def remove(self) -> None:
        """Remove all of them at once, with their volumes."""
        list(self._threads.map(_remove, self._started))
        self._threads.shutdown()
        for holder in self._holders:
            if holder.exception() is None:
                holder.result().close()

    def _explain(self, image: str, error: Exception) -> StageError:
        """Why a container of *image* does not start, in the engine's own words."""
        why = getattr(error, "explanation", None) or error
        with contextlib.suppress(Exception):
            self._lease.engine.connect().images.get(image)
            return StageError(f"a container of {image} does not start: {why}", "see `quarterdeck doctor`")
        return StageError(
            f"the engine has no image {image}, and cannot pull it: {why}",
            f"docker pull {image}, or fix `image` and `registry` in [stage] or in the demo's `stage:`",
        )


def _remove(container: DockerContainer) -> None:
    # What the engine says against a removal does not matter: without its holder the container ends all the same.
    with contextlib.suppress(Exception):
        container.stop()


@contextlib.contextmanager
def container_group(lease: RunLease) -> Iterator[ContainerGroup]:
    """A group of containers, all of which are gone when this ends."""
    containers = ContainerGroup(lease)
    try:
        yield containers
    finally:
        containers.remove()


def _preload(client: DockerClient, name: str, stage: ContainerStage, say: Say) -> None:
    """Copy an image of the user's engine into the stage's engine."""
    import docker

    say(f"copying {name} onto the stage")
    try:
        archive = client.images.get(name).save(named=True)
    except docker.errors.ImageNotFound as error:
        raise StageError(f"preload: the engine has no image {name}", f"docker pull {name}") from error
    except docker.errors.DockerException as error:
        raise StageError(f"preload: the engine does not give {name}: {error}") from error
    loading = stage.start("docker", "load", "--quiet")
    for piece in archive:
        loading.write(piece)
    loading.end_input()
    status, output = finish(loading)
    if status:
        raise StageError(f"preload: the stage's engine does not take {name}: {output}")
