"""Check times beside the time of the commands: `python tests/benchmarks/check_speed.py [JOBS]...`.

24 demos of 4 to 9 steps, whose commands take 60 s in total (they wait, as real commands wait for networks and servers),
are recorded once and then checked with each `-n` in a process of its own. The bound is 1.25 x (time of the commands /
jobs) + 0.5 s for each demo. The exit status is 1 if a check with `-n 2` takes longer.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEMOS = 24
OWN_S = 60.0
"""Seconds that all commands together take."""


def main(jobs: list[int]) -> int:
    """Measure, and print; 1 if the bound for two jobs is passed."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        steps = write_demos(root)
        took = run(root, "record", "-n", "4")
        print(f"{DEMOS} demos of {steps} steps, {OWN_S:.0f} s of their own; recorded, each twice, in {took:.1f} s")
        held = True
        for number in jobs:
            took = run(root, "check", "-n", str(number))
            bound = 1.25 * OWN_S / number + 0.5 * DEMOS
            held &= took <= bound or number != 2
            load = os.getloadavg()[0]
            print(f"check -n {number}: {took:.1f} s; bound {bound:.1f} s ({took / bound:.0%}); load {load:.1f}")
    return 0 if held else 1


def write_demos(root: Path) -> int:
    """Write the demos into a new project; how many steps they have."""
    (root / "slides").mkdir()
    (root / "commands").mkdir()
    sizes = [size for size, _ in zip(itertools.cycle(range(4, 10)), range(DEMOS), strict=False)]
    weights = [[1 + (demo + step) % 5 for step in range(size)] for demo, size in enumerate(sizes)]
    unit_s = OWN_S / sum(itertools.chain.from_iterable(weights))
    for number, own in enumerate(weights):
        lines = [f"# Demo {number}"]
        for step, weight in enumerate(own):
            work = "curl --silent --fail http://localhost:5000/v2/_catalog | jq" if step else "echo start"
            lines += ["", f"# Step {step}", work, f"sleep {weight * unit_s:.3f}"]
        (root / "commands" / f"demo-{number:02}x.demo").write_text("\n".join(lines) + "\n")
    return sum(sizes)


def run(root: Path, *arguments: str) -> float:
    """Seconds that a command of ours takes, which must say yes."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "quarterdeck", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    took = time.monotonic() - start
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


if __name__ == "__main__":
    sys.exit(main([int(number) for number in sys.argv[1:]] or [1, 2, 4, 8]))
