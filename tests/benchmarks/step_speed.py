"""What a step costs in a session, against bash alone: `python tests/benchmarks/step_speed.py`.

The same trivial steps run as one plain bash script on the stage, and step by step in one session there; and
stages are opened and thrown away. Prints medians, what a step costs above bash, and what a loop costs that is watched
for pipes, or for what is hidden in substitutions.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project, load_project
from quarterdeck.demo.demo_file import parse_demo
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.session.bash_session import Session
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import place_files

STEPS = 1000
ROUNDS = 5
STAGES = 10
MOST_MS = 0.5
"""A step may cost so much more than it costs bash."""
CODE = 'n=$((n+1)); echo "step $n"'
LOOP = "for ((i = 0; i < 100000; i++)); do :; done"
LOOPS = {"alone": LOOP, "watched": f"{LOOP}\ntrue | true", "watched in depth": f"{LOOP}\necho $(true | cat)"}


def main() -> int:
    """Measure, and print; 1 if a step costs more than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "slides").mkdir()
        (Path(folder) / "commands").mkdir()
        project = load_project(Path(folder))
        with RunLease(Engine()) as lease:
            ready, gone = zip(*(_time_stage(project, lease) for _ in range(STAGES)), strict=True)
        print(
            f"stage: ready {statistics.median(ready):.2f} s, gone {statistics.median(gone):.2f} s (medians of {STAGES})"
        )
        with RunLease(Engine()) as lease, open_stage(project, lease) as stage:
            plain = [_time_bash(stage) for _ in range(ROUNDS)]
            steps = [_time_session(stage, project, str(number), [CODE] * STEPS) for number in range(ROUNDS)]
            loops = [_time_session(stage, project, f"loop-{number}", LOOPS.values()) for number in range(ROUNDS)]
    bash_ms = statistics.median(plain) / STEPS * 1000
    step_ms = statistics.median(statistics.median(times) for times in steps) * 1000
    print(
        f"bash alone: {bash_ms:.3f} ms a step; in a session: {step_ms:.3f} ms (medians, {STEPS} steps, {ROUNDS} rounds)"
    )
    print(f"above bash: {step_ms - bash_ms:.3f} ms a step (limit {MOST_MS})")
    for name, times in zip(LOOPS, zip(*loops, strict=True), strict=True):
        print(f"a loop of 100,000, {name}: {statistics.median(times):.2f} s")
    return 0 if step_ms - bash_ms <= MOST_MS else 1


def _time_stage(project: Project, lease: RunLease) -> tuple[float, float]:
    """Seconds until a stage was ready, and until it was gone."""
    start = time.monotonic()
    with open_stage(project, lease):
        ready = time.monotonic()
    return ready - start, time.monotonic() - ready


def _time_bash(stage: Stage) -> float:
    script = "n=0\n" + f"{CODE}\n" * STEPS
    timed = f"bash <<'END' >/dev/null\n{script}END\n"
    _, printed = stage.run("bash", "-c", f"TIMEFORMAT=%R; time {timed}")
    return float(printed.strip().split("\n")[-1])


def _time_session(stage: Stage, project: Project, name: str, steps: Iterable[str]) -> list[float]:
    text = "# Many steps\n" + "".join(f"# Step\n{code}\n" for code in steps)
    folder = project.root / "commands"
    demo = parse_demo(text, name=name, path=name, folder=folder, problems=Problems())
    place_files(stage, [demo], project)
    session = Session(stage, demo)
    times = []
    for step in demo.steps:
        start = time.monotonic()
        session.run(step, 10)
        times.append(time.monotonic() - start)
    session.close()
    return times


if __name__ == "__main__":
    sys.exit(main())
