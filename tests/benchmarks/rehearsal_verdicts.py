"""Rehearsals beside checks: `python tests/benchmarks/rehearsal_verdicts.py [--runs N]`.

Rehearses the workshop's deck by itself N times, and checks its demos as often. Prints each step whose verdicts differ;
the exit status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from many_checks import copy_project

from support.projects import ROOT, quarterdeck
from support.rehearsals import verdicts_of_check, verdicts_of_rehearsal

DECK = "container-images"


def main() -> int:
    """0 when every rehearsal has the verdicts of a check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10, help="how often")
    runs, same = parser.parse_args().runs, 0
    with tempfile.TemporaryDirectory(prefix="rehearsal-verdicts-") as name:
        root = copy_project(ROOT, Path(name) / "workshop", aged=False)
        for number in range(runs):
            done = quarterdeck("rehearse", DECK, "--auto", "--type", "off", cwd=root)
            rehearsed, checked = verdicts_of_rehearsal(root, DECK), verdicts_of_check(root)
            others = {step: (verdict, checked[step]) for step, verdict in rehearsed.items() if verdict != checked[step]}
            right = done.returncode == 0 and not others and bool(rehearsed)
            same += right
            print(
                f"{number + 1}/{runs}: {len(rehearsed)} steps, exit status {done.returncode}", others or "", flush=True
            )
    print(f"{same} of {runs} rehearsals have the verdicts of a check")
    return 0 if same == runs else 1


if __name__ == "__main__":
    sys.exit(main())
