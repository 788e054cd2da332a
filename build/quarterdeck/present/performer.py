"""A performance: the steps of a running order, run on stages when a presenter asks for it. Commands in, events out.

Several stages stand behind it. One is in use. A *twin* has run the same steps but the last, so that going back is a
swap. The stage of the next demo is set while one runs. A stage serves a cue if what it has run is the beginning of
what the cue needs; what is missing is run on it, and where no stage serves, a fresh one does. So going back, jumping,
resuming and beginning are the same.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.check.verdict import StepVerdict, judge
from quarterdeck.demo.demo_file import SHELL
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import Broken, DemoResult, Reason, StepResult
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.session.step_run import Printed, Waiting
from quarterdeck.present.live_stage import LiveStage, StageEvent, StageFailed, StageReady, StepEnded, StepStarted, Typed
from quarterdeck.present.performer_events import (
    Event,
    Finished,
    Moved,
    Overdue,
    Preparing,
    Ready,
    ShellEnded,
    Shown,
    StageLost,
    Started,
    WaitingForInput,
)
from quarterdeck.present.running_order import Cue, RunningOrder, StepKey

_MOST_PENDING = 1 << 18
"""Bytes of output waiting to be polled, above which steps have to wait."""
_LEAST_MEMORY = 4 << 30
"""Bytes of free memory without which there is no twin."""
_OVERDUE = 2.0
"""How many times its recorded time a step may take; at least `_OVERDUE_S` seconds."""
_OVERDUE_S = 3.0
_RETRY_S = 20.0
"""Seconds after a stage has failed until another one is tried."""
_CLOSING_S = 15.0
_STEP_BROKE = frozenset({Reason.TIMEOUT, Reason.NOT_STOPPED, Reason.TOO_MUCH_OUTPUT, Reason.SHELL_ENDED})
"""Why a step is broken whose stage is not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a cue ended."""

    seconds: float
    verdict: StepVerdict | None
    """None: its recording was played."""


class Performer:
    """Performs a running order. Wait until it is readable or `pause_s` is over, and `poll`; for one thread."""

    def __init__(
        self,
        order: RunningOrder,
        inputs: DemoInputs,
        lease: RunLease,
        *,
        twin: bool = True,
        start: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set the stage for the first cue.

        Args:
            order: What is performed.
            inputs: The files of the demos.
            lease: The engine, and the run that the stages belong to.
            twin: Whether a second stage follows one step behind, if there is memory for it.
            start: The index of the first cue; None: of the first that is shown. What it needs is run.
            clock: A monotonic clock.
        """
        self.order = order
        self.position = order.shown_from(0) if start is None else start
        """The index of the cue that is next; the number of cues at the end."""
        self.running: Cue | None = None
        """The cue whose step runs, or waits until what it needs has been run."""
        self.in_shell = False
        """Whether the presenter types into the demo's shell."""
        self.outcomes: dict[int, Outcome] = {}
        """How cues ended, by their index; of those performed again the last."""
        self.left_out: frozenset[StepKey] = frozenset()
        """The steps that were skipped."""
        self._inputs = inputs
        self._lease = lease
        # Threads may be starting a container when this process is ended, and only the reaper sees one that never ran.
        lease.leave_to_reaper()
        self._with_twin = twin
        self._clock = clock
        self._current: LiveStage | None = None
        self._others: list[LiveStage] = []
        self._closed: list[LiveStage] = []
        self._typed: dict[StepKey, Typed] = {}
        self._screens: dict[StepKey, str] = {}
        self._size: tuple[int, int] | None = None
        self._failures = 0
        """Stages that have failed since a step ended well."""
        self._failed_at = 0.0
        self._ready_reported = False
        self._started: float | None = None
        self._overdue_reported = False
        self._events: deque[Event] = deque()
        self._news: deque[tuple[LiveStage, StageEvent]] = deque()
        self._pending = 0
        self._taken = threading.Condition()
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._prepare()

    def fileno(self) -> int:
        """Readable when there is something to `poll`."""
        return self._wake_read

    def pause_s(self) -> float | None:
        """Seconds after which to poll though nothing is readable; None: there is no need to."""
        limit_s = self._overdue_s()
        if limit_s is None or self._started is None or self._overdue_reported:
            return None
        return max(0.0, self._started + limit_s - self._clock())

    @property
    def next_cue(self) -> Cue | None:
        """The cue that is next; None at the end."""
        return self.order.cues[self.position] if self.position < len(self.order.cues) else None

    @property
    def is_ready(self) -> bool:
        """Whether the next cue would begin at once."""
        cue, stage = self.next_cue, self._current
        if cue is None or cue.again:
            return cue is not None
        return stage is not None and stage.ready and stage.history == self._needed(cue)

    # Commands

    def run(self, *, attended: bool = True) -> None:
        """Run the next cue's step, as soon as its stage is ready; where there is no stage, play its recording.

        A step that has been run before is shown as it was then. With *attended*, a person gives it input.
        """
        cue = self.next_cue
        if cue is None or self.running is not None:
            return
        stage = None if cue.again else self._prepare()
        if stage is None:
            self.play_recording()
            return
        self.running = cue
        stage.run(cue.demo, cue.step, attended=attended)

    def play_recording(self) -> None:
        """Show what the next cue printed when it was recorded, in place of running it.

        A step that runs goes on behind it, unless it needs a person.
        """
        cue = self.running or self.next_cue
        if cue is None:
            return
        if self.running is not None and cue.step.options.send:
            self._stop_running()
        self._start(cue, recorded=True)
        recorded = self.order.recorded(cue)
        screen = self._screens.get(cue.key) if cue.again else None
        if text := screen if screen is not None else recorded.output if recorded is not None else "":
            self._events.append(Shown(text.replace("\n", "\r\n").encode("utf-8", "replace")))
        self._finish(cue, Outcome(recorded.seconds if recorded else 0.0, None))
        self._wake()

    def skip(self) -> None:
        """Leave the next cue out: later steps run without it."""
        cue = self.next_cue
        if cue is None or self.running is not None:
            return
        self.left_out |= {cue.key}
        self.position = self.order.shown_from(self.position + 1)
        self._move()

    def jump(self, index: int) -> None:
        """Make the cue *index* the next one; what it needs is run."""
        self._stop_running()
        self.position = self.order.shown_from(max(0, index))
        if (cue := self.next_cue) is not None:
            self.left_out -= {cue.key}
        self._move()

    def back(self) -> None:
        """Go back to before the cue that was performed last; while one runs, to before that one."""
        if self.running is not None:
            self.jump(self.running.index)
            return
        shown = [cue.index for cue in self.order.cues[: self.position] if cue.shown and cue.key not in self.left_out]
        if shown:
            self.jump(shown[-1])

    def again(self) -> None:
        """Run the cue that was performed last once more, from the state that it found."""
        self.back()
        self.run()

    def open_shell(self) -> bool:
        """Let the presenter type into the shell of the next cue's demo; False where none is ready."""
        cue, stage = self.next_cue, self._current
        if cue is None or cue.again or stage is None or self.running is not None or not self.is_ready:
            return False
        self.in_shell = True
        stage.run(cue.demo, SHELL, attended=True)
        return True

    def send(self, data: bytes) -> None:
        """Give the running step, or the shell, input."""
        if (self.running is not None or self.in_shell) and self._current is not None:
            self._current.send(data)

    def interrupt(self) -> None:
        """Press Ctrl-C in the running step."""
        self.send(b"\x03")

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the terminals, in characters."""
        self._size = (rows, columns)
        for stage in self._stages():
            stage.resize(rows, columns)

    def close(self) -> None:
        """End what runs, and remove all stages."""
        for stage in self._stages():
            self._drop(stage)
        self._current = None
        self._others.clear()
        with self._taken:
            self._pending = -1 << 60
            self._taken.notify_all()
        deadline = time.monotonic() + _CLOSING_S
        gone = [stage.join(max(0.0, deadline - time.monotonic())) for stage in self._closed]
        if not all(gone):
            self._lease.remove_all()
        os.close(self._wake_read)
        os.close(self._wake_write)

    # Events

    def poll(self) -> list[Event]:
        """What has happened since the last call; never blocks."""
        try:
            while len(os.read(self._wake_read, 4096)) == 4096:
                pass
        except BlockingIOError:
            pass
        while self._news:
            self._take(*self._news.popleft())
        if self.pause_s() == 0.0 and self.running is not None:
            self._overdue_reported = True
            self._events.append(Overdue(self.running, (self._overdue_s() or 0.0) / _OVERDUE))
        events = list(self._events)
        self._events.clear()
        return events

    def _report(self, stage: LiveStage, event: StageEvent) -> None:
        """Take an event of *stage*, in its thread; a stage that prints faster than it is read has to wait."""
        self._news.append((stage, event))
        self._wake()
        if isinstance(event, Printed):
            with self._taken:
                self._pending += len(event.data)
                while self._pending > _MOST_PENDING and not stage.closing:
                    self._taken.wait(1.0)

    def _take(self, stage: LiveStage, event: StageEvent) -> None:
        if isinstance(event, Printed):
            with self._taken:
                self._pending -= len(event.data)
                self._taken.notify_all()
        if stage not in self._stages():
            return
        current = stage is self._current
        if isinstance(event, StageReady):
            stage.ready = True
        elif isinstance(event, StageFailed):
            self._lose(stage, event.why)
        elif isinstance(event, StepEnded) and event.key[1] == SHELL.number:
            self.in_shell = False
            self._events.append(ShellEnded())
            if isinstance(event.result.ending, Broken):
                self._lose(stage, event.result.ending.detail)
        elif isinstance(event, StepEnded):
            self._end_step(stage, event)
        elif current and self.in_shell:
            if isinstance(event, Printed):
                self._events.append(Shown(event.data))
            elif isinstance(event, Waiting):
                self._events.append(WaitingForInput())
        elif current and self.running is not None and stage.history == self._needed(self.running):
            if isinstance(event, StepStarted):
                self._start(self.running, recorded=False)
            elif isinstance(event, Printed):
                self._events.append(Shown(event.data))
            elif isinstance(event, Waiting):
                self._events.append(WaitingForInput())
        if self.is_ready and not self._ready_reported:
            self._ready_reported = True
            self._events.append(Ready())

    def _end_step(self, stage: LiveStage, event: StepEnded) -> None:
        cue = self.running
        performed = stage is self._current and cue is not None and stage.history == self._needed(cue)
        stage.history = (*stage.history, event.key)
        stage.results.append(event.result)
        ending = event.result.ending
        if isinstance(ending, Broken) and not (performed and ending.reason in _STEP_BROKE):
            self._lose(stage, ending.detail)
            return
        self._failures = 0
        if event.typed:
            self._typed[event.key] = event.typed
        if performed:
            assert cue is not None
            self._screens[cue.key] = event.result.screen
            self._finish(cue, Outcome(event.result.seconds, self._judge(cue, stage.results)))
        elif stage is self._current and (following := self.running or self.next_cue):
            self._report_preparing(stage, following)

    def _start(self, cue: Cue, *, recorded: bool) -> None:
        self._started = self._clock()
        self._overdue_reported = recorded
        self._events.append(Started(cue, recorded))

    def _finish(self, cue: Cue, outcome: Outcome) -> None:
        self.running = self._started = None
        self.outcomes[cue.index] = outcome
        self._events.append(Finished(cue, outcome.seconds, outcome.verdict))
        self.position = self.order.shown_from(cue.index + 1)
        self._prepare()

    def _move(self) -> None:
        """Tell that another cue is next, and prepare it."""
        self._events.append(Moved(self.next_cue))
        stage = self._prepare()
        if stage is not None and (cue := self.next_cue) is not None:
            self._report_preparing(stage, cue)
        if self.is_ready:
            self._ready_reported = True
            self._events.append(Ready())
        self._wake()

    def _report_preparing(self, stage: LiveStage, cue: Cue) -> None:
        missing = self._needed(cue)[len(stage.history) :]
        if missing:
            self._events.append(Preparing(len(missing), self.order.seconds_of(missing)))

    def _judge(self, cue: Cue, results: list[StepResult]) -> StepVerdict:
        script = self.order.scripts[cue.demo.name]
        own = {id(step) for step in cue.demo.steps}
        steps = tuple(result for result in results if id(result.step) in own)
        return judge(DemoResult(cue.demo, steps), script.recording, script.digests, masks=self._inputs.project.masks)[
            -1
        ]

    def _overdue_s(self) -> float | None:
        """Seconds until the running step is overdue; None if it never is."""
        recorded = self.order.recorded(self.running) if self.running is not None else None
        return max(_OVERDUE_S, _OVERDUE * recorded.seconds) if recorded else None

    # Stages

    def _needed(self, cue: Cue) -> tuple[StepKey, ...]:
        return self.order.needed(cue, self.left_out)

    def _stages(self) -> list[LiveStage]:
        return [*self._others, *((self._current,) if self._current else ())]

    def _prepare(self) -> LiveStage | None:
        """Let the stage that serves the next cue best become the one in use, run what is missing, tend the others."""
        self._ready_reported = False
        cue = next((cue for cue in self.order.cues[self.position :] if not cue.again), None)
        if cue is None:
            self._tend_others()
            return self._current
        stage = self._best_for(cue) or self._open(cue)
        if stage is None:
            return None
        if stage is not self._current:
            if self._current is not None:
                self._others.append(self._current)
            self._others = [other for other in self._others if other is not stage]
            self._current = stage
        self._run_missing(stage, self._needed(cue))
        self._tend_others()
        return stage

    def _best_for(self, cue: Cue) -> LiveStage | None:
        """The stage that has run most of what *cue* needs, and nothing else."""
        needed, settings = self._needed(cue), self.order.scripts[cue.demo.name].stage
        serving = [
            stage for stage in self._stages()
            if stage.settings == settings and needed[: len(stage.planned)] == stage.planned
        ]  # fmt: skip
        return max(serving, key=lambda stage: (len(stage.planned), len(stage.history), stage.ready), default=None)

    def _open(self, cue: Cue) -> LiveStage | None:
        """A new stage for *cue*; None where one has just failed."""
        if self._failures > 1 and self._clock() - self._failed_at < _RETRY_S:
            return None
        stage = LiveStage(self._inputs, self._lease, self.order.scripts[cue.demo.name].stage, self._report)
        if self._size is not None:
            stage.resize(*self._size)
        self._others.append(stage)
        return stage

    def _run_missing(self, stage: LiveStage, needed: tuple[StepKey, ...]) -> None:
        for name, number in needed[len(stage.planned) :]:
            demo = self.order.scripts[name].demo
            step = next(step for step in demo.steps if step.number == number)
            stage.run(demo, step, typed=self._typed.get((name, number), ()))

    def _tend_others(self) -> None:
        """Keep a twin one step behind, and the stage of the next demo; drop the others."""
        kept = []
        for cue, whole in ((self._twin_cue(), True), (self._following_cue(), False)):
            if cue is None:
                continue
            needed, settings = self._needed(cue), self.order.scripts[cue.demo.name].stage
            candidates = [
                other for other in self._others
                if other not in kept and other.settings == settings and needed[: len(other.planned)] == other.planned
            ]  # fmt: skip
            stage = max(candidates, key=lambda other: len(other.planned), default=None) or self._open(cue)
            if stage is not None:
                kept.append(stage)
                if whole:
                    self._run_missing(stage, needed)
        for other in self._others:
            if other not in kept:
                self._drop(other)
        self._others = kept

    def _twin_cue(self) -> Cue | None:
        """The cue that going back leads to, if a twin is to be kept for it."""
        if not self._with_twin or self._current is None or free_memory() < _LEAST_MEMORY:
            return None
        before = self.order.cues[: self.position]
        shown = [cue for cue in before if cue.shown and not cue.again and cue.key not in self.left_out]
        return shown[-1] if shown else None

    def _following_cue(self) -> Cue | None:
        """The first cue to come that needs another stage than the one in use."""
        if self._current is None:
            return None
        served = self._current.planned
        for cue in (cue for cue in self.order.cues[self.position :] if cue.shown and not cue.again):
            needed = self._needed(cue)
            if needed[: len(served)] != served:
                return cue
            served = (*needed, cue.key)
        return None

    def _lose(self, stage: LiveStage, why: str) -> None:
        """A stage has failed: play the recording of the cue that runs, and let another stage catch up."""
        self._failures += 1
        self._failed_at = self._clock()
        in_use = stage is self._current
        self._drop(stage)
        self._others = [other for other in self._others if other is not stage]
        if in_use:
            self._current = None
            if self.in_shell:
                self.in_shell = False
                self._events.append(ShellEnded())
            if self._failures == 1:
                self._events.append(StageLost(why))
            if self.running is not None:
                self.play_recording()
            else:
                self._prepare()

    def _stop_running(self) -> None:
        """Give up the step that runs, and its stage with it."""
        if self.running is not None:
            self.running = self._started = None
            self._drop(self._current)
            self._current = None

    def _drop(self, stage: LiveStage | None) -> None:
        if stage is not None:
            stage.close()
            self._closed = [closed for closed in self._closed if not closed.join(0)]
            self._closed.append(stage)

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b".")
        except (BlockingIOError, OSError):
            return


def free_memory() -> int:
    """Bytes of memory that are available on this machine; where that is not known, more than enough."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").split("\n")
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return 1 << 62
