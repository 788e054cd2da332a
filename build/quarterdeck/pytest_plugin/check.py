"""`quarterdeck check`: the same items in a run of pytest that knows nothing of the project's own suite."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from quarterdeck.base.errors import QuarterdeckError, UsageError, did_you_mean
from quarterdeck.check.report.summary import answer
from quarterdeck.demo.demo_file import Demo
from quarterdeck.pytest_plugin.items import DemoError, DemoFile, DemoItem, finish_report
from quarterdeck.pytest_plugin.plan import Plan
from quarterdeck.runner.outcome import DemoOutcome
from quarterdeck.runner.record_demos import keep
from quarterdeck.runner.scheduler import RunContext, Scheduler
from quarterdeck.runner.shard import longest_first

_LEFT_OUT = (
    "assertion", "capture", "debugging", "doctest", "faulthandler", "legacypath", "logging", "monkeypatch", "pastebin",
    "pytester", "python", "recwarn", "setuponly", "setupplan", "stepwise", "subtests", "terminal", "threadexception",
    "tmpdir", "unittest", "unraisableexception", "warnings",
)  # fmt: skip
"""Plugins of pytest's own that demos have no use for."""

_INFLUENCES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG", "PYTEST_THEME", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
"""Variables by which a suite tells pytest what it wants."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What `check` was asked."""

    demos: Sequence[Demo]
    jobs: int | None = None
    """How many demos run side by side; None: one on each engine."""
    update: bool = False
    """Whether what drifted or is new is recorded anew."""
    keywords: str = ""
    """Which of the demos, as an expression for pytest's `-k`."""
    exit_first: bool = False
    last_failed: bool = False
    junit: Path | None = None
    choose: Callable[[Sequence[Demo]], Sequence[Demo]] = tuple
    """Takes the demos that are left by `keywords` and `last_failed`, and gives those of them that are run here."""


@dataclass(slots=True)
class CheckResult:
    """What became of it."""

    outcomes: list[DemoOutcome] = field(default_factory=list)
    """Those of demos that ended, in the order of the demos, each once."""
    errors: list[QuarterdeckError] = field(default_factory=list)
    """Why others have none."""
    accepted: set[str] = field(default_factory=set)
    """Names of demos that were recorded anew."""
    not_run: int = 0
    """How many demos have no outcome: the run ended before, or their stages did not come up."""
    interrupted: bool = False
    took_s: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether every step of every demo is PASSED or SKIPPED, or was recorded anew."""
        return all(outcome.demo.name in self.accepted or answer(outcome.verdicts) for outcome in self.outcomes)


def check(question: CheckOptions, context: RunContext, seconds: Mapping[str, float]) -> CheckResult:
    """Run the demos that are asked about, and judge them.

    Args:
        question: What to run, and how.
        context: What every lane must know.
        seconds: How long each demo takes, by name; the longest start first where several run side by side.

    Raises:
        UsageError: No demo is left to run, or the keywords make no sense.
    """
    started = time.monotonic()
    with Scheduler(context, jobs=question.jobs) as scheduler:
        run = _CheckRun(question, context, scheduler, seconds)
        status = _run_pytest(question, context.project.root, run)
    if run.failure is not None:
        raise run.failure
    if status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise UsageError("pytest could not run the demos", "see what it says above")
    result = run.gather()
    result.took_s = time.monotonic() - started
    result.interrupted = status == pytest.ExitCode.INTERRUPTED
    return result


def _run_pytest(question: CheckOptions, root: Path, run: _CheckRun) -> int:
    """Run pytest in this process, without anything that the project or its environment says of pytest."""
    arguments = ["-c", os.devnull, "--rootdir", str(root), "--noconftest"]
    arguments += ["-o", f"cache_dir={root / '.quarterdeck' / 'check'}"]
    for name in _LEFT_OUT:
        arguments += ["-p", f"no:{name}"]
    if question.junit is not None:
        arguments += [f"--junitxml={question.junit}", "-o", "junit_family=xunit2", "-o", "junit_suite_name=quarterdeck"]
        arguments += ["-o", "junit_logging=system-out"]
    arguments += [f"-k{question.keywords}"] if question.keywords else []
    arguments += ["--exitfirst"] if question.exit_first else []
    arguments += ["--last-failed"] if question.last_failed else []
    saved = {name: os.environ.pop(name) for name in _INFLUENCES if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        return pytest.main(arguments, plugins=[run])
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(saved)


def _do_nothing(_: pytest.Item) -> None:
    """The teardown of a demo: its stage goes by itself."""


_PHASES: tuple[tuple[Literal["call", "teardown"], Callable[[Any], None]], ...] = (
    ("call", DemoItem.runtest),
    ("teardown", _do_nothing),
)
"""What pytest's reporters want to hear of."""


class _CheckRun:
    """The hooks of pytest for a check."""

    def __init__(
        self, question: CheckOptions, context: RunContext, scheduler: Scheduler, seconds: Mapping[str, float]
    ) -> None:
        self.failure: BaseException | None = None
        """What ends the command: a wrong question, or an error of ours."""
        self._question = question
        self._context = context
        self._seconds = seconds
        self._plan = Plan(scheduler, context.catalogue, self._accepts)
        self._items: list[DemoItem] = []
        self._answer = CheckResult()

    def gather(self) -> CheckResult:
        """What became of all items."""
        result = self._answer
        found: dict[str, DemoOutcome] = {}
        for item in self._items:
            for outcome in (*(item.outcome.before if item.outcome else ()), *([item.outcome] if item.outcome else ())):
                if outcome.demo.name not in found or item.outcome is outcome:
                    found[outcome.demo.name] = outcome
        result.outcomes = list(found.values())
        result.not_run = sum(item.outcome is None for item in self._items)
        return result

    def pytest_collection(self, session: pytest.Session) -> bool:
        """Make the items of the demos, without a look at anything else in the project."""
        session.items = [item for demo in self._question.demos for item in self._items_of(demo, session)]
        session.testscollected = len(session.items)
        hook = session.config.hook
        try:
            hook.pytest_collection_modifyitems(session=session, config=session.config, items=session.items)
        except pytest.UsageError as error:
            self._end(UsageError(str(error), "an expression is such as 'push and not slow'"))
        self._items = [item for item in session.items if isinstance(item, DemoItem)]
        if self._question.demos and not self._items:
            names = [demo.name for demo in self._question.demos]
            self._end(UsageError("0 demos", did_you_mean(self._question.keywords, names)))
        chosen = {demo.name for demo in self._question.choose([item.demo for item in self._items])}
        self._items = [item for item in self._items if item.demo.name in chosen]
        session.items = list[pytest.Item](self._items)
        runs = self._plan.choose(item.demo for item in self._items)
        for run in longest_first(runs, self._seconds) if self._question.jobs != 1 else runs:
            self._plan.start(run)
        hook.pytest_collection_finish(session=session)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool:
        """Run an item without what demos have no use for: fixtures, marks, and a variable of the environment.

        pytest sets PYTEST_CURRENT_TEST while lanes read the environment, and Python forbids that.
        """
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for when, what in _PHASES:
            call = pytest.CallInfo.from_call(partial(what, item), when, (pytest.exit.Exception, KeyboardInterrupt))
            report = hook.pytest_runtest_makereport(item=item, call=call)
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what is no verdict; a demo took as long as its steps."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if isinstance(error, QuarterdeckError):
            self._answer.errors.append(error)
        elif error is not None and not isinstance(error, (DemoError, pytest.skip.Exception)):
            self.failure = error
        finish_report(item, report)
        return report

    def _items_of(self, demo: Demo, session: pytest.Session) -> Iterator[DemoItem]:
        path = self._context.project.root / demo.at.path
        return DemoFile.at(path, session, lambda _: demo, self._plan).collect()

    def _accepts(self, outcome: DemoOutcome) -> bool:
        if not (self._question.update and outcome.acceptable):
            return False
        if keep(outcome, self._context.project) or not answer(outcome.verdicts):
            self._answer.accepted.add(outcome.demo.name)
        return True

    def _end(self, error: UsageError) -> None:
        self.failure = error
        pytest.exit(str(error))
