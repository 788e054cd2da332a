"""The stages behind a performance: one in use, a twin one step behind, and the stage of the next demo.

A stage serves a cue if what it has run is the beginning of what the cue needs; what is missing is run on it, and where
no stage serves, a fresh one does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from quarterdeck.demo.demo_file import Step
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.present.live_stage import LiveStage, Report, Typed
from quarterdeck.present.running_order import Cue, RunningOrder, StepKey

TWIN_MEMORY = 4 << 30
"""Bytes of free memory without which there is no twin."""
_RETRY_S = 20.0
"""Seconds after a stage has failed until another one is tried."""
_CLOSING_S = 15.0


class StagePool:
    """The stages of a performance; for one thread."""

    def __init__(
        self,
        order: RunningOrder,
        inputs: DemoInputs,
        lease: RunLease,
        report: Report,
        *,
        twin: bool,
        clock: Callable[[], float],
    ) -> None:
        """Without any stage.

        Args:
            order: What is performed.
            inputs: The files of the demos.
            lease: The engine, and the run that the stages belong to.
            report: Takes the events of all stages, in their threads.
            twin: Whether a second stage follows one step behind, if there is memory for it.
            clock: A monotonic clock.
        """
        self.current: LiveStage | None = None
        """The stage in use."""
        self.others: list[LiveStage] = []
        self.left_out: frozenset[StepKey] = frozenset()
        """The steps that are not run."""
        self.typed: dict[StepKey, Typed] = {}
        """What a person typed into steps; it is typed again where they are replayed."""
        self.edited: dict[StepKey, Step] = {}
        """Steps whose commands have been changed; they are run as changed."""
        self.failures = 0
        """Stages that have failed since a step ended well."""
        self.order = order
        """What is performed."""
        self._inputs = inputs
        self._lease = lease
        self._report = report
        self._with_twin = twin
        self._clock = clock
        self._closed: list[LiveStage] = []
        self._size: tuple[int, int] | None = None
        self._failed_at = 0.0
        # Threads may be starting a container when this process is ended, and only the reaper sees one that never ran.
        lease.leave_to_reaper()

    @property
    def stages(self) -> list[LiveStage]:
        """All of them."""
        return [*self.others, *((self.current,) if self.current else ())]

    def needed(self, cue: Cue) -> tuple[StepKey, ...]:
        """The steps that must have been run on the stage of *cue*."""
        return self.order.needed(cue, self.left_out)

    def missing(self, cue: Cue) -> tuple[StepKey, ...]:
        """The steps that *cue* needs, without those that a stage has run, or is to run, for it."""
        stage = self._best(cue, self.stages)
        return self.needed(cue)[len(stage.planned) if stage else 0 :]

    def is_ready(self, cue: Cue) -> bool:
        """Whether *cue* would begin at once on the stage in use."""
        stage = self.current
        return stage is not None and stage.ready and stage.history == self.needed(cue)

    def use_best_for(self, cue: Cue) -> LiveStage | None:
        """Let the stage that serves *cue* best become the one in use, and run what is missing on it.

        None where there is no stage, because others have just failed.
        """
        stage = self._best(cue, self.stages) or self._open(cue)
        if stage is None:
            return None
        if stage is not self.current:
            if self.current is not None:
                self.others.append(self.current)
            self.others = [other for other in self.others if other is not stage]
            self.current = stage
        self._run_missing(stage, cue)
        return stage

    def tend_others(self, position: int) -> None:
        """Keep a twin one step behind the cue *position*, and the stage of the next demo, ready; drop the others."""
        kept: list[LiveStage] = []
        twin, following = self._twin_cue(position), self._following_cue(position)
        for cue in (twin, following):
            if cue is None or (self._on_host() and self.order.scripts[cue.demo.name].stage.kind == "host"):
                continue
            stage = self._best(cue, [other for other in self.others if other not in kept]) or self._open(cue)
            if stage is not None:
                kept.append(stage)
                if cue is twin or not self._needs_shown(cue, position):
                    self._run_missing(stage, cue)
        for other in self.others:
            if other not in kept:
                self._close(other)
        self.others = kept

    def fail(self, stage: LiveStage) -> None:
        """Take a stage that has failed out of use."""
        self.failures += 1
        self._failed_at = self._clock()
        self.drop(stage)

    def retry_s(self) -> float | None:
        """Seconds until another stage is to be tried; None where one is in use."""
        if self.current is not None or not self.failures:
            return None
        return max(0.0, self._failed_at + _RETRY_S - self._clock())

    def drop(self, stage: LiveStage | None) -> None:
        """Remove *stage*, whatever runs on it."""
        if stage is None:
            return
        self._close(stage)
        self.others = [other for other in self.others if other is not stage]
        if stage is self.current:
            self.current = None

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the terminals, in characters."""
        self._size = (rows, columns)
        for stage in self.stages:
            stage.resize(rows, columns)

    def begin_to_close(self) -> None:
        """End what runs on all stages, and begin to remove them."""
        for stage in self.stages:
            self.drop(stage)

    def join(self) -> bool:
        """Wait until the stages are removed; False: something of them may still work."""
        deadline = time.monotonic() + _CLOSING_S
        gone = [stage.join(max(0.0, deadline - time.monotonic())) for stage in self._closed]
        if not all(gone):
            self._lease.remove_all()
        return all(gone)

    def _best(self, cue: Cue, stages: Sequence[LiveStage]) -> LiveStage | None:
        """Of *stages*, the one that has run most of what *cue* needs, and nothing else; None if there is none."""
        needed, settings = self.needed(cue), self.order.scripts[cue.demo.name].stage
        serving = (
            stage for stage in stages if stage.settings == settings and needed[: len(stage.planned)] == stage.planned
        )

        def progress(stage: LiveStage) -> tuple[int, bool, int, bool, bool]:
            expects = stage.expected is None or stage.expected is cue.demo
            return len(stage.planned), expects, len(stage.history), stage.ready, stage is self.current

        return max(serving, key=progress, default=None)

    def _on_host(self) -> list[LiveStage]:
        """The stages on the user's machine, which has room for one."""
        return [stage for stage in self.stages if stage.settings.kind == "host"]

    def _open(self, cue: Cue) -> LiveStage | None:
        """A new stage for *cue*; None where several have just failed."""
        if self.failures > 1 and self._clock() - self._failed_at < _RETRY_S:
            return None
        settings = self.order.scripts[cue.demo.name].stage
        if settings.kind == "host":
            for other in self._on_host():
                self.drop(other)
        stage = LiveStage(self._inputs, self._lease, settings, self._report)
        if self._size is not None:
            stage.resize(*self._size)
        self.others.append(stage)
        return stage

    def _run_missing(self, stage: LiveStage, cue: Cue) -> None:
        """Run what *cue* needs and *stage* has not run, and begin the session of its demo."""
        for key in self.needed(cue)[len(stage.planned) :]:
            step = self.edited.get(key, self.order.step(key))
            stage.run(self.order.scripts[key[0]].demo, step, typed=self.typed.get(key, ()))
        stage.expect(cue.demo)

    def _twin_cue(self, position: int) -> Cue | None:
        """The cue that going back leads to, if a twin is to be kept for it."""
        if not self._with_twin or self.current is None or free_memory() < TWIN_MEMORY:
            return None
        return self.order.shown_before(position, self.left_out, again=False)

    def _following_cue(self, position: int) -> Cue | None:
        """The first cue to come that needs another stage than the one in use."""
        if self.current is None:
            return None
        served = self.current.planned
        for cue in (cue for cue in self.order.cues[position:] if cue.shown and not cue.again):
            needed = self.needed(cue)
            if needed[: len(served)] != served:
                return cue
            served = (*needed, cue.key)
        return None

    def _needs_shown(self, cue: Cue, position: int) -> bool:
        """Whether *cue* needs a step that is shown before it, from *position* on: that is not to be run earlier."""
        needed = self.needed(cue)
        return any(other.shown and other.key in needed for other in self.order.cues[position : cue.index])

    def _close(self, stage: LiveStage) -> None:
        stage.close()
        self._closed = [closed for closed in self._closed if not closed.join(0)]
        self._closed.append(stage)


def free_memory() -> int:
    """Bytes of memory that are available on this machine; where that is not known, more than enough."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").split("\n")
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return 1 << 62
