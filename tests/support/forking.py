"""The command line in forks of a process that has imported the libraries: that takes longer than most commands.

A fork has its own environment, folder, standard streams, signals and exit status, as a new process has.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

LIBRARIES = (
    "click",
    "docker",
    "jinja2",
    "markdown_it",
    "pygments.lexers",
    "pytest",
    "testcontainers.core.container",
    "tree_sitter_bash",
    "unittest.mock",
    "yaml",
    "quarterdeck.cli.check_command",
    "quarterdeck.cli.progress",
    "quarterdeck.deck.build",
    "quarterdeck.live.stage.host",
    "quarterdeck.pytest_plugin.check_session",
    "quarterdeck.runner.lint_project",
    "quarterdeck.runner.record_demos",
)
"""What commands import."""

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(LIBRARIES))


def run_forked(arguments: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `quarterdeck` with *arguments* in *cwd*; its standard input is empty."""
    with tempfile.TemporaryDirectory() as name:
        stdout, stderr = Path(name) / "stdout", Path(name) / "stderr"
        process = _forks.Process(target=_become, args=(arguments, cwd, dict(environment), stdout, stderr))
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            ["quarterdeck", *arguments], process.exitcode, stdout.read_text("utf-8"), stderr.read_text("utf-8")
        )


def _become(arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], stdout: Path, stderr: Path) -> None:
    """Be the process that runs the command."""
    for path, stream in ((stdout, sys.stdout), (stderr, sys.stderr)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = ["quarterdeck", *arguments]
    from quarterdeck.cli import main

    main()
