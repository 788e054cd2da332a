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

    Before it the demos that it builds on are run. Without *run* the stage is empty. *watcher* is called with progress
    until the shell is there, *warn* with failures on the way to it.

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
    """Connect the user's terminal, in raw mode, to *shell* until it ends; its exit status."""
    before = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
    try:
        if before:
            tty.setraw(sys.stdin)
        _join(shell)
    finally:
        if before:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
    return wait_for_exit(shell)


def _prepare(run: Run, stage: Stage, project: Project, watcher: Watcher, warn: Callable[[str], None]) -> str:
    """Put the demos of *run* onto the stage and run all but the last; the working folder of the last."""
    *before, last = run.demos
    inputs = DemoInputs(project)
    for demo in before:
        place_files(stage, demo, inputs)
        if failure := why_stopped(demo, perform_demo(demo, stage, project, watcher)[0]):
            warn(failure)
    place_files(stage, last, inputs)
    if failure := run_helper(last, stage, "prepare.sh"):
        warn(failure)
    return working_folder(stage, last)


def _join(shell: Process) -> None:
    """Copy input and output until the shell ends."""

    def fit(*_: object) -> None:
        size = shutil.get_terminal_size()
        shell.resize(size.lines, size.columns)

    def show(data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    fit()
    before = signal.signal(signal.SIGWINCH, fit)
    keys = sys.stdin.fileno()
    sources: list[Process | int] = [shell, keys]
    try:
        show(shell.read())
        while not shell.ended:
            ready, _, _ = select.select(sources, [], [])
            if keys in ready:
                data = os.read(keys, 4096)
                shell.write(data or b"\x04")
                if not data:
                    sources.remove(keys)
            if shell in ready:
                show(shell.read())
    finally:
        signal.signal(signal.SIGWINCH, before)
