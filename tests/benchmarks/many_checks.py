"""A search for wrong verdicts: `python tests/benchmarks/many_checks.py [--runs N] [FOLDER]...`.

Checks all demos of projects (this one, or the folders given) repeatedly, each time on new stages: unchanged, in other
time zones and locales, with a busy process on each core, and against recordings in which every year is the previous
one. Nothing has rotted meanwhile, so every step that is not PASSED or SKIPPED is printed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.busy import SPINNING, keeping_busy  # noqa: E402

COPIED = ("commands", "slides", "templates", "quarterdeck.toml", "pyproject.toml")
WEATHER: tuple[Mapping[str, str], ...] = (
    {},
    {"TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
    {"TZ": "Pacific/Marquesas", "LC_ALL": "C", "LANGUAGE": "fr"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "40", "TERM": "dumb", "NO_COLOR": "1"},
)
_YEAR = re.compile(r"\b20[0-9][0-9](?=-[0-9]{2}-[0-9]{2})|(?<= )20[0-9]{2}(?= [0-9]{2}:[0-9]{2}:[0-9]{2})")


def main() -> int:
    """0 when every verdict of every run is PASSED or SKIPPED."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="how often each project is checked")
    parser.add_argument("--jobs", default="2", help="for `check -n`")
    parser.add_argument("folders", nargs="*", type=Path, default=(ROOT,), help="roots of projects")
    options = parser.parse_args()
    wrong = steps = 0
    with tempfile.TemporaryDirectory(prefix="many-checks-") as name:
        for number in range(options.runs):
            weather = WEATHER[number % len(WEATHER)]
            busy, aged = number % 2 == 1, number % 3 == 2
            for project in options.folders:
                root = copy_project(project, Path(name) / str(number) / project.name, aged=aged)
                with keeping_busy((SPINNING,) * (os.cpu_count() or 1) if busy else ()):
                    start = time.monotonic()
                    faults, count = check(root, options.jobs, weather)
                wrong += len(faults)
                steps += count
                seen = f"{weather.get('TZ', 'as it is')}{', busy' if busy else ''}{', a year old' if aged else ''}"
                print(
                    f"{number + 1}/{options.runs} {project.name}: {count} steps in {time.monotonic() - start:.1f} s",
                    end="",
                )
                print(f" ({seen}): {len(faults)} wrong", *faults, sep="\n  ", flush=True)
    print(f"{steps} verdicts, {wrong} of them wrong")
    return 1 if wrong or not steps else 0


def copy_project(project: Path, root: Path, *, aged: bool) -> Path:
    """What a check reads of *project*, at *root*; if *aged*, with recordings of the year before."""
    root.mkdir(parents=True)
    for name in COPIED:
        source = project / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("vendor"))
        elif source.exists():
            shutil.copy(source, root / name)
    if aged:
        for path in root.rglob("*.recording.yaml"):
            path.write_text(_YEAR.sub(lambda year: str(int(year[0]) - 1), path.read_text("utf-8")), "utf-8")
    return root


def check(root: Path, jobs: str, weather: Mapping[str, str]) -> tuple[list[str], int]:
    """The steps of the project at *root* that are neither PASSED nor SKIPPED, and how many steps there are."""
    answer = root / "answer.json"
    command = [sys.executable, "-m", "quarterdeck", "check", "-n", jobs, "--json", str(answer)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "build"), **weather}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    if not answer.exists():
        sys.exit(f"exit status {done.returncode}\n{done.stdout}{done.stderr}")
    steps = [step for demo in json.loads(answer.read_text("utf-8"))["demos"] for step in demo["steps"]]
    faults = [step for step in steps if step["verdict"] not in ("PASSED", "SKIPPED")]
    return [f"{fault['path']}:{fault['line']}: {fault['verdict']} {fault['evidence']}" for fault in faults], len(steps)


if __name__ == "__main__":
    sys.exit(main())
