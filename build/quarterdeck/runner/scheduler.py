"""Demos side by side, each on a stage of its own, while the next stages are started.

Demos mostly wait, so workers are threads of one process: none of them pays for imports, and all of them together cost
little of one core. (Rejected: a process for each worker, which takes a second to start and reads every demo again.)
There are more workers than demos may run at a time: the others start and stop stages while the demos run.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from quarterdeck.demo.catalogue import Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.live.engine.client import Engine, engine_addresses
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.run_demo import Progress, perform_on, set_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.runner.outcome import DemoOutcome, RunContext, judge_result

_PATIENCE_S = 10.0
"""Seconds that workers have to end when a run is cancelled; then the reaper removes what they have left."""


class _CancelledError(Exception):
    """Raised in a worker whose run was cancelled."""


@dataclass(eq=False, slots=True)
class Job:
    """A run that a scheduler was given, and its state."""

    run: Run
    released: bool
    """Whether its demos may run; if not, only its stage is started."""
    outcomes: dict[str, DemoOutcome] = field(default_factory=dict)
    """By the names of the demos that have ended."""
    dropped: bool = False
    leaving: bool = False
    """Whether its demos have run, so that only the stage has to be stopped."""
    ended: bool = False
    error: BaseException | None = None
    """Why there are no more outcomes."""
    stage: Stage | None = None
    """Its stage, once that is started."""


class Scheduler:
    """Workers that run demos. Use it in a `with`: at its end nothing runs any more, and all stages are gone."""

    def __init__(self, context: RunContext, *, jobs: int | None = None, engine: str | None = None) -> None:
        """Run *jobs* demos at a time, on all engines together; None: one on each.

        With *engine*, all of them run on the engine of that address.
        """
        self._context = context
        self._slots = SlotCounter(jobs, engine)
        self._workers: list[threading.Thread] = []
        self._leases: dict[int, RunLease] = {}
        self._until_the_end = ExitStack()
        self._waiting: list[Job] = []
        self._begun: list[Job] = []
        self._changed = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._over = False

    def __enter__(self) -> Scheduler:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def give(self, run: Run, *, released: bool = True) -> Job:
        """Take on *run*, after those given before; if it is not *released* yet, only start its stage."""
        job = Job(run, released)
        with self._changing():
            self._waiting.append(job)
            if len(self._workers) < len(self._slots.workers):
                engine = self._slots.workers[len(self._workers)]
                if engine not in self._leases:
                    lease = RunLease(Engine(self._slots.addresses[engine]))
                    self._leases[engine] = self._until_the_end.enter_context(lease)
                worker = threading.Thread(target=self._work, args=(engine,), daemon=True)
                self._workers.append(worker)
                worker.start()
        return job

    def release(self, job: Job) -> None:
        """Let the demos of *job* run."""
        with self._changing():
            job.released = True

    def drop(self, job: Job) -> None:
        """Cancel *job*, whose demos have not started, and stop its stage."""
        with self._changing():
            job.dropped = True

    def wait_for(self, job: Job, demo: Demo) -> DemoOutcome:
        """The outcome of *demo*, when it has ended.

        Raises:
            StageError: Its stage does not come up, or went away before the demo started.
            SourceError: A file that it needs cannot be read, or the demos of the run want different stages.
        """
        with self._changed:
            self._changed.wait_for(lambda: demo.name in job.outcomes or job.ended)
        if demo.name not in job.outcomes:
            raise job.error or _CancelledError
        return job.outcomes[demo.name]

    def stop(self) -> None:
        """Cancel what has not ended, and wait until nothing runs any more."""
        with self._changing():
            self._over = True
            self._waiting.clear()
            unfinished = [job for job in self._begun if not (job.leaving or job.ended)]
        if unfinished:
            for lease in self._leases.values():
                lease.remove_all()
        for job in unfinished:
            if job.stage is not None:
                job.stage.abandon()
        for worker in self._workers:
            worker.join(_PATIENCE_S)
            if worker.is_alive():
                for lease in self._leases.values():
                    lease.leave_to_reaper()
        self._until_the_end.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Change the state under the lock, and wake all that wait for a change."""
        with self._changed:
            yield
            self._changed.notify_all()

    def _work(self, engine: int) -> None:
        """Do one job after the other, in a thread."""
        while job := self._next(engine):
            try:
                self._do(job, engine)
            except BaseException as error:  # `wait_for` raises it
                job.error = error
            finally:
                with self._changing():
                    job.ended = True
                    self._slots.leave(job)

    def _next(self, engine: int) -> Job | None:
        """The next job for a worker of *engine*, when it may begin; None when there will be none."""
        with self._changing():
            self._changed.wait_for(lambda: self._over or self._first(engine))
            job = None if self._over else self._first(engine)
            if job:
                self._waiting.remove(job)
                self._begun.append(job)
                self._slots.take(job, engine, job.released)
            return job

    def _first(self, engine: int) -> Job | None:
        host_in_use = any(job.run.stage.kind == "host" and not job.ended for job in self._begun)
        for job in self._waiting:
            # There is one user's machine: its stages come one after the other, and all with the first engine.
            if job.run.stage.kind == "host" and (host_in_use or engine):
                continue
            if self._slots.may_take(engine, job.released):
                return job
        return None

    def _do(self, job: Job, engine: int) -> None:
        context = self._context
        with set_stage(job.run, context.project, self._leases[engine], self._watch) as stage:
            job.stage = stage
            self._wait_for_slot(job, engine)
            before: tuple[DemoOutcome, ...] = ()
            try:
                for result in perform_on(stage, job.run, context.catalogue.inputs, self._watch):
                    outcome = judge_result(result, before, context)
                    before = (*before, outcome)
                    self._deliver(job, outcome)
            finally:
                # The stage is stopped while the next demo runs.
                with self._changing():
                    job.leaving = True
                    self._slots.leave(job)

    def _wait_for_slot(self, job: Job, engine: int) -> None:
        with self._changing():
            self._changed.wait_for(lambda: self._over or job.dropped or (job.released and self._slots.has_slot(engine)))
            if self._over or job.dropped:
                raise _CancelledError
            self._slots.start(job)

    def _deliver(self, job: Job, outcome: DemoOutcome) -> None:
        if outcome.demo.name in job.run.asked:
            with self._one_at_a_time:
                self._context.finished(outcome)
        with self._changing():
            job.outcomes[outcome.demo.name] = outcome

    def _watch(self, progress: Progress) -> None:
        if self._over:
            raise _CancelledError
        with self._one_at_a_time:
            self._context.watcher(progress)


class SlotCounter:
    """How many demos run on which engine, and how many stages are started beside them; the caller holds a lock."""

    def __init__(self, jobs: int | None, engine: str | None) -> None:
        """Slots for *jobs* demos on the engine of that address, else on all that `DOCKER_HOST` lists."""
        several: tuple[str | None, ...] = engine_addresses() if len(engine_addresses()) > 1 else (None,)
        jobs = jobs or (1 if engine else len(several))
        self.addresses = ((engine,) if engine else several)[:jobs]
        """The engines; None is the default one."""
        spread = [number % len(self.addresses) for number in range(jobs)]
        self._slots = Counter(spread)
        self._most_stages = {number: slots + (slots + 1) // 2 for number, slots in self._slots.items()}
        spare = [number for number, slots in self._slots.items() for _ in range(self._most_stages[number] - slots)]
        self.workers = (*spread, *spare)
        """For each worker the number of its engine."""
        self._stages: dict[object, tuple[int, bool]] = {}
        """By job: the number of its engine, and whether its demos may run."""
        self._running: dict[object, int] = {}

    def may_take(self, engine: int, released: bool) -> bool:
        """Whether a worker of *engine* may start a stage now.

        It may if a demo can run at once. A stage for a later demo may start only while demos run there, so that it
        delays none, and while no engine has a free slot.
        """
        stages = Counter(number for number, _ in self._stages.values())
        urgent = Counter(number for number, is_released in self._stages.values() if is_released)
        if released and urgent[engine] < self._slots[engine]:
            return True
        if not released:
            return stages[engine] < self._most_stages[engine]
        elsewhere = any(urgent[number] < slots for number, slots in self._slots.items())
        return stages[engine] < self._most_stages[engine] and engine in self._running.values() and not elsewhere

    def take(self, job: object, engine: int, released: bool) -> None:
        """Note that a worker of *engine* starts a stage for *job*."""
        self._stages[job] = (engine, released)

    def has_slot(self, engine: int) -> bool:
        """Whether one more demo may run on *engine*."""
        return Counter(self._running.values())[engine] < self._slots[engine]

    def start(self, job: object) -> None:
        """Note that *job* runs."""
        engine, _ = self._stages[job]
        self._stages[job] = (engine, True)
        self._running[job] = engine

    def leave(self, job: object) -> None:
        """Note that *job* has ended; may be called twice."""
        self._stages.pop(job, None)
        self._running.pop(job, None)
