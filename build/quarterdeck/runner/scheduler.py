"""Demos side by side, each on a stage of its own, and the next stages made ready meanwhile.

Demos mostly wait, so lanes are threads of one process: none of them pays for imports, and all of them together cost
little of one core. (Rejected: a process for each lane, which takes a second to start and reads every demo again.)
There are more lanes than demos may run at a time. Those that may not run yet set their stage and wait, and those
that have run throw theirs away, while the others run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project
from quarterdeck.demo.catalogue import Catalogue, Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.run_demo import Progress, Watcher, perform_on, set_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.runner.outcome import DemoOutcome, judge_result
from quarterdeck.runner.slots import SlotCounter

_PATIENCE_S = 10.0
"""Seconds that lanes have to end when a run is given up; then the reaper removes what they have left."""


class _GivenUpError(Exception):
    """Raised in a worker thread whose run was cancelled."""


def _tell_nobody(_: object) -> None:
    """For those who do not want to know."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What every lane must know."""

    project: Project
    catalogue: Catalogue
    day: str
    """The day that new recordings name, as 2026-11-23."""
    problems: Problems
    """Takes recordings that cannot be read, and what goes wrong beside the steps."""
    watcher: Watcher = _tell_nobody
    """Takes what is going on; lanes call it one at a time."""
    finished: Callable[[DemoOutcome], None] = _tell_nobody
    """Takes the outcome of each demo that was asked for, as it ends; likewise."""


@dataclass(eq=False, slots=True)
class Job:
    """A run that a scheduler was given, and what has become of it."""

    run: Run
    wanted: bool
    """Whether it may start; if not, only its stage is made ready."""
    outcomes: dict[str, DemoOutcome] = field(default_factory=dict)
    """By the names of the demos that have ended."""
    dropped: bool = False
    leaving: bool = False
    """Whether its demos have run, and nothing is left to do but to throw the stage away."""
    ended: bool = False
    error: BaseException | None = None
    """Why there are no more outcomes."""
    stage: Stage | None = None
    """Where it runs, when that is set."""

    @property
    def on_host(self) -> bool:
        """Whether it runs on the user's own machine."""
        return self.run.stage.kind == "host"


class Scheduler:
    """Lanes that run demos. Use it in a `with`: at its end nothing runs any more, and all stages are gone."""

    def __init__(self, context: RunContext, *, jobs: int | None = None, engine: str | None = None) -> None:
        """Get ready to run *jobs* demos at a time, on all engines together; None: one on each.

        With *engine*, all of them run on the engine of that address.
        """
        self._context = context
        self._berths = SlotCounter(jobs, engine)
        self._lanes: list[threading.Thread] = []
        self._leases: dict[int, RunLease] = {}
        self._until_the_end = ExitStack()
        self._waiting: list[Job] = []
        self._begun: list[Job] = []
        self._news = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._over = False

    def __enter__(self) -> Scheduler:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def give(self, run: Run, *, wanted: bool = True) -> Job:
        """Take on *run*, after those given before; if it is not *wanted* yet, only set its stage."""
        job = Job(run, wanted)
        with self._news:
            self._waiting.append(job)
            if len(self._lanes) < len(self._berths.lanes):
                engine = self._berths.lanes[len(self._lanes)]
                if engine not in self._leases:
                    lease = RunLease(Engine(self._berths.addresses[engine]))
                    self._leases[engine] = self._until_the_end.enter_context(lease)
                lane = threading.Thread(target=self._work, args=(engine,), daemon=True)
                self._lanes.append(lane)
                lane.start()
            self._news.notify_all()
        return job

    def want(self, job: Job) -> None:
        """Let a run start whose stage was made ready."""
        with self._news:
            job.wanted = True
            self._news.notify_all()

    def drop(self, job: Job) -> None:
        """Throw away a stage that was made ready for nothing."""
        with self._news:
            job.dropped = True
            self._news.notify_all()

    def wait_for(self, job: Job, demo: Demo) -> DemoOutcome:
        """The outcome of *demo*, when it has ended.

        Raises:
            StageError: Its stage does not come up, or went away before the demo started.
            SourceError: A file that it needs cannot be read, or the demos of the run want different stages.
        """
        with self._news:
            self._news.wait_for(lambda: demo.name in job.outcomes or job.ended)
        if demo.name not in job.outcomes:
            raise job.error or _GivenUpError
        return job.outcomes[demo.name]

    def stop(self) -> None:
        """Give up what has not ended, and wait until nothing runs any more."""
        with self._news:
            self._over = True
            self._waiting.clear()
            self._news.notify_all()
            unfinished = [job for job in self._begun if not (job.leaving or job.ended)]
        if unfinished:
            for lease in self._leases.values():
                lease.remove_all()
        for job in unfinished:
            if job.stage is not None:
                job.stage.abandon()
        for lane in self._lanes:
            lane.join(_PATIENCE_S)
            if lane.is_alive():
                for lease in self._leases.values():
                    lease.leave_to_reaper()
        self._until_the_end.close()

    def _work(self, engine: int) -> None:
        """What a lane does: one job after the other."""
        while job := self._next(engine):
            try:
                self._do(job, engine)
            except BaseException as error:  # whoever waits for the job raises it, whatever it is
                job.error = error
            finally:
                with self._news:
                    job.ended = True
                    self._berths.leave(job)
                    self._news.notify_all()

    def _next(self, engine: int) -> Job | None:
        """The next job for a lane of *engine*, when it may begin; None when there will be none."""

        def found() -> bool:
            return self._over or self._first(engine) is not None

        with self._news:
            self._news.wait_for(found)
            job = None if self._over else self._first(engine)
            if job:
                self._waiting.remove(job)
                self._begun.append(job)
                self._berths.take(job, engine, job.wanted)
                self._news.notify_all()
            return job

    def _first(self, engine: int) -> Job | None:
        host_in_use = any(one.on_host and not one.ended for one in self._begun)
        for job in self._waiting:
            # There is one user's machine: its stages come one after the other, and with one and the same engine.
            if job.on_host and (host_in_use or engine):
                continue
            if self._berths.may_take(engine, job.wanted):
                return job
        return None

    def _do(self, job: Job, engine: int) -> None:
        context = self._context
        with set_stage(job.run, context.project, self._leases[engine], self._watch) as stage:
            job.stage = stage
            self._wait_for_place(job, engine)
            before: tuple[DemoOutcome, ...] = ()
            try:
                for result in perform_on(stage, job.run, context.catalogue.inputs, self._watch):
                    outcome = judge_result(
                        result, before, context.project, context.catalogue, context.day, context.problems
                    )
                    before = (*before, outcome)
                    self._deliver(job, outcome)
            finally:
                # The stage is thrown away while the next demo runs.
                with self._news:
                    job.leaving = True
                    self._berths.leave(job)
                    self._news.notify_all()

    def _wait_for_place(self, job: Job, engine: int) -> None:
        def settled() -> bool:
            return self._over or job.dropped or (job.wanted and self._berths.has_place(engine))

        with self._news:
            self._news.wait_for(settled)
            if self._over or job.dropped:
                raise _GivenUpError
            self._berths.start(job)
            self._news.notify_all()

    def _deliver(self, job: Job, outcome: DemoOutcome) -> None:
        if outcome.demo.name in job.run.asked:
            with self._one_at_a_time:
                self._context.finished(outcome)
        with self._news:
            job.outcomes[outcome.demo.name] = outcome
            self._news.notify_all()

    def _watch(self, progress: Progress) -> None:
        if self._over:
            raise _GivenUpError
        with self._one_at_a_time:
            self._context.watcher(progress)
