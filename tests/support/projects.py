"""Projects on disk, and the command line in them."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.forking import run_forked

ROOT = Path(__file__).resolve().parents[2]
"""The root of this repository, which is a project too."""

MakeProject = Callable[[dict[str, str]], Path]
"""The fixture `make_project`: writes files, given as name to text, and returns the project's root."""


def quarterdeck(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, input: str | None = None, fresh: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own: a fork of one that has imported the libraries already.

    With *input* or *fresh*, it is a new Python, as a user starts it; so where a test is about imports or CPU time.
    """
    if not fresh and input is None:
        return run_forked(arguments, cwd, os.environ if env is None else env)
    command = [sys.executable, "-m", "quarterdeck", *arguments]
    return subprocess.run(command, cwd=cwd, env=env, input=input, capture_output=True, text=True, check=False)


@contextmanager
def holding_port() -> Iterator[None]:
    """For tests that need port 5000 of this machine: one of them at a time."""
    with (Path(tempfile.gettempdir()) / f"quarterdeck-{os.getuid()}-tests.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
