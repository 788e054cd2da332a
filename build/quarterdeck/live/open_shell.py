"""The user's terminal, connected to a bash on a stage."""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from quarterdeck.base.project import Project
from quarterdeck.demo.catalogue import Run
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.process import Process, wait_for_exit
from quarterdeck.live.run_demo import Progress, Watcher, perform_demo, run_helper, why_stopped
from quarterdeck.live.session.bash_session import ENVIRONMENT
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import place_files, working_folder

_PROMPT = r"\[\e[1;33m\]$\[\e[0m\] "


@contextmanager
def open_shell(
    project: Project, lease: RunLease, run: Run | None, watcher: Watcher, warn: Callable[[str], None]
) -> Iterator[Process]:
    """A bash on a fresh stage, in the folder of the last demo of *run*; everything is removed at the end.

    Args:
        project: The project.
        lease: The engine and the run.
        run: The demo, last, after those that it builds on; None for an empty stage.
        watcher: Called with progress until the shell is there.
        warn: Called with failures on the way to it.

    Raises:
        StageError: The stage does not come up.
    """
    with open_stage(project, lease, run.stage if run else None, lambda sentence: watcher(Progress(sentence))) as stage:
        folder = _prepare(run, stage, project, watcher, warn) if run else stage.home
        stage.run("mkdir", "-p", folder)
        environment = ENVIRONMENT | {"PS1": _PROMPT}
        command = ("bash", "--noprofile", "--norc", "-i")
        yield stage.start(*command, terminal=True, workdir=folder, environment=environment)


def attach(shell: Process) -> int:
    """Connect the user's terminal to *shell* until it ends; its exit status."""
    with _raw_terminal():
        _join(shell)
    return wait_for_exit(shell)


def _prepare(run: Run, stage: Stage, project: Project, watcher: Watcher, warn: Callable[[str], None]) -> str:
    """Put the demos of *run* onto the stage and run all but the last; the working folder of the last."""
    *before, demo = run.demos
    inputs = DemoInputs(project)
    for earlier in before:
        place_files(stage, [earlier], inputs)
        if wrong := why_stopped(earlier, tuple(perform_demo(earlier, stage, project, watcher))):
            warn(wrong)
    place_files(stage, [demo], inputs)
    if wrong := run_helper(demo, stage, "prepare.sh"):
        warn(wrong)
    return working_folder(stage, demo)


def _join(shell: Process) -> None:
    """Copy input and output until the shell ends."""

    def fit(*_: object) -> None:
        size = shutil.get_terminal_size()
        shell.resize(size.lines, size.columns)

    fit()
    before = signal.signal(signal.SIGWINCH, fit)
    typed, shown = sys.stdin.fileno(), sys.stdout.fileno()
    sources: list[Process | int] = [shell, typed]
    try:
        _write_all(shown, shell.read())
        while not shell.ended:
            ready, _, _ = select.select(sources, [], [])
            if typed in ready:
                data = os.read(typed, 4096)
                shell.write(data or b"\x04")
                if not data:
                    sources.remove(typed)
            if shell in ready:
                _write_all(shown, shell.read())
    finally:
        signal.signal(signal.SIGWINCH, before)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


@contextmanager
def _raw_terminal() -> Iterator[None]:
    """A terminal in raw mode, restored at the end."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
