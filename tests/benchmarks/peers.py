"""Builds of quarterdeck beside other slide tools, with the same Markdown: `make peers`.

The other tools are installed into a temporary folder; those that cannot be installed are reported. Builds run in turn
as whole processes, without caches. Prints medians.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from build_speed import CASES, FLOOR, ROOT, Case, make_project, measure
from other_tools import install

NPM = ("@marp-team/marp-cli@4.5.1", "reveal-md@6.1.4")
PIP = ("mkslides>=2,<3", "nbconvert>=7.16,<8")

RENDERS_NOTHING = "reveal-md"
"""It copies the Markdown into the page, for the browser to render."""

Commands = Callable[[Path], list[str]]
"""The command that builds the decks of a project, run in the project's folder; it writes into `out/`."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What could be installed."""

    folder: Path
    commands: Mapping[str, Commands]


def install_tools(folder: Path) -> Tools:
    """Install the others into *folder*."""
    install(folder, npm=NPM, pip=PIP)
    npm_bin, venv_bin = folder / "npm/node_modules/.bin", folder / "venv/bin"
    candidates: dict[Path, Commands] = {
        npm_bin / "marp": lambda _: ["--html", "--input-dir", "slides", "--output", "out"],
        npm_bin / "reveal-md": lambda _: ["slides", "--static", "out"],
        venv_bin / "mkslides": lambda _: ["build", "--site-dir", "out", "slides"],
        venv_bin / "jupyter-nbconvert": lambda project: [
            *("--to", "slides", "--log-level", "ERROR", "--output-dir", "out"),
            *sorted(map(str, (project / "notebooks").glob("*.ipynb"))),
        ],
    }
    commands = {path.name: _command(path, rest) for path, rest in candidates.items() if path.exists()}
    return Tools(folder, commands)


def _command(path: Path, rest: Commands) -> Commands:
    return lambda project: [str(path), *rest(project)]


def make_sources(folder: Path, case: Case) -> None:
    """The decks of *case* for every tool: as a project, and as notebooks with a cell for each slide."""
    make_project(folder, case)
    (folder / "notebooks").mkdir()
    for source in (folder / "slides").glob("*.md"):
        cells = [
            {"cell_type": "markdown", "metadata": {"slideshow": {"slide_type": kind}}, "source": text, "id": f"{x}-{y}"}
            for x, stack in enumerate(source.read_text().split("\n---\n"))
            for y, text in enumerate(stack.split("\n--\n"))
            for kind in ("subslide" if y else "slide",)
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / "notebooks" / f"{source.stem}.ipynb").write_text(json.dumps(notebook))


def compare(case: Case, tools: Tools, rounds: int) -> bool:
    """Print what each tool takes for *case*; whether quarterdeck is faster than all that render before the browser."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_sources(folder, case)
        commands = {
            "floor": [sys.executable, "-c", FLOOR, str(folder / "slides"), str(folder / "floor")],
            "quarterdeck": [sys.executable, "-m", "quarterdeck", "build", "--quiet"],
            **{name: command(folder) for name, command in tools.commands.items()},
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        failed: dict[str, str] = {}
        for _ in range(rounds):
            for name, command in commands.items():
                for built in ("site", ".quarterdeck", "out"):
                    shutil.rmtree(folder / built, ignore_errors=True)
                try:
                    times[name].append(measure(command, folder, quiet=name in tools.commands))
                except subprocess.CalledProcessError as error:
                    failed[name] = f"exit status {error.returncode}"
                    continue
                if name in tools.commands and len(list((folder / "out").rglob("*.html"))) < case.decks:
                    failed[name] = "wrote too few pages"
    print(case.name)
    medians = {name: statistics.median(values) for name, values in times.items() if values and name not in failed}
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        print(f"  {name:18} {median:7.3f} s  {median / medians['quarterdeck']:6.2f} x quarterdeck")
    for name, why in failed.items():
        print(f"  {name:18} could not be measured: {why}")
    others = medians.keys() & tools.commands.keys() - {RENDERS_NOTHING}
    return all(medians["quarterdeck"] <= medians[name] for name in others)


def main() -> int:
    """0 when quarterdeck is faster in every case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    rounds = parser.parse_args().rounds
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "build" / "quarterdeck")], check=True)
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        tools = install_tools(Path(name))
        results = [compare(case, tools, rounds) for case in CASES]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
