"""Steps that are ended with Ctrl-C, on a machine with a load of 20: `python tests/benchmarks/busy_steps.py`.

Beside 20 busy processes and two that fork all the time, one session after the other runs the step of
`commands/documentation/features.demo` that never ends, and others like it. Prints each wrong ending; 1 if there is any.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import StageSettings, load_project
from quarterdeck.demo.demo_file import parse_demo
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import Broken, Exited, Reason, StepResult
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.session.bash_session import Session
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.upload import place_files

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.busy import SPINNING, keeping_busy  # noqa: E402

ROUNDS = 20
BUSY = (SPINNING,) * 20 + ("while true; do /bin/true; done",) * 2
FEATURES = ROOT / "commands" / "documentation" / "features.demo"
STEPS = """
# {#sleep}
#@ stop-after: 200ms
sleep 600

# {#pipe}
#@ stop-after: 200ms
while true; do date | cat; done

# {#timeout}
#@ timeout: 300ms
cat

# {#left-raw}
stty raw -echo; printf 'a\\nb\\n'

# {#last}
#@ send: rest
PS1='$ ' sh -i
echo "in $0"
exit
"""
SCREEN = '$ echo "in $0"\nin sh\n$ exit\n'


def main() -> int:
    """Run, and print; 1 if a step ended in another way than it must."""
    text = FEATURES.read_text("utf-8")
    watch = next(part for part in text.split("\n\n") if "{#watch}" in part)
    project = load_project(ROOT)
    wrong = 0
    with (
        RunLease(Engine()) as lease,
        open_stage(project, lease, StageSettings(engine=False)) as stage,
        keeping_busy(BUSY),
    ):
        for number in range(ROUNDS):
            demo = parse_demo(
                f"# Busy\n\n{watch}\n{STEPS}",
                name=f"busy-{number}",
                path="busy.demo",
                folder=FEATURES.parent,
                problems=Problems(),
            )
            place_files(stage, demo, DemoInputs(project))
            start = time.monotonic()
            session = Session(stage, demo)
            results = [session.run(step, 60) for step in demo.steps]
            session.close()
            faults = [result for result in results if not is_right(result)]
            wrong += len(faults)
            load = os.getloadavg()[0]
            print(f"{number + 1}/{ROUNDS}: {time.monotonic() - start:.1f} s, load {load:.0f}, {len(faults)} wrong")
            print(*(f"  {fault.step.key}: {fault.ending} {fault.screen!r}\n" for fault in faults), sep="", end="")
            sys.stdout.flush()
    return 1 if wrong else 0


def is_right(result: StepResult) -> bool:
    """Whether a step ended as it must."""
    if result.step.options.stop_after_s:
        return isinstance(result.ending, Exited) and result.ending.interrupted
    if result.step.key == "timeout":
        return isinstance(result.ending, Broken) and result.ending.reason is Reason.TIMEOUT
    return result.ending == Exited(0) and result.screen == {"last": SCREEN}.get(result.step.key, result.screen)


if __name__ == "__main__":
    sys.exit(main())
