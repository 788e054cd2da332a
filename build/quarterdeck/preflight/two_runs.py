"""Runs the demos of a running order twice: as usual, and without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import StageSettings
from quarterdeck.check.verdict import StepVerdict
from quarterdeck.demo.catalogue import Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.live.run_demo import Progress
from quarterdeck.preflight.facts import TwoRuns
from quarterdeck.present.running_order import StepKey
from quarterdeck.runner.outcome import RunContext
from quarterdeck.runner.scheduler import Scheduler


@dataclass(frozen=True, slots=True)
class _Verdicts:
    steps: dict[StepKey, StepVerdict]
    failures: dict[str, StageError]


def run_twice(demos: Sequence[Demo], context: RunContext, *, jobs: int | None) -> TwoRuns:
    """Run and judge *demos* as usual, then those that can reach other machines on stages that cannot.

    *jobs* demos run side by side; None: one on each engine.

    Raises:
        SourceError: A file that a demo needs cannot be read.
    """
    runs = context.catalogue.plan_runs(demos)
    usual = _run(runs, context, jobs)
    cut_off = _Verdicts({}, {})
    if isolated := [replace(run, stage=run.stage._replace(network=False)) for run in runs if can_be_cut_off(run.stage)]:
        context.watcher(Progress("once more, without a network"))
        cut_off = _run(isolated, context, jobs)
    return TwoRuns(usual.steps, cut_off.steps, usual.failures)


def can_be_cut_off(stage: StageSettings) -> bool:
    """Whether it has a network that can be taken away: that of the user's own machine cannot."""
    return stage.kind == "container" and stage.network


def _run(runs: Sequence[Run], context: RunContext, jobs: int | None) -> _Verdicts:
    verdicts = _Verdicts({}, {})
    with Scheduler(context, jobs=jobs) as scheduler:
        for job in [scheduler.give(run) for run in runs]:
            for demo in (demo for demo in job.run.demos if demo.name in job.run.asked):
                try:
                    outcome = scheduler.wait_for(job, demo)
                except StageError as error:
                    verdicts.failures[demo.name] = error
                else:
                    verdicts.steps.update({(demo.name, judged.step.number): judged for judged in outcome.verdicts})
    return verdicts
