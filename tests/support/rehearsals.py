"""Rehearsals that run in a window, and what rehearsals and checks say of steps."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from quarterdeck.present.journal import past_rehearsals
from support.projects import quarterdeck
from support.tmux import Tmux


def verdicts_of_rehearsal(root: Path, name: str) -> dict[str, str]:
    """The verdict of each step of the last rehearsal of *name*, in the project at *root*."""
    return {step["step"]: step["verdict"] for step in past_rehearsals(root, name)[-1]["steps"]}


def verdicts_of_check(root: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The verdict that `check` gives each step of the project at *root*."""
    answer = root / "answer.json"
    done = quarterdeck("check", "--json", str(answer), cwd=root, env=environment)
    assert done.returncode in (0, 1), done.stderr
    return {
        f"{demo['demo'].rpartition('/')[2]}-{step['step']}": step["verdict"]
        for demo in json.loads(answer.read_text("utf-8"))["demos"]
        for step in demo["steps"]
    }


def rehearsal_of(tmux: Tmux) -> int:
    """The process of the rehearsal that runs in the window."""
    done = subprocess.run(["pgrep", "-P", str(tmux.pid), "-f", "rehearse"], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])
