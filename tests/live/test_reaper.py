"""What the reaper removes, and what it leaves alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from quarterdeck.live.engine.reaper import remove_forgotten


def test_only_what_never_started_and_is_old_is_forgotten(engine: Any, stage_image: str) -> None:
    """A container that runs stays, also with our label; so does one that was created a moment ago."""
    mark = uuid4().hex
    label = f"quarterdeck={mark}"
    options = {"entrypoint": ["sleep", "600"], "labels": {"quarterdeck": mark}, "network_mode": "none"}
    created = engine.containers.create(stage_image, **options)
    running = engine.containers.run(stage_image, detach=True, **options)

    def left() -> set[str]:
        return {container.id for container in engine.containers.list(all=True, filters={"label": label})}

    try:
        remove_forgotten(engine, label, 3600)
        assert left() == {created.id, running.id}
        remove_forgotten(engine, label, 0)
        assert left() == {running.id}
    finally:
        for container in engine.containers.list(all=True, filters={"label": label}):
            container.remove(force=True)
