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
import threading
import time
from functools import cache
from typing import Any
from uuid import uuid4

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine.client import LABEL, RUN_LABEL, Stream, connect, engines, script, use_engine

_SWEEPS_S = (0.0, 0.3, 1.0, 2.0, 3.0)
"""Pauses between sweeps, in seconds: the engine may still be making what was asked of it last."""

_FIRST = threading.Lock()
_NEEDED_AFTER = threading.Event()
"""Set when the sweeper is to sweep although this process ends well."""

_HOLDING_S = 30
"""Seconds until a container must be held: engines with much to do take long; as in `scripts/hold.sh`."""


def run_labels() -> dict[str, str]:
    """The labels of everything that this process starts. The first call starts the sweeper."""
    with _FIRST:
        return {LABEL: "stage", RUN_LABEL: _run()}


@cache
def _run() -> str:
    run = uuid4().hex[:16]
    _start_sweeper(run)
    return run


def throw_all_away() -> None:
    """Remove every container that this process has started, on all engines: what works in them ends.

    For a run that is given up. What an engine does not answer to is left to the sweeper.
    """
    for address in engines() or (None,):
        try:
            with use_engine(address):
                sweep(connect(), run_labels()[RUN_LABEL])
        except Exception:  # whatever it is: the sweeper comes after us
            leave_to_sweeper()


def leave_to_sweeper() -> None:
    """Let the sweeper look once more when this process has ended, since something may be left."""
    _NEEDED_AFTER.set()


def take_lease(container: Any) -> Stream:
    """Hold *container*: it ends when the stream that this gives is closed, by us or by our death.

    Raises:
        StageError: The container has no shell, or ended at once.
    """
    lease = Stream(container, ["sh", "-c", script("lease.sh")], terminal=False)
    deadline = time.monotonic() + _HOLDING_S
    said = b""
    while not lease.ended and time.monotonic() < deadline:
        select.select([lease], [], [], 0.5)
        said += lease.read()
        if b"held" in said:
            return lease
    lease.close()
    with contextlib.suppress(Exception):  # it may be gone, with what it said
        said += container.logs(tail=5)
    why = said.decode("utf-8", "replace").strip()
    raise StageError(
        f"the container {container.name} of the stage does not hold", why or "does its image have a shell?"
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
        [sys.executable, "-c", "from quarterdeck.live.engine.lease import _sweep_after; _sweep_after()", run],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert sweeper.stdin is not None
    pipe = sweeper.stdin

    def dismiss() -> None:
        if _NEEDED_AFTER.is_set():
            return
        with contextlib.suppress(OSError):
            pipe.write(b"done")
            pipe.close()
        sweeper.wait(10)

    atexit.register(dismiss)


def _sweep_after() -> None:
    """The sweeper: wait for the end of the process that started it; sweep unless that said it was done."""
    if sys.stdin.buffer.read() == b"done":
        return
    clients = []
    for address in engines() or (None,):
        with contextlib.suppress(StageError), use_engine(address):
            clients.append(connect())
    for pause in _SWEEPS_S:
        time.sleep(pause)
        for client in clients:
            with contextlib.suppress(Exception):  # one engine that has gone must not keep us from the next
                sweep(client, sys.argv[1])
