"""The reaper: a process that removes the containers of a run when the process that made them has died.

Started by `RunLease` as a program of its own. Its standard input ends with the run; without the word `done` on it,
containers may be left.
"""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker import DockerClient

_PAUSES_S = (0.0, 0.3, 1.0, 2.0, 3.0, 10.0)
"""Before each look, in seconds: the engine may still be making what it was last asked for."""


def remove_containers(client: DockerClient, label: str) -> None:
    """Remove every container with *label*, running or not, and its anonymous volumes."""
    import docker

    for container in client.containers.list(all=True, filters={"label": label}, ignore_removed=True):
        with contextlib.suppress(docker.errors.APIError):
            container.remove(force=True, v=True)


def main(label: str) -> None:
    """Wait for the end of the run; unless it ended well, remove its containers."""
    if sys.stdin.buffer.read() == b"done":
        return
    from quarterdeck.live.engine.client import Engine

    for pause_s in _PAUSES_S:
        time.sleep(pause_s)
        with contextlib.suppress(Exception):  # an engine that is restarting answers the next time
            remove_containers(Engine().connect(), label)


if __name__ == "__main__":
    main(sys.argv[1])
