"""What a stage with an engine costs, against two containers by hand: `python tests/benchmarks/stage_speed.py`.

By hand: docker-py runs a registry and, in its network namespace, an engine, with the same image and options, and asks
both until they answer. Stages and pairs of containers take turns. Prints the medians of each round.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.base.project import Project, StageSettings, load_project
from quarterdeck.live.engine.client import LABEL, Engine
from quarterdeck.live.engine.images import find_stage_image
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.scripts import script
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.container import engine_options

if TYPE_CHECKING:
    from docker import DockerClient

PAIRS = 9
LIMIT = 1.3
"""A stage may take this many times as long as the containers by hand."""
ANSWERS = "until (exec 3<>/dev/tcp/127.0.0.1/5000) 2>/dev/null && docker version >/dev/null 2>&1; do sleep 0.03; done"
STAY = "hold() { exec sleep 600; }; mkdir -p /run/quarterdeck; "


def main() -> int:
    """Measure, and print; 1 if a stage costs more than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "slides").mkdir()
        project = load_project(Path(folder))
        client = Engine().connect()
        image = find_stage_image(client, project, print)
        with RunLease(Engine()) as lease:
            _time_stage(project, lease)
            by_hand, stages = zip(
                *((_time_by_hand(client, image), _time_stage(project, lease)) for _ in range(PAIRS)), strict=True
            )
    hand_s, stage_s = statistics.median(by_hand), statistics.median(stages)
    print(f"by hand {hand_s:.3f} s, stage {stage_s:.3f} s: {stage_s / hand_s:.2f} (limit {LIMIT})")
    return 0 if stage_s / hand_s <= LIMIT else 1


def _time_stage(project: Project, lease: RunLease) -> float:
    start = time.monotonic()
    with open_stage(project, lease):
        return time.monotonic() - start


def _time_by_hand(client: DockerClient, image: str) -> float:
    start = time.monotonic()
    registry = client.containers.run(
        image,
        entrypoint=["sh", "-c", STAY + script("registry.sh")],
        hostname="quarterdeck",
        detach=True,
        labels={LABEL: "benchmark"},
    )
    engine = client.containers.run(
        image,
        entrypoint=["sh", "-c", STAY + script("engine.sh"), "engine.sh", "", "yes"],
        detach=True,
        labels={LABEL: "benchmark"},
        **engine_options(registry, StageSettings()),
    )
    assert engine.exec_run(["bash", "-c", ANSWERS]).exit_code == 0
    seconds = time.monotonic() - start
    for container in (engine, registry):
        container.remove(force=True, v=True)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
