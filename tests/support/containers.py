"""The containers of stages on an engine."""

from __future__ import annotations

import os
from typing import Any

from docker.errors import APIError

from quarterdeck.live.engine.client import LABEL, RUN_LABEL


def stage_containers(engine: Any, run: str | None = None) -> set[str]:
    """The ids of the containers of all stages, or of the stages of one run; stopped containers count."""
    label = f"{LABEL}=stage" if run is None else f"{RUN_LABEL}={run}"
    containers = engine.containers.list(all=True, filters={"label": label}, ignore_removed=True)
    return {container.id for container in containers}


def is_of(process: int, container: Any) -> bool:
    """Whether a run of the process with that number started it."""
    return str(container.labels.get(RUN_LABEL, "")).startswith(f"{process}-")


def is_ours(container: Any) -> bool:
    """Whether a run of this process started it."""
    return is_of(os.getpid(), container)


def our_containers(engine: Any, process: int | None = None) -> set[str]:
    """The ids of the containers that runs of this process, or of *process*, have started and that still exist."""
    containers = engine.containers.list(all=True, filters={"label": RUN_LABEL}, ignore_removed=True)
    return {container.id for container in containers if is_of(process or os.getpid(), container)}


def containers_of_demo(engine: Any, path: str, text: str) -> set[str]:
    """The containers of the run in whose demo the file `/home/demo/<path>` holds *text*; empty where none does."""
    for container in engine.containers.list(filters={"label": RUN_LABEL}, ignore_removed=True):
        try:
            content = container.exec_run(["cat", f"/home/demo/{path}"]).output.decode()
        except APIError:
            continue  # it has just stopped, so its run is over
        if text in content:
            return stage_containers(engine, container.labels[RUN_LABEL])
    return set()
