"""Demos side by side, each on a stage of its own, and the next stages made ready meanwhile.

Demos mostly wait, so lanes are threads of one process: none of them pays for imports, and all of them together cost
little of one core. (Rejected: a process for each lane, which takes a second to start and reads every demo again.)
There are more lanes than demos may run at a time. Those that may not run yet set their stage and wait, and those
that have run throw theirs away, while the others run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from quarterdeck.catalogue import Catalogue, Run
from quarterdeck.demo import Demo
from quarterdeck.errors import Problems
from quarterdeck.live.engine import use_engine
from quarterdeck.live.lease import leave_to_sweeper, throw_all_away
from quarterdeck.live.perform import Progress, Watcher, perform_on, set_stage
from quarterdeck.live.stage import Stage, abandon
from quarterdeck.project import Project
from quarterdeck.trial.berths import Berths
from quarterdeck.trial.trial import Trial, judge_result

_PATIENCE_S = 10.0
"""Seconds that lanes have to end when a run is given up; then the sweeper does what they have left."""


class _GivenUpError(Exception):
    """Ends what a lane does, since nobody waits for it any more."""


def _tell_nobody(_: object) -> None:
    """For those who do not want to know."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What every lane must know."""

    project: Project
    catalogue: Catalogue
    day: str
    """The day that new recordings name, as 2026-11-23."""
    problems: Problems
    """Takes recordings that cannot be read, and what goes wrong beside the steps."""
    watcher: Watcher = _tell_nobody
    """Takes what is going on; lanes call it one at a time."""
    finished: Callable[[Trial], None] = _tell_nobody
    """Takes the trial of each demo that was asked for, as it ends; likewise."""


@dataclass(eq=False, slots=True)
class Errand:
    """A run that a crew was given, and what has become of it."""

    run: Run
    wanted: bool
    """Whether it may start; if not, only its stage is made ready."""
    trials: dict[str, Trial] = field(default_factory=dict)
    """By the names of the demos that have ended."""
    dropped: bool = False
    leaving: bool = False
    """Whether its demos have run, and nothing is left to do but to throw the stage away."""
    ended: bool = False
    error: BaseException | None = None
    """Why there are no more trials."""
    stage: Stage | None = None
    """Where it runs, when that is set."""

    @property
    def on_host(self) -> bool:
        """Whether it runs on the user's own machine."""
        return self.run.stage.kind == "host"


class Crew:
    """Lanes that run demos. Use it in a `with`: at its end nothing runs any more, and all stages are gone."""

    def __init__(self, orders: Orders, *, jobs: int | None = None, engine: str | None = None) -> None:
        """Get ready to run *jobs* demos at a time, on all engines together; None: one on each.

        With *engine*, all of them run on the engine of that address.
        """
        self._orders = orders
        self._berths = Berths(jobs, engine)
        self._lanes: list[threading.Thread] = []
        self._waiting: list[Errand] = []
        self._begun: list[Errand] = []
        self._news = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._over = False

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def give(self, run: Run, *, wanted: bool = True) -> Errand:
        """Take on *run*, after those given before; if it is not *wanted* yet, only set its stage."""
        errand = Errand(run, wanted)
        with self._news:
            self._waiting.append(errand)
            if len(self._lanes) < len(self._berths.lanes):
                engine = self._berths.lanes[len(self._lanes)]
                lane = threading.Thread(target=self._work, args=(engine,), daemon=True)
                self._lanes.append(lane)
                lane.start()
            self._news.notify_all()
        return errand

    def want(self, errand: Errand) -> None:
        """Let a run start whose stage was made ready."""
        with self._news:
            errand.wanted = True
            self._news.notify_all()

    def drop(self, errand: Errand) -> None:
        """Throw away a stage that was made ready for nothing."""
        with self._news:
            errand.dropped = True
            self._news.notify_all()

    def wait_for(self, errand: Errand, demo: Demo) -> Trial:
        """The trial of *demo*, when it has ended.

        Raises:
            StageError: Its stage does not come up, or went away before the demo started.
            SourceError: A file that it needs cannot be read, or the demos of the run want different stages.
        """
        with self._news:
            self._news.wait_for(lambda: demo.name in errand.trials or errand.ended)
        if demo.name not in errand.trials:
            raise errand.error or _GivenUpError
        return errand.trials[demo.name]

    def stop(self) -> None:
        """Give up what has not ended, and wait until nothing runs any more."""
        with self._news:
            self._over = True
            self._waiting.clear()
            self._news.notify_all()
            unfinished = [errand for errand in self._begun if not (errand.leaving or errand.ended)]
        if unfinished:
            throw_all_away()
        for errand in unfinished:
            if errand.stage is not None:
                abandon(errand.stage)
        for lane in self._lanes:
            lane.join(_PATIENCE_S)
            if lane.is_alive():
                leave_to_sweeper()

    def _work(self, engine: int) -> None:
        """What a lane does: one errand after the other."""
        with use_engine(self._berths.addresses[engine]):
            while errand := self._next(engine):
                try:
                    self._do(errand, engine)
                except BaseException as error:  # whoever waits for the errand raises it, whatever it is
                    errand.error = error
                finally:
                    with self._news:
                        errand.ended = True
                        self._berths.leave(errand)
                        self._news.notify_all()

    def _next(self, engine: int) -> Errand | None:
        """The next errand for a lane of *engine*, when it may begin; None when there will be none."""

        def found() -> bool:
            return self._over or self._first(engine) is not None

        with self._news:
            self._news.wait_for(found)
            errand = None if self._over else self._first(engine)
            if errand:
                self._waiting.remove(errand)
                self._begun.append(errand)
                self._berths.take(errand, engine, errand.wanted)
                self._news.notify_all()
            return errand

    def _first(self, engine: int) -> Errand | None:
        host_in_use = any(one.on_host and not one.ended for one in self._begun)
        for errand in self._waiting:
            # There is one user's machine: its stages come one after the other, and with one and the same engine.
            if errand.on_host and (host_in_use or engine):
                continue
            if self._berths.may_take(engine, errand.wanted):
                return errand
        return None

    def _do(self, errand: Errand, engine: int) -> None:
        orders = self._orders
        with set_stage(errand.run, orders.project, self._watch) as stage:
            errand.stage = stage
            self._wait_for_place(errand, engine)
            before: tuple[Trial, ...] = ()
            try:
                for result in perform_on(stage, errand.run, orders.project, self._watch):
                    trial = judge_result(result, before, orders.project, orders.catalogue, orders.day, orders.problems)
                    before = (*before, trial)
                    self._deliver(errand, trial)
            finally:
                # The stage is thrown away while the next demo runs.
                with self._news:
                    errand.leaving = True
                    self._berths.leave(errand)
                    self._news.notify_all()

    def _wait_for_place(self, errand: Errand, engine: int) -> None:
        def settled() -> bool:
            return self._over or errand.dropped or (errand.wanted and self._berths.has_place(engine))

        with self._news:
            self._news.wait_for(settled)
            if self._over or errand.dropped:
                raise _GivenUpError
            self._berths.start(errand)
            self._news.notify_all()

    def _deliver(self, errand: Errand, trial: Trial) -> None:
        if trial.demo.name in errand.run.asked:
            with self._one_at_a_time:
                self._orders.finished(trial)
        with self._news:
            errand.trials[trial.demo.name] = trial
            self._news.notify_all()

    def _watch(self, progress: Progress) -> None:
        if self._over:
            raise _GivenUpError
        with self._one_at_a_time:
            self._orders.watcher(progress)
