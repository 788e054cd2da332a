"""Runs of pytest in somebody's own suite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

OTHERS = tuple(part for name in ("anyio", "hypothesispytest", "libtmux") for part in ("-p", f"no:{name}"))
"""Plugins of this project's own environment, which take longer to import than all else."""


def run_pytest(root: Path, *arguments: str, **changes: str) -> tuple[int, str]:
    """Pytest's exit status and what it printed, as in a suite of somebody's own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | changes
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *OTHERS, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=environment)
    return done.returncode, done.stdout + done.stderr


def outcomes(printed: str) -> dict[str, str]:
    """By demo, what `-v` says became of it."""
    outcomes = re.findall(
        r"^(?:\[gw\d+\] \[ *\d+%\] )?(?:(\w+) )?commands/\S+::(\S+)(?: (\w+))?", printed, re.MULTILINE
    )
    return {name: first or last for first, name, last in outcomes if first or last}
