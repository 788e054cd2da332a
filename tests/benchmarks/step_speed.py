"""What a step costs in a session, against a bare round trip: `python tests/benchmarks/step_speed.py`.

A round trip: a line goes to a bash on a terminal of the stage, which writes it back. Round trips and trivial steps take
turns, so that what else the machine does slows both. Prints medians of each round, the same steps as one plain bash
script, and what a loop costs that is watched for pipes, or for what is hidden in substitutions.
"""

from __future__ import annotations

import select
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project, load_project
from quarterdeck.demo.demo_file import Demo, parse_demo
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.process import Process
from quarterdeck.live.session.bash_session import Session
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import place_files

STEPS = 500
ROUNDS = 6
LIMIT = 2.0
"""A step may take this many times as long as a round trip, in each round."""
CODE = 'n=$((n+1)); echo "step $n"'
ECHO = 'stty -echo; echo ready; while read -r line; do echo "$line"; done'
LOOP = "for ((i = 0; i < 100000; i++)); do :; done"
LOOPS = {"alone": LOOP, "watched": f"{LOOP}\ntrue | true", "watched in depth": f"{LOOP}\necho $(true | cat)"}


def main() -> int:
    """Measure, and print; 1 if a step costs more than the limit."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "slides").mkdir()
        (Path(folder) / "commands").mkdir()
        project = load_project(Path(folder))
        with RunLease(Engine()) as lease, open_stage(project, lease) as stage:
            ratios = [_compare(stage, project, number) for number in range(ROUNDS)]
            bash_ms = statistics.median(_time_bash(stage) for _ in range(ROUNDS)) / STEPS * 1000
            loops = [_time_loops(stage, project, number) for number in range(ROUNDS)]
    print(f"bash alone: {bash_ms:.3f} ms a step")
    for name, times in zip(LOOPS, zip(*loops, strict=True), strict=True):
        print(f"a loop of 100,000, {name}: {statistics.median(times):.2f} s")
    print(f"step / round trip: at most {max(ratios):.2f} (limit {LIMIT})")
    return 0 if max(ratios) <= LIMIT else 1


def _compare(stage: Stage, project: Project, number: int) -> float:
    """The median of a step's seconds, divided by that of a round trip's."""
    echo = stage.start("bash", "-c", ECHO, terminal=True)
    _read_line(echo)
    trips, steps = [], []
    with _session(stage, project, f"steps-{number}", [CODE] * STEPS) as (session, demo):
        for step in demo.steps:
            start = time.perf_counter()
            echo.write(b"a line\n")
            _read_line(echo)
            between = time.perf_counter()
            session.run(step, 60)
            trips.append(between - start)
            steps.append(time.perf_counter() - between)
    echo.close()
    trip_ms, step_ms = (statistics.median(times) * 1000 for times in (trips, steps))
    print(f"round trip {trip_ms:.3f} ms, step {step_ms:.3f} ms: {step_ms / trip_ms:.2f}")
    return step_ms / trip_ms


def _read_line(process: Process) -> None:
    data = b""
    while not data.endswith(b"\n"):
        select.select([process], [], [])
        data += process.read()


def _time_bash(stage: Stage) -> float:
    script = "n=0\n" + f"{CODE}\n" * STEPS
    timed = f"bash <<'END' >/dev/null\n{script}END\n"
    _, printed = stage.run("bash", "-c", f"TIMEFORMAT=%R; time {timed}")
    return float(printed.strip().split("\n")[-1])


def _time_loops(stage: Stage, project: Project, number: int) -> list[float]:
    with _session(stage, project, f"loops-{number}", LOOPS.values()) as (session, demo):
        return [session.run(step, 60).seconds for step in demo.steps]


@contextmanager
def _session(stage: Stage, project: Project, name: str, steps: Iterable[str]) -> Iterator[tuple[Session, Demo]]:
    text = "# Many steps\n" + "".join(f"# Step\n{code}\n" for code in steps)
    demo = parse_demo(text, name=name, path=name, folder=project.root / "commands", problems=Problems())
    place_files(stage, demo, DemoInputs(project))
    session = Session(stage, demo)
    yield session, demo
    session.close()


if __name__ == "__main__":
    sys.exit(main())
