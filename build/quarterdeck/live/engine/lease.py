"""Leases: no container that we start outlives us, not even after `kill -9`.

Two lines of defence. Each container ends when the stream that its starter holds open ends (`scripts/hold.sh`,
`scripts/lease.sh`); that works over any connection. A container that was created and not started yet has no process
that could notice. So a second process, the reaper, waits for the end of this process and then removes what carries the
run's label. Where the engine cannot be reached then, the reaper of a later run removes what never started.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine import reaper
from quarterdeck.live.engine.client import LABEL, READ_TIMEOUT_S, RUN_LABEL, Engine, make_steady
from quarterdeck.live.engine.exec import ExecProcess
from quarterdeck.live.process import read_pieces, start_helper
from quarterdeck.live.scripts import script

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

_HOLDING_S = 120
"""Seconds until a container must be held: busy engines take long. As in `scripts/hold.sh`."""
_READY_S = 300
"""Seconds until a container's lease must be ready: its script gives up sooner, except on very busy machines."""


class RunLease:
    """A run on an engine. What it starts there carries its labels and is gone soon after this process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.run = f"{os.getpid()}-{uuid4().hex[:12]}"
        self.labels = {LABEL: "stage", RUN_LABEL: self.run}
        """The labels of every container of the run."""
        self.versions: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
        """The versions of what runs in images, by the ids of these: looking costs as much as a step."""
        self._incomplete = False
        self._reaper: subprocess.Popen[bytes] | None = None
        self._release = -1

    def __enter__(self) -> Self:
        """Start the reaper."""
        alive, self._release = os.pipe2(os.O_CLOEXEC)
        label = f"{RUN_LABEL}={self.run}"
        self._reaper = start_helper(reaper.__file__, label, input=alive, environment=self.engine.environment)
        os.close(alive)
        return self

    def __exit__(self, *_: object) -> None:
        """Dismiss the reaper, unless something may be left for it."""
        assert self._reaper is not None
        if self._incomplete:
            return  # it goes to work when this process ends, and the end of the pipe with it
        with contextlib.suppress(OSError):
            os.write(self._release, b"done")
        os.close(self._release)
        self._reaper.wait(10)

    def remove_all(self) -> None:
        """Remove every container of the run: what works in them ends. For a run that is given up."""
        try:
            reaper.remove_containers(self.engine.connect(), f"{RUN_LABEL}={self.run}")
        except Exception:  # whatever it is: the reaper tries again
            self.leave_to_reaper()

    def leave_to_reaper(self) -> None:
        """Let the reaper look once more when this process has ended, since something may be left."""
        self._incomplete = True


class ContainerGroup:
    """The containers of a stage, all of which are removed at the end of its `with`."""

    def __init__(self, lease: RunLease, client: DockerClient) -> None:
        """*client* is that of the lease's engine."""
        self._lease = lease
        self._client = client
        self._started: list[Container] = []
        self._threads = ThreadPoolExecutor()
        self._holders: list[Future[ExecProcess]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Remove all of them at once, with their volumes."""
        list(self._threads.map(_remove, self._started))
        self._threads.shutdown()
        for holder in self._holders:
            if holder.exception() is None:
                holder.result().close()

    def start(
        self,
        image: str,
        name: str,
        *,
        ready: Sequence[str] = (),
        environment: Mapping[str, str] = {},
        ports: Mapping[str, Any] = {},
        **options: Any,
    ) -> Container:
        """Start a container of *image* whose first process is the script *name*; `hold_all` comes later.

        *ready*: see `hold`. The other arguments are those of docker's `containers.run`.

        Raises:
            StageError: The engine refuses.
        """
        import docker
        from testcontainers.core.config import testcontainers_config
        from testcontainers.core.container import DockerContainer

        testcontainers_config.ryuk_disabled = True  # ours replaces its reaper, whose image may be out of reach
        client = {
            "timeout": READ_TIMEOUT_S,
            "environment": self._lease.engine.environment,
            "version": self._client.api.api_version,
        }
        options |= {"labels": self._lease.labels, "auto_remove": True}
        command = ["sh", "-c", script("hold.sh") + script(name)]
        container = DockerContainer(image, docker_client_kw=client).with_kwargs(entrypoint=command, **options)
        container.with_envs(**environment).ports.update(ports)
        make_steady(container.get_docker_client().client)
        try:
            container.start()
        except (docker.errors.DockerException, OSError) as error:
            raise self._explain(image, error) from error
        started = container.get_wrapped_container()
        self._started.append(started)
        self._holders.append(self._threads.submit(hold, started, ready))
        return started

    def hold_all(self) -> None:
        """Wait until all of them are held and ready.

        Raises:
            StageError: A container has no shell, ended at once, or does not become ready.
        """
        for holder in self._holders:
            holder.result()

    def _explain(self, image: str, error: Exception) -> StageError:
        """Why a container of *image* does not start, in the engine's own words."""
        why = getattr(error, "explanation", None) or error
        with contextlib.suppress(Exception):
            self._client.images.get(image)
            return StageError(f"a container of {image} does not start: {why}", "see `quarterdeck doctor`")
        return StageError(
            f"the engine has no image {image}, and cannot pull it: {why}",
            f"docker pull {image}, or fix `image` and `registry` in [stage] or in the demo's `stage:`",
        )


def _remove(container: Container) -> None:
    # What the engine says against a removal does not matter: without its holder the container ends all the same.
    with contextlib.suppress(Exception):
        container.remove(force=True, v=True)


def hold(container: Container, ready: Sequence[str] = ()) -> ExecProcess:
    """Hold *container*: it ends when the returned process's input ends, closed by us or by our death.

    Args:
        container: A container whose first process runs `scripts/hold.sh`.
        ready: A script of bash that ends when the container is ready, and its arguments. It belongs to the same
            process, since each process in a container costs the engine a tenth of what the container does.

    Raises:
        StageError: The container has no shell, ended at once, or does not become ready.
    """
    holder = ExecProcess(container, ["sh", "-c", script("lease.sh"), "lease", *ready], terminal=False)
    output = b""
    for piece in read_pieces(holder, _READY_S if ready else _HOLDING_S):
        output += piece
        if output.endswith(b"held\n"):
            return holder
        if output.endswith(b"failed\n"):
            holder.close()
            why = output.removesuffix(b"failed\n").decode("utf-8", "replace").strip()
            raise StageError(f"the stage does not come up:\n{why}", "see `quarterdeck doctor`")
    holder.close()
    with contextlib.suppress(Exception):  # it may be gone, with its output
        output += container.logs(tail=5)
    why = output.decode("utf-8", "replace").strip()
    raise StageError(
        f"the container {container.name} of the stage does not hold", why or "does its image have a shell?"
    )
