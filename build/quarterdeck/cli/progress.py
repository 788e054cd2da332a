"""What is going on while demos run: on a terminal, a line for each that runs; elsewhere, a line for each that ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from quarterdeck.check.report.paint import strip_paint
from quarterdeck.check.report.text_report import count_verdicts
from quarterdeck.check.verdict import worst
from quarterdeck.live.run_demo import Progress
from quarterdeck.runner.outcome import DemoOutcome

_SETTING = "setting the stage"


@contextmanager
def show_progress(demos: int = 1) -> Iterator[_Bars | _Lines]:
    """Show what is going on in a run of *demos* while this lasts."""
    if not sys.stderr.isatty():
        yield _Lines(demos)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars, demos)


class _Bars:
    """On a terminal: a bar for all demos, and one for each that runs; only one thread calls at a time."""

    def __init__(self, bars: Any, demos: int) -> None:
        self._bars = bars
        self._all = bars.add_task(_SETTING)
        self._done = 0
        self._running: dict[str, Any] = {}
        self.expect(demos)

    def watch(self, progress: Progress) -> None:
        """Show a step that starts or has ended, or a sentence."""
        if progress.demo is None or progress.step is None:
            if progress.what != _SETTING or not self._running:
                self._bars.update(self._all, description=progress.what, visible=True)
            return
        demo = progress.demo
        steps = [step for step in demo.steps if step.script]
        if demo.name not in self._running:
            self._running[demo.name] = self._bars.add_task("", total=len(steps))
        self._show_count()
        index = steps.index(progress.step)
        text = f"{demo.name}-{progress.step.key} ({index + 1} of {len(steps)})  {progress.step.caption[:48]}"
        ended = progress.finished is not None
        self._bars.update(self._running[demo.name], description=text, completed=index + ended)
        if ended and index + 1 == len(steps):
            self._bars.remove_task(self._running.pop(demo.name))

    def finish(self, outcome: DemoOutcome) -> None:
        """Count a demo that has ended."""
        self._done += 1
        self._show_count()

    def expect(self, demos: int) -> None:
        """Count to *demos*: fewer run than there are."""
        self._many = demos > 1
        self._bars.update(self._all, total=demos if demos > 1 else None)

    def _show_count(self) -> None:
        self._bars.update(self._all, description="demos", completed=self._done, visible=self._many)


class _Lines:
    """Elsewhere: a line for each demo that has ended."""

    def __init__(self, demos: int) -> None:
        self._demos = demos
        self._done = 0

    def watch(self, progress: Progress) -> None:
        """Print a sentence; steps are not shown."""
        if progress.what and progress.what != _SETTING:
            click.echo(progress.what, err=True)

    def finish(self, outcome: DemoOutcome) -> None:
        """Print the verdict of a demo that has ended."""
        self._done += 1
        text = strip_paint(count_verdicts(outcome.verdicts))
        number = f"[{self._done}/{self._demos}]"
        click.echo(f"{number} {worst(outcome.verdicts)} {outcome.demo.name}: {text}, {outcome.seconds:.1f} s", err=True)

    def expect(self, demos: int) -> None:
        """Count to *demos*: fewer run than there are."""
        self._demos = demos
