"""Leases: nothing that we start outlives us, not even after `kill -9`.

Two lines of defence. Each container ends when the stream that its starter holds open ends (`scripts/hold.sh`,
`scripts/lease.sh`): that works over any connection. A container that was made and not started yet has no process
that could notice; so a second process, the sweeper, waits for the end of this one and then removes what carries
this run's label.
"""

from __future__ import annotations

import contextlib
import select
import subprocess
import sys
import time
from functools import cache
from typing import Any
from uuid import uuid4

from quarterdeck.errors import StageError
from quarterdeck.live.engine import LABEL, RUN_LABEL, Stream, script

_SWEEPS_S = (0.0, 0.3, 1.0, 2.0, 3.0)
"""Pauses between sweeps, in seconds: the engine may still be making what was asked of it last."""


_HOLDING_S = 30
"""Seconds until a container must be held: engines with much to do take long; as in `scripts/hold.sh`."""


@cache
def run_labels() -> dict[str, str]:
    """The labels of everything that this process starts. The first call starts the sweeper."""
    run = uuid4().hex[:16]
    _start_sweeper(run)
    return {LABEL: "stage", RUN_LABEL: run}


def take_lease(container: Any) -> Stream:
    """Hold *container*: it ends when the stream that this gives is closed, by us or by our death.

    Raises:
        StageError: The container has no shell, or ended at once.
    """
    lease = Stream(container, ["sh", "-c", script("lease.sh")], terminal=False)
    deadline = time.monotonic() + _HOLDING_S
    while not lease.ended and time.monotonic() < deadline:
        select.select([lease], [], [], 0.5)
        if b"held" in lease.read():
            return lease
    lease.close()
    logs = container.logs(tail=5).decode("utf-8", "replace").strip()
    raise StageError(
        f"the container {container.name} of the stage does not hold", logs or "does its image have a shell?"
    )


def sweep(client: Any, run: str) -> int:
    """Remove every container of *run*, with its volumes; how many there were."""
    import docker

    found = client.containers.list(all=True, filters={"label": f"{RUN_LABEL}={run}"}, ignore_removed=True)
    for container in found:
        with contextlib.suppress(docker.errors.APIError):
            container.remove(force=True, v=True)
    return len(found)


def _start_sweeper(run: str) -> None:
    import atexit

    sweeper = subprocess.Popen(
        [sys.executable, "-c", "from quarterdeck.live.lease import _sweep_after; _sweep_after()", run],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert sweeper.stdin is not None
    pipe = sweeper.stdin

    def dismiss() -> None:
        with contextlib.suppress(OSError):
            pipe.write(b"done")
            pipe.close()
        sweeper.wait(10)

    atexit.register(dismiss)


def _sweep_after() -> None:
    """The sweeper: wait for the end of the process that started it; sweep unless that said it was done."""
    if sys.stdin.buffer.read() == b"done":
        return
    from quarterdeck.live.engine import connect

    with contextlib.suppress(StageError):
        client = connect()
        for pause in _SWEEPS_S:
            time.sleep(pause)
            sweep(client, sys.argv[1])
