"""The containers of stages on an engine."""

from __future__ import annotations

import os
from typing import Any

from docker.errors import APIError

from quarterdeck.live.engine.client import LABEL, RUN_LABEL


def stage_containers(engine: Any, run: str | None = None) -> set[str]:
    """The ids of the containers of all stages, or of the stages of one run; stopped containers count."""
    label = f"{LABEL}=stage" if run is None else f"{RUN_LABEL}={run}"
    return {container["Id"] for container in engine.api.containers(all=True, filters={"label": label})}


def is_of(process: int, container: Any) -> bool:
    """Whether a run of the process with that number started it."""
    return str(container.labels.get(RUN_LABEL, "")).startswith(f"{process}-")


def is_ours(container: Any) -> bool:
    """Whether a run of this process started it."""
    return is_of(os.getpid(), container)


def our_containers(engine: Any, process: int | None = None) -> set[str]:
    """The ids of the containers that runs of this process, or of *process*, have started and that still exist."""
    containers = engine.api.containers(all=True, filters={"label": RUN_LABEL})
    runs = {container["Id"]: container["Labels"][RUN_LABEL] for container in containers}
    return {container for container, run in runs.items() if run.startswith(f"{process or os.getpid()}-")}


def containers_of_demo(engine: Any, process: int, path: str, text: str) -> set[str]:
    """The containers of *process*, once the file `/home/demo/<path>` in one of them holds *text*; empty until then."""
    containers = our_containers(engine, process)
    for container in containers:
        try:
            command = engine.api.exec_create(container, ["cat", f"/home/demo/{path}"])
            content = engine.api.exec_start(command).decode()
        except APIError:
            continue  # it does not run yet
        if text in content:
            return our_containers(engine, process)
    return set()
