"""The reaper: a process that removes the containers of a run when the process that made them has died.

Started by `RunLease` as a program of its own. Its standard input ends with the run; without the word `done` on it,
containers may be left.
"""

from __future__ import annotations

import contextlib
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker import DockerClient

_PAUSES_S = (0.0, 0.3, 1.0, 2.0, 3.0, 10.0)
"""Before each look, in seconds: the engine may still be making what it was last asked for."""

_FORGOTTEN_S = 3600.0
"""Seconds after which no run is still about to start a container that it created."""


def remove_containers(client: DockerClient, label: str) -> None:
    """Remove every container with *label*, running or not, and its anonymous volumes."""
    import docker

    for container in client.containers.list(all=True, filters={"label": label}, ignore_removed=True):
        with contextlib.suppress(docker.errors.APIError):
            container.remove(force=True, v=True)


def remove_forgotten(client: DockerClient, label: str, age_s: float) -> None:
    """Remove the containers with *label* that were created *age_s* seconds ago or earlier and never started.

    A run leaves such a one where the engine could not be reached any more, from its create to its reaper's last look.
    Nothing runs in it, so nothing in it could end it.
    """
    import docker

    created = client.containers.list(all=True, filters={"label": label, "status": "created"}, ignore_removed=True)
    for container in created:
        # Docker gives nanoseconds, Python reads microseconds.
        made = datetime.fromisoformat(container.attrs["Created"][:19] + "+00:00")
        if time.time() - made.timestamp() >= age_s:
            with contextlib.suppress(docker.errors.APIError):
                container.remove(v=True)  # not by force: one that has just been started stays


def main(label: str) -> None:
    """Wait for the end of the run; unless it ended well, remove its containers, and what earlier runs forgot."""
    if sys.stdin.buffer.read() == b"done":
        return
    from quarterdeck.live.engine.client import LABEL, Engine

    for pause_s in _PAUSES_S:
        time.sleep(pause_s)
        with contextlib.suppress(Exception):  # an engine that is restarting answers the next time
            client = Engine().connect()
            remove_containers(client, label)
            remove_forgotten(client, LABEL, _FORGOTTEN_S)


if __name__ == "__main__":
    main(sys.argv[1])
