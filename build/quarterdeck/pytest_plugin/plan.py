"""Which demos share a stage, and who runs them: what items ask for their outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from quarterdeck.demo.catalogue import Catalogue, Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.runner.outcome import DemoOutcome
from quarterdeck.runner.scheduler import Job, Scheduler


def _accept_nothing(_: DemoOutcome) -> bool:
    return False


class Plan:
    """Demos on their stages, run by a scheduler."""

    def __init__(
        self, scheduler: Scheduler, catalogue: Catalogue, accepts: Callable[[DemoOutcome], bool] = _accept_nothing
    ) -> None:
        self._scheduler = scheduler
        self._catalogue = catalogue
        self._runs: dict[str, Run] = {}
        self._errands: dict[str, Job] = {}
        self.accepts = accepts
        self.following: Demo | None = None
        """The demo whose turn comes next: its stage is made ready meanwhile."""

    def choose(self, demos: Iterable[Demo]) -> Sequence[Run]:
        """Put *demos* on stages; these and no others can be asked for."""
        runs = self._catalogue.plan_runs(tuple(demos))
        self._runs = {name: run for run in runs for name in run.asked}
        return runs

    def start(self, run: Run) -> Job:
        """Have *run* done as soon as there is a place for it."""
        job = self._scheduler.give(run)
        self._errands.update(dict.fromkeys(run.asked, job))
        return job

    def trial_of(self, demo: Demo) -> DemoOutcome:
        """The outcome of *demo*, which is run now unless it is running already."""
        run = self._runs[demo.name]
        for job in {id(job): job for job in self._errands.values()}.values():
            if not job.wanted and job.run is not run:
                self._forget(job)
        job = self._errands.get(demo.name) or self.start(run)
        self._scheduler.want(job)
        self._foresee()
        return self._scheduler.wait_for(job, demo)

    def _foresee(self) -> None:
        if self.following is not None and self.following.name not in self._errands:
            run = self._runs[self.following.name]
            job = self._scheduler.give(run, wanted=False)
            self._errands.update(dict.fromkeys(run.asked, job))

    def _forget(self, job: Job) -> None:
        """Throw away a stage that was made ready for a demo whose turn has not come."""
        self._scheduler.drop(job)
        for name in job.run.asked:
            del self._errands[name]
