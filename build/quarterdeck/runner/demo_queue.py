"""Demos that are requested one after the other: the next one's stage is made ready while one runs."""

from __future__ import annotations

from collections.abc import Iterable

from quarterdeck.demo.catalogue import Catalogue, Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.runner.outcome import DemoOutcome
from quarterdeck.runner.scheduler import Job, Scheduler


class DemoQueue:
    """Demos on their stages, run by a scheduler."""

    def __init__(self, scheduler: Scheduler, catalogue: Catalogue) -> None:
        self._scheduler = scheduler
        self._catalogue = catalogue
        self._runs: dict[str, Run] = {}
        self._jobs: dict[str, Job] = {}
        self.following: Demo | None = None
        """The demo after the current one."""

    def choose(self, demos: Iterable[Demo]) -> None:
        """Plan the stages of *demos*; these and no others can be requested."""
        self._runs = {name: run for run in self._catalogue.plan_runs(tuple(demos)) for name in run.asked}

    def outcome_of(self, demo: Demo) -> DemoOutcome:
        """The outcome of *demo*, which is run now unless it is running already."""
        run = self._runs[demo.name]
        for job in {id(job): job for job in self._jobs.values()}.values():
            if not job.wanted and job.run is not run:
                self._forget(job)
        job = self._jobs.get(demo.name) or self._give(run, wanted=True)
        self._scheduler.want(job)
        if self.following is not None and self.following.name not in self._jobs:
            self._give(self._runs[self.following.name], wanted=False)
        return self._scheduler.wait_for(job, demo)

    def accepts(self, outcome: DemoOutcome) -> bool:
        """Whether *outcome* was recorded: never here."""
        return False

    def _give(self, run: Run, *, wanted: bool) -> Job:
        job = self._scheduler.give(run, wanted=wanted)
        self._jobs.update(dict.fromkeys(run.asked, job))
        return job

    def _forget(self, job: Job) -> None:
        """Discard a stage that was made ready for a demo that is not the next one."""
        self._scheduler.drop(job)
        for name in job.run.asked:
            del self._jobs[name]
