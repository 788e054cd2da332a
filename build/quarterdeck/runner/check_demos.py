"""The core of a check: demos run side by side, and are judged; what drifted may be accepted.

`pytest_plugin.check_session` selects the demos and reports on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from quarterdeck.base.errors import QuarterdeckError
from quarterdeck.check.report.summary import RunVerdicts, answer
from quarterdeck.demo.demo_file import Demo
from quarterdeck.runner.outcome import DemoOutcome
from quarterdeck.runner.record_demos import keep
from quarterdeck.runner.scheduler import RunContext, Scheduler
from quarterdeck.runner.shard import longest_first


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What to check, and how."""

    demos: Sequence[Demo]
    jobs: int | None = None
    """The number of demos that run side by side; None: one on each engine."""
    update: bool = False
    """Whether demos that drifted or are new are recorded."""
    keywords: str = ""
    """An expression for pytest's `-k`, which selects demos."""
    exit_first: bool = False
    last_failed: bool = False
    junit: Path | None = None
    choose: Callable[[Sequence[Demo]], Sequence[Demo]] = tuple
    """Chooses those that run here from the demos that `keywords` and `last_failed` select."""


@dataclass(slots=True)
class CheckResult:
    """The result of a check."""

    outcomes: list[DemoOutcome] = field(default_factory=list)
    """The outcomes of the demos that ended, in the order of the demos, each once."""
    errors: list[QuarterdeckError] = field(default_factory=list)
    """Why other demos have no outcome."""
    accepted: set[str] = field(default_factory=set)
    """The names of demos that were recorded."""
    not_run: int = 0
    """The number of demos without an outcome."""
    interrupted: bool = False
    took_s: float = 0.0

    @property
    def verdicts(self) -> RunVerdicts:
        """What reports on the check are about."""
        judged = [(outcome.demo, outcome.verdicts) for outcome in self.outcomes]
        return RunVerdicts(judged, frozenset(self.accepted), self.took_s, self.not_run)

    @property
    def fine(self) -> bool:
        """Whether every step of every demo is PASSED or SKIPPED, or was recorded."""
        return not self.verdicts.wrong


class CheckRun:
    """Runs the demos of a check."""

    def __init__(self, options: CheckOptions, context: RunContext, seconds: Mapping[str, float]) -> None:
        """*seconds*: how long each demo takes, by name; the longest start first if several run side by side."""
        self._options = options
        self._context = context
        self._seconds = seconds
        self._outcomes: dict[str, DemoOutcome] = {}
        self._errors: dict[str, QuarterdeckError] = {}
        self._accepted: set[str] = set()

    def run(self, demos: Sequence[Demo]) -> None:
        """Run *demos*, each on a stage; with `exit_first`, up to the first that is wrong."""
        runs = self._context.catalogue.plan_runs(demos)
        if self._options.jobs != 1:
            runs = longest_first(runs, self._seconds)
        with Scheduler(self._context, jobs=self._options.jobs) as scheduler:
            jobs = {name: job for run in runs for job in [scheduler.give(run)] for name in run.asked}
            for demo in demos:
                try:
                    outcome = self._outcomes[demo.name] = scheduler.wait_for(jobs[demo.name], demo)
                    fine = self._is_fine(outcome)
                except QuarterdeckError as error:
                    self._errors[demo.name] = error
                    fine = False
                if self._options.exit_first and not fine:
                    break

    def has_run(self, demo: Demo) -> bool:
        """Whether *demo* has an outcome, or an error in its place."""
        return demo.name in self._outcomes or demo.name in self._errors

    def outcome_of(self, demo: Demo) -> DemoOutcome:
        """The outcome of *demo*, which has run.

        Raises:
            QuarterdeckError: It has an error instead.
        """
        if error := self._errors.get(demo.name):
            raise error
        return self._outcomes[demo.name]

    def accepts(self, outcome: DemoOutcome) -> bool:
        """Whether *outcome* was recorded, so that it counts as fine."""
        return outcome.demo.name in self._accepted

    def result(self, demos: Sequence[Demo]) -> CheckResult:
        """The result for *demos*, with the demos that failed before them on their stages."""
        outcomes: dict[str, DemoOutcome] = {}
        for demo in demos:
            if outcome := self._outcomes.get(demo.name):
                for earlier in outcome.before:
                    outcomes.setdefault(earlier.demo.name, earlier)
                outcomes[demo.name] = outcome
        not_run = sum(demo.name not in self._outcomes for demo in demos)
        return CheckResult(list(outcomes.values()), list(self._errors.values()), self._accepted, not_run)

    def _is_fine(self, outcome: DemoOutcome) -> bool:
        if self._options.update and outcome.acceptable:
            if keep(outcome, self._context.project) or not answer(outcome.verdicts):
                self._accepted.add(outcome.demo.name)
            return True
        return not outcome.before and answer(outcome.verdicts)
