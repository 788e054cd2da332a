"""Leases: no container that we start outlives us, not even after `kill -9`.

Two lines of defence. Each container ends when its standard input does, which its starter holds open
(`scripts/hold.sh`); that works over any connection. (Rejected: an `exec` that holds it, which costs the engine a tenth
of a stage.) A container that was created and not started yet has no process that could notice. So a second process,
the reaper, waits for the end of this process and then removes what carries the run's label. Where the engine cannot be
reached then, the reaper of a later run removes what never started.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine import reaper
from quarterdeck.live.engine.client import LABEL, READ_TIMEOUT_S, RUN_LABEL, Engine, make_steady
from quarterdeck.live.engine.exec import LeaseStream
from quarterdeck.live.process import read_pieces, start_helper
from quarterdeck.live.scripts import script

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

_READY_S = 300
"""Seconds until a container must be ready: its script gives up sooner, except on very busy machines."""
_GONE_S = 5
"""Seconds until a container without a holder must be gone; one whose processes a demo has stopped is not."""


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


@dataclass(eq=False, slots=True)
class _Held:
    """A container and its lease."""

    container: Container
    lease: LeaseStream | None = None
    """None: it was not started."""


class ContainerGroup:
    """The containers of a stage, all of which are removed at the end of its `with`."""

    def __init__(self, lease: RunLease, client: DockerClient) -> None:
        """*client* is that of the lease's engine."""
        from testcontainers.core.docker_client import DockerClient

        self._lease = lease
        self._client = client
        self._maker = DockerClient(
            timeout=READ_TIMEOUT_S, environment=lease.engine.environment, version=client.api.api_version
        )
        make_steady(self._maker.client)
        self._made: list[_Held] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Remove all of them at once, with their volumes."""
        for made in self._made:
            if made.lease is not None:
                made.lease.close()
        with ThreadPoolExecutor() as threads:
            list(threads.map(_remove, self._made))

    def start(self, image: str, name: str, *, ready: Sequence[str] = (), **options: Any) -> Container:
        """Start a container of *image* whose first process is the script *name*; `hold_all` comes later.

        Args:
            image: Its name; the engine pulls it if it is missing.
            name: A script that ends with `hold "$@"`; see `scripts/hold.sh`.
            ready: A script of bash that ends when the container is ready, and its argument.
            options: Arguments of docker's `containers.create`.

        Raises:
            StageError: The engine refuses.
        """
        import docker

        command = ["sh", "-c", script("hold.sh") + script(name), name, *ready]
        options |= {"labels": self._lease.labels, "auto_remove": True, "stdin_open": True}
        try:
            # No network is looked for: only the engine reaches these containers.
            container = self._maker.create(image, entrypoint=command, network=None, **options)
            held = _Held(container)
            self._made.append(held)
            lease = LeaseStream(container)
            self._maker.start(container)
        except (docker.errors.DockerException, OSError) as error:
            raise self._explain(image, error) from error
        held.lease = lease
        lease.write(b"held\n")
        return container

    def hold_all(self) -> None:
        """Wait until all of them are held and ready.

        Raises:
            StageError: A container ended at once, or does not become ready.
        """
        for held in self._made:
            assert held.lease is not None
            wait_until_held(held.container, held.lease)

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


def _remove(held: _Held) -> None:
    """See to it that a container whose lease is closed is gone. It goes by itself, which costs less than by force."""
    with contextlib.suppress(Exception):
        if held.lease is None or not _goes(held.container):
            # What the engine says against it does not matter: its own removal may be under way.
            with contextlib.suppress(Exception):
                held.container.remove(force=True, v=True)
            _goes(held.container)


def _goes(container: Container) -> bool:
    """Whether *container* is gone within `_GONE_S` seconds."""
    import docker

    try:
        container.wait(timeout=_GONE_S, condition="removed")
    except docker.errors.NotFound:
        return True
    except OSError:
        return False
    return True


def wait_until_held(container: Container, lease: LeaseStream) -> None:
    """Wait until the first process of *container* says that it is held, and ready.

    Raises:
        StageError: It ended at once, or does not become ready.
    """
    output = b""
    for piece in read_pieces(lease, _READY_S):
        output += piece
        if output.endswith(b"held\n"):
            return
        if output.endswith(b"failed\n"):
            why = output.removesuffix(b"failed\n").decode("utf-8", "replace").strip()
            raise StageError(f"the stage does not come up:\n{why}", "see `quarterdeck doctor`")
    why = output.decode("utf-8", "replace").strip()
    raise StageError(
        f"the container {container.name} of the stage does not hold", why or "does its image have a shell?"
    )
