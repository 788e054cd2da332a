"""Whether rehearsals leave the terminal as it was: `python tests/benchmarks/rehearsal_endings.py [--runs N]`.

Ends N rehearsals in each way, at different moments. Prints what was not right; the exit status is 1 if anything was:
settings of the terminal, a mode that stays, a process that does not end, a container that stays.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from quarterdeck.live.engine.client import Engine
from support.containers import our_containers
from support.demo_projects import demo, write_demos
from support.endings import ENDINGS, MOMENTS, STEPS, end_rehearsal
from support.mortal_engine import MortalEngine
from support.projects import ROOT
from support.pty_window import PtyWindow
from support.waiting import wait_until

COMMAND = (sys.executable, "-m", "quarterdeck", "rehearse", "a", "--type", "off")


def main() -> int:
    """0 when nothing was left in any run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="how often each ending is tried")
    parser.add_argument("--ending", choices=ENDINGS, action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    options = parser.parse_args()
    engine, random, wrong = Engine().connect(), Random(options.seed), 0
    for ending in options.ending or ENDINGS:
        faults, start = [], time.monotonic()
        for number in range(options.runs):
            moment = MOMENTS[number % len(MOMENTS)]
            faults += [f"{moment}: {fault}" for fault in try_once(engine, ending, moment, random)]
        print(f"{ending:<16}{options.runs} runs in {time.monotonic() - start:.0f} s: {len(faults)} wrong", *faults,
              sep="\n  ", flush=True)  # fmt: skip
        wrong += len(faults)
    return 1 if wrong else 0


def try_once(engine: Any, ending: str, moment: str, random: Random) -> list[str]:
    """What is wrong after one rehearsal."""
    with tempfile.TemporaryDirectory(prefix="endings-") as name, MortalEngine() as mortal:
        root = write_demos(Path(name), {"a": demo(*STEPS)})
        variables = {"DOCKER_HOST": mortal.address, "PYTHONPATH": str(ROOT / "build")}
        with PtyWindow(COMMAND, root, **variables) as window:
            try:
                faults = end_rehearsal(window, mortal, ending, moment, random)
            except AssertionError as error:
                return [f"{error}\n{window.text[-500:]!r}"]
        try:
            wait_until(lambda: not our_containers(engine, window.process.pid))
        except AssertionError:
            faults.append("a container stays")
    return faults


if __name__ == "__main__":
    sys.exit(main())
