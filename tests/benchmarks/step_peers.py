"""A thousand trivial steps in quarterdeck and in other tools: `python tests/benchmarks/step_peers.py`.

Each tool runs the same steps from a file in its own format and compares their output; all steps share one shell.
Whole processes run in turn, with one step and with a thousand. The difference is the cost of the steps (in
quarterdeck also of reading, judging and reporting each); the first is the cost of everything else, in quarterdeck
mostly the stage. bats has one shell for each test, so its steps are lines of one test. The other tools run without a
stage. Prints medians. `step_speed.py` measures the cost of a step in a session alone.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from build_speed import ROOT, measure
from other_tools import install

STEPS = 1000
CODE = 'n=$((n+1)); echo "step $n"'
NPM = ("bats@1.13.0",)
PIP = ("prysk>=0.20,<1", "cram==0.7", "byexample>=11,<12")

Writer = Callable[[int], str]
"""What a tool's file for so many steps holds."""


def write_script(steps: int) -> str:
    """For bash."""
    return f"{CODE}\n" * steps


def write_demo(steps: int) -> str:
    """For quarterdeck."""
    return "# Many steps\n#@ stage: {engine: false}\n" + "".join(f"\n# Step {n}\n{CODE}\n" for n in range(steps))


def write_cram(steps: int) -> str:
    """For cram and prysk."""
    return "".join(f"Step {n}\n\n  $ {CODE}\n  step {n}\n\n" for n in range(1, steps + 1))


def write_byexample(steps: int) -> str:
    """For byexample."""
    return "".join(f"Step {n}\n\n```shell\n$ {CODE}\nstep {n}\n```\n\n" for n in range(1, steps + 1))


def write_bats(steps: int) -> str:
    """For bats."""
    checks = "".join(f'n=$((n+1)); [ "$(echo "step $n")" = "step {n}" ]\n' for n in range(1, steps + 1))
    return f'@test "many steps" {{\n{checks}}}\n'


def make_files(folder: Path) -> None:
    """The same steps for each tool: files called `one` and `many`."""
    (folder / "slides").mkdir()
    (folder / "commands").mkdir()
    writers: Mapping[str, Writer] = {
        "{}.sh": write_script,
        "commands/{}.demo": write_demo,
        "{}.t": write_cram,
        "{}.md": write_byexample,
        "{}.bats": write_bats,
    }
    for name, write in writers.items():
        for size, steps in (("one", 1), ("many", STEPS)):
            (folder / name.format(size)).write_text(write(steps))


def find_commands(tools: Path) -> dict[str, list[str]]:
    """By tool, the command that runs its file, with braces for its name."""
    venv, npm = tools / "venv" / "bin", tools / "npm" / "node_modules"
    peers = {
        "prysk": [str(venv / "prysk"), "--shell=bash", "{}.t"],
        "cram": [str(venv / "cram"), "--shell=bash", "{}.t"],
        "byexample": [str(venv / "byexample"), "--language=shell", "--no-enhance-diff", "{}.md"],
        "bats": [str(npm / "bats" / "bin" / "bats"), "{}.bats"],
    }
    ours = {"bash": ["bash", "{}.sh"], "quarterdeck": [sys.executable, "-m", "quarterdeck", "check", "{}"]}
    return ours | {name: command for name, command in peers.items() if Path(command[0]).exists()}


def compare(folder: Path, commands: Mapping[str, list[str]], rounds: int) -> bool:
    """Print what each takes; whether our steps cost no more than those of bats."""
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            for size in ("one", "many"):
                took = measure([word.format(size) for word in command], folder, quiet=True)
                times.setdefault((name, size), []).append(took)
    print(f"{STEPS:,} trivial steps, medians of {rounds}")
    each_ms: dict[str, float] = {}
    for name in commands:
        single, many = (statistics.median(times[name, size]) for size in ("one", "many"))
        each_ms[name] = (many - single) / (STEPS - 1) * 1000
        print(
            f"  {name:12} {many:6.3f} s, of which one step {single:6.3f} s; {each_ms[name]:6.3f} ms for each one more"
        )
    return each_ms["quarterdeck"] <= each_ms.get("bats", each_ms["quarterdeck"])


def main() -> int:
    """0 when our steps cost no more than those of bats."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    rounds = parser.parse_args().rounds
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "build" / "quarterdeck")], check=True)
    with tempfile.TemporaryDirectory(prefix="steps-") as name:
        folder = Path(name)
        install(folder, npm=NPM, pip=PIP)
        make_files(folder)
        measure([sys.executable, "-m", "quarterdeck", "record"], folder, quiet=True)
        return 0 if compare(folder, find_commands(folder), rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
