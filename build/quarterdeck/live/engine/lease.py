"""Leases: nothing that we start outlives us, not even after `kill -9`.

Two lines of defence. Each container ends when the stream that its starter holds open ends (`scripts/hold.sh`,
`scripts/lease.sh`); that works over any connection. A container that was created and not started yet has no process
that could notice. So a second process, the reaper, waits for the end of this one and then removes what carries the
run's label.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine import reaper
from quarterdeck.live.engine.client import LABEL, RUN_LABEL, Engine
from quarterdeck.live.engine.exec import ExecProcess
from quarterdeck.live.helper_process import start_helper
from quarterdeck.live.scripts import script

if TYPE_CHECKING:
    from docker.models.containers import Container

_HOLDING_S = 120
"""Seconds until a container must be held: busy engines take long. As in `scripts/hold.sh`."""


class RunLease:
    """One run on one engine. What it starts there carries its labels and is gone soon after this process."""

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
        """Start the reaper. It replaces that of testcontainers, whose image may be out of reach."""
        from testcontainers.core.config import testcontainers_config

        testcontainers_config.ryuk_disabled = True
        alive, self._release = os.pipe2(os.O_CLOEXEC)
        self._reaper = start_helper(
            reaper.__file__, f"{RUN_LABEL}={self.run}", input=alive, environment=self.engine.environment
        )
        os.close(alive)
        return self

    def __exit__(self, _type: type[BaseException] | None, _: BaseException | None, _at: TracebackType | None) -> None:
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


def hold(container: Container) -> ExecProcess:
    """Hold *container*: it ends when the returned process's input ends, closed by us or by our death.

    Raises:
        StageError: The container has no shell, or ended at once.
    """
    holder = ExecProcess(container, ["sh", "-c", script("lease.sh")], terminal=False)
    deadline = time.monotonic() + _HOLDING_S
    output = b""
    while not holder.ended and time.monotonic() < deadline:
        select.select([holder], [], [], 0.5)
        output += holder.read()
        if b"held" in output:
            return holder
    holder.close()
    with contextlib.suppress(Exception):  # it may be gone, with its output
        output += container.logs(tail=5)
    why = output.decode("utf-8", "replace").strip()
    raise StageError(
        f"the container {container.name} of the stage does not hold", why or "does its image have a shell?"
    )
