"""Which demos share a stage, and who runs them: what items ask for their trials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from quarterdeck.catalogue import Catalogue, Run
from quarterdeck.demo import Demo
from quarterdeck.trial.crew import Crew, Errand
from quarterdeck.trial.trial import Trial


def _accept_nothing(_: Trial) -> bool:
    return False


class Plan:
    """Demos on their stages, run by a crew."""

    def __init__(self, crew: Crew, catalogue: Catalogue, accepts: Callable[[Trial], bool] = _accept_nothing) -> None:
        self._crew = crew
        self._catalogue = catalogue
        self._runs: dict[str, Run] = {}
        self._errands: dict[str, Errand] = {}
        self.accepts = accepts
        self.following: Demo | None = None
        """The demo whose turn comes next: its stage is made ready meanwhile."""

    def choose(self, demos: Iterable[Demo]) -> Sequence[Run]:
        """Put *demos* on stages; these and no others can be asked for."""
        runs = self._catalogue.plan_runs(tuple(demos))
        self._runs = {name: run for run in runs for name in run.asked}
        return runs

    def start(self, run: Run) -> Errand:
        """Have *run* done as soon as there is a place for it."""
        errand = self._crew.give(run)
        self._errands.update(dict.fromkeys(run.asked, errand))
        return errand

    def trial_of(self, demo: Demo) -> Trial:
        """The trial of *demo*, which is run now unless it is running already."""
        run = self._runs[demo.name]
        for errand in {id(errand): errand for errand in self._errands.values()}.values():
            if not errand.wanted and errand.run is not run:
                self._forget(errand)
        errand = self._errands.get(demo.name) or self.start(run)
        self._crew.want(errand)
        self._foresee()
        return self._crew.wait_for(errand, demo)

    def _foresee(self) -> None:
        if self.following is not None and self.following.name not in self._errands:
            run = self._runs[self.following.name]
            errand = self._crew.give(run, wanted=False)
            self._errands.update(dict.fromkeys(run.asked, errand))

    def _forget(self, errand: Errand) -> None:
        """Throw away a stage that was made ready for a demo whose turn has not come."""
        self._crew.drop(errand)
        for name in errand.run.asked:
            del self._errands[name]
