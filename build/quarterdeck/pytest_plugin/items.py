"""Demos as items of pytest."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
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
            texts = (render_problems(judged.demo, judged.verdicts) for judged in (*outcome.before, outcome))
            raise DemoError("\n\n".join(text for text in texts if text))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our text for errors that an author can fix; pytest's traceback for others."""
        if isinstance(excinfo.value, (DemoError, QuarterdeckError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the demo starts, for pytest's headings."""
        return self.path, max(0, self.demo.at.line - 1), self.demo.name


class DemoReports:
    """The hook of pytest for reports on demos."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A demo took as long as its steps; a skipped demo stands at its own place."""
        report = yield
        if isinstance(item, DemoItem) and report.when == "call" and item.outcome is not None:
            report.duration = item.outcome.seconds
            if report.skipped and isinstance(report.longrepr, tuple):
                report.longrepr = (item.demo.at.path, item.demo.at.line, report.longrepr[2])
        return report


def _step_lines(outcome: DemoOutcome) -> Iterator[str]:
    for verdict in outcome.verdicts:
        name = f"{outcome.demo.short_name}-{verdict.step.key}"
        yield f"{verdict.verdict:<8}{verdict.seconds:7.2f} s  {name}  {verdict.step.caption}".rstrip()
    yield from (f"warning: {note}" for note in outcome.result.notes)
