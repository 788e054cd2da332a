"""Demos as items of pytest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import QuarterdeckError
from quarterdeck.check.report.text_report import render_problems
from quarterdeck.check.verdict import Verdict
from quarterdeck.demo.demo_file import Demo
from quarterdeck.runner.outcome import DemoOutcome

Runner = Callable[[Demo], DemoOutcome]
"""Waits for the outcome of a demo; raises QuarterdeckError if it has none."""


class DemoError(Exception):
    """A step of a demo is neither PASSED nor SKIPPED."""


class DemoFile(pytest.File):
    """A file that a demo starts in."""

    load: Callable[[Path], Demo | None]
    """Loads the demo of a file, or raises a CollectError with its errors."""
    runner: Runner

    @classmethod
    def at(cls, path: Path, parent: pytest.Collector, load: Callable[[Path], Demo | None], runner: Runner) -> DemoFile:
        """The collector of the file at *path*."""
        file: DemoFile = cls.from_parent(parent, path=path)
        file.load, file.runner = load, runner
        return file

    def collect(self) -> Iterator[DemoItem]:
        """The item of the demo."""
        demo = self.load(self.path)
        if demo is not None:
            yield DemoItem.of(self, demo, self.runner)


class DemoItem(pytest.Item):
    """One demo. The section `stdout` of its report has the verdicts of its steps."""

    demo: Demo
    runner: Runner
    outcome: DemoOutcome | None
    """The outcome of the demo; None until it has run."""

    @classmethod
    def of(cls, parent: pytest.Collector, demo: Demo, runner: Runner) -> DemoItem:
        """The item of *demo* below the collector of its file."""
        item: DemoItem = cls.from_parent(parent, name=demo.short_name)
        item.demo, item.runner, item.outcome = demo, runner, None
        item.extra_keyword_matches |= {demo.name, demo.title, "quarterdeck"}
        return item

    def runtest(self) -> None:
        """Wait for the demo's outcome, and judge the whole of it."""
        outcome = self.outcome = self.runner(self.demo)
        skipped = outcome.verdicts and all(verdict.verdict is Verdict.SKIPPED for verdict in outcome.verdicts)
        if skipped and not outcome.before:
            pytest.skip(
                "; ".join(dict.fromkeys(line.text for verdict in outcome.verdicts for line in verdict.evidence))
            )
        self.add_report_section("call", "stdout", "\n".join(_step_lines(outcome)))
        if not outcome.fine:
            raise DemoError(problems_of(outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our text for errors that an author can fix; pytest's traceback for others."""
        if isinstance(excinfo.value, (DemoError, QuarterdeckError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the demo starts, for pytest's headings."""
        return self.path, max(0, self.demo.at.line - 1), self.demo.name


def finish_report(item: pytest.Item, report: pytest.TestReport) -> None:
    """Set the duration of the report on a demo to that of its steps, and the place of a skipped demo."""
    if isinstance(item, DemoItem) and report.when == "call" and item.outcome is not None:
        report.duration = item.outcome.seconds
        if report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (item.demo.at.path, item.demo.at.line, report.longrepr[2])


def problems_of(outcome: DemoOutcome) -> str:
    """What is wrong with a demo, after what went wrong before it on its stage."""
    texts = [render_problems(judged.demo, judged.verdicts) for judged in (*outcome.before, outcome)]
    return "\n\n".join(text for text in texts if text)


def _step_lines(outcome: DemoOutcome) -> Iterator[str]:
    for verdict in outcome.verdicts:
        name = f"{outcome.demo.short_name}-{verdict.step.key}"
        yield f"{verdict.verdict:<8}{verdict.seconds:7.2f} s  {name}  {verdict.step.caption}".rstrip()
    yield from (f"warning: {note}" for note in outcome.result.notes)
