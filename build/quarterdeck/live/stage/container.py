"""The stage: a registry, an engine and a place for shells around a running demo, thrown away after it.

Two containers of one image share a network namespace: the registry's owns it, so `localhost:5000` is the
registry's in both, nothing is published on the host, and any number of stages stand side by side. (Rejected: a
registry published on the host, whose port is taken on half of all machines and whose address would have to be
rewritten in the demo.)
"""

from __future__ import annotations

import contextlib
import re
import select
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.client import PATIENCE_S, Stream, client_options, connect, make_steady, run_in, script
from quarterdeck.live.engine.images import Say, find_stage_image
from quarterdeck.live.engine.lease import run_labels, take_lease

if TYPE_CHECKING:
    from quarterdeck.live.stage.local_host import Process

Running: TypeAlias = "Stream | Process"
"""A process on a stage."""

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
"""What an engine in a container needs. `privileged` asks for more, which some hosts cannot give."""

_MOST_PROCESSES = 4096
"""Of a stage, its engine and the containers of that: a demo that forks without end must not stop the machine."""

_STORE = "/var/lib/docker"

_VERSIONS: dict[tuple[str, str, bool], tuple[tuple[str, str], ...]] = {}
"""What was found out of images already, in this process."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that answers: processes can be started on it."""

    shells: Any
    """Where demos run: a container (of docker's client), or a `machine.Machine`, which has the methods we use."""
    registry: Any
    """The container of the registry."""
    settings: StageSettings
    open_stream: Callable[..., Running]
    """Starts a process where demos run; takes what `engine.Stream` does after the container."""
    home: str = "/home/demo"
    """The folder of the demos' working folders, and their HOME in a container."""
    files: str = "/dev/shm/quarterdeck"
    """Where our own files are: in memory, since each step is one, and its notes are another."""
    mark: str = ""
    """What makes the names of its sessions other than those of all other stages, where one machine has several."""
    find_leftovers: Callable[[], tuple[str, ...]] = tuple
    """Sentences on what the demos so far have left on the user's engine; a stage of its own leaves nothing."""

    def versions(self) -> tuple[tuple[str, str], ...]:
        """What stands around the demo, for its recording: `("registry", "distribution 2.8.2"), …`."""
        inside = self.settings.kind == "container"
        shells = self.shells.attrs["Image"] if inside else "this machine"
        images = (self.registry.attrs["Image"], shells, self.settings.engine)
        if images not in _VERSIONS:
            command = "docker-registry --version || registry --version || /bin/registry --version"
            found = [("registry", f"distribution {_version(run_in(self.registry, 'sh', '-c', command)[1])}")]
            if self.settings.engine:
                _, text = run_in(self.shells, "sh", "-c", "docker version --format '{{.Server.Version}}'")
                found.append(("engine", f"docker {_version(text)}"))
            _VERSIONS[images] = tuple(found)
        return _VERSIONS[images]

    def out_of_memory(self) -> int:
        """How many processes have been killed for want of memory; 0 where `memory` sets no limit."""
        if not self.settings.memory:
            return 0
        files = "/sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control"
        found = re.search(
            r"^oom_kill (\d+)", run_in(self.shells, "sh", "-c", f"cat {files} 2>/dev/null")[1], re.MULTILINE
        )
        return int(found[1]) if found else 0

    def registry_log(self) -> str:
        """The registry's log up to now: one line a request, in combined format."""
        return run_in(self.registry, "cat", "/run/quarterdeck/registry.log")[1]


def _no_container(image: str, error: Exception) -> StageError:
    """That a container of *image* does not start, in the engine's own words."""
    why = getattr(error, "explanation", None) or error
    with contextlib.suppress(Exception):
        connect().images.get(image)
        return StageError(f"a container of {image} does not start: {why}", "see `quarterdeck doctor`")
    return StageError(
        f"the engine has no image {image}, and cannot pull it: {why}",
        f"docker pull {image}, or mend `image` and `registry` in [stage] or in the demo's `stage:`",
    )


Opener = Callable[[Project, StageSettings, Say], contextlib.AbstractContextManager[Stage]]


@contextlib.contextmanager
def open_container_stage(project: Project, settings: StageSettings, say: Say) -> Iterator[Stage]:
    """A stage of two containers; both are gone when this ends, however it ends.

    Raises:
        StageError: No engine answers, or the stage does not come up.
    """
    client = connect()
    shipped = ""
    if settings.image is None or settings.registry is None:
        shipped = find_stage_image(client, project, say)
    with contextlib.ExitStack() as stack:
        containers = stack.enter_context(thrown_away_together())
        network: dict[str, Any] = {} if settings.network else {"network_mode": "none"}
        registry = containers.start(settings.registry or shipped, "registry.sh", hostname="quarterdeck", **network)
        shells = containers.start(settings.image or shipped, "engine.sh", **_engine_options(registry, settings))
        stage = Stage(shells, registry, settings, partial(Stream, shells))
        status, output = run_in(shells, "bash", "-c", script("ready.sh"), "ready", "yes" if settings.engine else "no")
        if status:
            raise StageError(f"the stage does not come up:\n{output.strip()}", "see `quarterdeck doctor`")
        for image in settings.preload:
            _preload(client, image, stage, say)
        yield stage


def open_host_stage(project: Project, settings: StageSettings, say: Say) -> contextlib.AbstractContextManager[Stage]:
    """A stage on the user's own machine; see `host`, which is imported for it only."""
    from quarterdeck.live.stage import host

    return host.open_host_stage(project, settings, say)


def abandon(stage: Stage) -> None:
    """End what runs on a stage of the user's own machine, from another thread; in containers it ends with these."""
    if stage.settings.kind == "host":
        stage.shells.close()


STAGES: Mapping[str, Opener] = {"container": open_container_stage, "host": open_host_stage}
"""The kinds of stages, by the name that `kind` in `[stage]` has for them."""


def open_stage(
    project: Project, settings: StageSettings | None = None, say: Say | None = None
) -> contextlib.AbstractContextManager[Stage]:
    """A stage as *settings* have it, else as the project's."""
    settings = settings or project.stage
    return STAGES[settings.kind](project, settings, say or _say_nothing)


def _say_nothing(_sentence: str) -> None:
    """For those who do not want to know."""


def _engine_options(registry: Any, settings: StageSettings) -> dict[str, Any]:
    from docker.types import Mount

    options: dict[str, Any] = {
        "network_mode": f"container:{registry.id}",
        "environment": {"QUARTERDECK_ENGINE": "yes" if settings.engine else "no"},
        "mem_limit": settings.memory,
        "memswap_limit": settings.memory,
        "pids_limit": _MOST_PROCESSES,
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


class _Containers:
    """Containers that we started, each with its lease."""

    def __init__(self) -> None:
        self._started: list[tuple[Any, Stream | None]] = []

    def start(
        self,
        image: str,
        name: str,
        environment: Mapping[str, str] | None = None,
        *,
        publish: int | None = None,
        **options: Any,
    ) -> Any:
        """Start a container of *image* whose first process is the script *name*; docker's own object of it.

        With *publish*, that port of it is also that of this machine, for this machine only.

        Raises:
            StageError: The engine refuses, or the container ends at once.
        """
        import docker
        from testcontainers.core.config import testcontainers_config
        from testcontainers.core.container import DockerContainer

        testcontainers_config.ryuk_disabled = True
        command = script("hold.sh") + script(name)
        wanted = (
            DockerContainer(image, docker_client_kw={"timeout": PATIENCE_S, **client_options()})
            .with_envs(**(environment or {}))
            .with_kwargs(entrypoint=["sh", "-c", command], labels=run_labels(), auto_remove=True, **options)
        )
        if publish:
            wanted.ports[f"{publish}/tcp"] = ("127.0.0.1", publish)  # type: ignore[assignment]
        make_steady(wanted.get_docker_client().client)
        try:
            wanted.start()
        except (docker.errors.DockerException, OSError) as error:
            with contextlib.suppress(Exception):
                wanted.stop()
            raise _no_container(image, error) from error
        except BaseException:
            with contextlib.suppress(Exception):
                wanted.stop()
            raise
        self._started.append((wanted, None))
        container = wanted.get_wrapped_container()
        self._started[-1] = (wanted, take_lease(container))
        return container

    def throw_away(self) -> None:
        """Remove all of them at once, with their volumes."""
        threads = [threading.Thread(target=self._remove, args=one) for one in self._started]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @staticmethod
    def _remove(wanted: Any, lease: Stream | None) -> None:
        # What the engine says against a removal no longer matters: the lease ends the container all the same.
        with contextlib.suppress(Exception):
            wanted.stop()
        if lease is not None:
            lease.close()


@contextlib.contextmanager
def thrown_away_together() -> Iterator[_Containers]:
    """Something that starts containers, all of which are gone when this ends."""
    containers = _Containers()
    try:
        yield containers
    finally:
        containers.throw_away()


def _preload(client: Any, name: str, stage: Stage, say: Say) -> None:
    """Copy an image of the user's engine into the stage's engine."""
    import docker

    say(f"copying {name} onto the stage")
    try:
        data = client.images.get(name).save(named=True)
    except docker.errors.ImageNotFound as error:
        raise StageError(f"preload: the engine has no image {name}", f"docker pull {name}") from error
    except docker.errors.DockerException as error:
        raise StageError(f"preload: the engine does not give {name}: {error}") from error
    stream = Stream(stage.shells, ["docker", "load", "--quiet"], terminal=False)
    for chunk in data:
        stream.write(chunk)
    stream.end_input()
    printed = b""
    while not stream.ended:
        select.select([stream], [], [])
        printed += stream.read()
    stream.close()
    if stream.exit_status():
        raise StageError(f"preload: the stage's engine does not take {name}: {printed.decode('utf-8', 'replace')}")


def _version(text: str) -> str:
    match = re.search(r"\d+\.\d+(?:\.\d+)?", text)
    return match[0] if match else "unknown"
