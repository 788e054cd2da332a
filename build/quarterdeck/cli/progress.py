"""What is going on, on one line of the terminal: which demo, which step, how long. Quiet when it is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from quarterdeck.live.perform import Progress, Watcher


@contextmanager
def show_progress() -> Iterator[Watcher]:
    """A watcher that shows what is going on while this lasts."""
    if not sys.stderr.isatty():
        yield _say_what_takes_long
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def watch(progress: Progress) -> None:
            if progress.demo is None or progress.step is None:
                bar.reset(task, description=progress.what, total=None)
                return
            steps = [step for step in progress.demo.steps if step.script]
            index = steps.index(progress.step)
            name = f"{progress.demo.name}-{progress.step.key}"
            text = f"{name} ({index + 1} of {len(steps)})  {progress.step.caption[:48]}"
            if progress.finished is None:
                bar.reset(task, description=text, total=len(steps), completed=index)
            else:
                bar.update(task, completed=index + 1)

        yield watch


def _say_what_takes_long(progress: Progress) -> None:
    if progress.what and progress.what != "setting the stage":
        click.echo(progress.what, err=True)
