"""The core of a check: demos run side by side, and are judged; with `--update`, drift is accepted.

`pytest_plugin.check_session` selects the demos and reports on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from quarterdeck.base.errors import QuarterdeckError
from quarterdeck.check.verdict import RunVerdicts, answer
from quarterdeck.demo.demo_file import Demo
from quarterdeck.runner.outcome import DemoOutcome, RunContext
from quarterdeck.runner.record_demos import keep
from quarterdeck.runner.scheduler import Scheduler
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


class CheckRun:
    """Runs the demos of a check, and keeps their outcomes."""

    def __init__(self, options: CheckOptions, context: RunContext, seconds: Mapping[str, float]) -> None:
        """*seconds*: how long each demo takes, by name; the longest start first if several run side by side."""
        self.demos: Sequence[Demo] = ()
        """The demos that were selected."""
        self.errors: dict[str, QuarterdeckError] = {}
        """By demo, the reason why it has no outcome."""
        self.interrupted = False
        self.took_s = 0.0
        self._options = options
        self._context = context
        self._seconds = seconds
        self._outcomes: dict[str, DemoOutcome] = {}

    def run(self) -> None:
        """Run the selected demos, each on a stage; with `exit_first`, up to the first that is wrong."""
        runs = self._context.catalogue.plan_runs(self.demos)
        if self._options.jobs != 1:
            runs = longest_first(runs, self._seconds)
        with Scheduler(self._context, jobs=self._options.jobs) as scheduler:
            jobs = {name: job for run in runs for job in [scheduler.give(run)] for name in run.asked}
            for demo in self.demos:
                try:
                    outcome = self._update(scheduler.wait_for(jobs[demo.name], demo))
                    self._outcomes[demo.name] = outcome
                    fine = outcome.fine
                except QuarterdeckError as error:
                    self.errors[demo.name] = error
                    fine = False
                if self._options.exit_first and not fine:
                    break

    def has_run(self, demo: Demo) -> bool:
        """Whether *demo* has an outcome, or an error in its place."""
        return demo.name in self._outcomes or demo.name in self.errors

    def outcome_of(self, demo: Demo) -> DemoOutcome:
        """The outcome of *demo*, which has run.

        Raises:
            QuarterdeckError: It has an error instead.
        """
        if error := self.errors.get(demo.name):
            raise error
        return self._outcomes[demo.name]

    @property
    def verdicts(self) -> RunVerdicts:
        """The verdicts of the demos, and of those that failed before them on their stages."""
        outcomes: dict[str, DemoOutcome] = {}
        for demo in self.demos:
            if outcome := self._outcomes.get(demo.name):
                for earlier in outcome.before:
                    outcomes.setdefault(earlier.demo.name, earlier)
                outcomes[demo.name] = outcome
        judged = [(outcome.demo, outcome.verdicts) for outcome in outcomes.values()]
        accepted = frozenset(name for name, outcome in self._outcomes.items() if outcome.accepted)
        return RunVerdicts(judged, accepted, self.took_s, len(self.demos) - len(self._outcomes))

    def _update(self, outcome: DemoOutcome) -> DemoOutcome:
        """Record the outcome's demo if that is an option and something changed."""
        if not self._options.update or not outcome.acceptable:
            return outcome
        changed = keep(outcome, self._context.project)
        return replace(outcome, accepted=changed or not answer(outcome.verdicts))
