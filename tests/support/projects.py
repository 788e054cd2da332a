"""Projects on disk, and the command line in them."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
"""The root of this repository, which is a project too."""

MakeProject = Callable[[dict[str, str]], Path]
"""The fixture `make_project`: writes files, given as name to text, and returns the project's root."""


def quarterdeck(*arguments: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would, in a process of its own."""
    command = [sys.executable, "-m", "quarterdeck", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, **options)


@contextmanager
def holding_port() -> Iterator[None]:
    """For tests that need port 5000 of this machine: one of them at a time."""
    with (Path(tempfile.gettempdir()) / f"quarterdeck-{os.getuid()}-tests.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
