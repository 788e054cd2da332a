"""Stages: a registry, an engine and a place for shells around a running demo, removed after it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.images import Say
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.stage.container import open_container_stage
from quarterdeck.live.stage.host import open_host_stage
from quarterdeck.live.stage.protocol import Stage, StageOpener

STAGES: Mapping[str, StageOpener] = {"container": open_container_stage, "host": open_host_stage}
"""The kinds of stages, by their names in `kind` of `[stage]`."""


def open_stage(
    project: Project, lease: RunLease, settings: StageSettings | None = None, say: Say = lambda _: None
) -> AbstractContextManager[Stage]:
    """A stage for demos of *project* on the engine of *lease*, with *settings* in place of the project's."""
    settings = settings or project.stage
    return STAGES[settings.kind](project, settings, lease, say)
