"""A performance: the steps of a running order, run on stages when a presenter asks for it. Commands in, events out.

Going back, jumping, resuming and beginning are the same: another cue is next, and the stage that serves it best comes
into use (`stage_pool.py`). With a *twin*, which has run the same steps but the last, going back is a swap.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from quarterdeck.check.verdict import StepVerdict, judge, judge_edited
from quarterdeck.demo.demo_file import SHELL, Step
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import Broken, DemoResult, Reason, StepResult, output_for_terminal
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.session.step_run import Printed, Waiting
from quarterdeck.present.live_stage import LiveStage, StageEvent, StageFailed, StageReady, StepEnded, StepStarted
from quarterdeck.present.mailbox import Mailbox
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
from quarterdeck.present.stage_pool import StagePool

_OVERDUE = 2.0
"""How many times its recorded time a step may take; at least `_OVERDUE_S` seconds."""
_OVERDUE_S = 3.0
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
        self.has_run: set[StepKey] = set()
        """The steps that have been run, on any stage, also without being shown."""
        self._inputs = inputs
        self._clock = clock
        self._mailbox = Mailbox()
        self._pool = StagePool(order, inputs, lease, self._mailbox.put, twin=twin, clock=clock)
        self._screens: dict[StepKey, str] = {}
        self._ready_reported = False
        self._loss_reported = False
        self._started: float | None = None
        self._overdue_reported = False
        self._events: deque[Event] = deque()
        self._prepare()

    def fileno(self) -> int:
        """Readable when there is something to `poll`."""
        return self._mailbox.fileno()

    def pause_s(self) -> float | None:
        """Seconds after which to poll though nothing is readable; None: there is no need to."""
        limit_s = self._overdue_s()
        if limit_s is None or self._started is None or self._overdue_reported:
            return self._pool.retry_s() if self.running is None else None
        return max(0.0, self._started + limit_s - self._clock())

    @property
    def next_cue(self) -> Cue | None:
        """The cue that is next; None at the end."""
        return self.order.cues[self.position] if self.position < len(self.order.cues) else None

    @property
    def is_ready(self) -> bool:
        """Whether the next cue would begin at once."""
        cue = self.next_cue
        return cue is not None and (cue.again or self._pool.is_ready(cue))

    @property
    def has_started(self) -> bool:
        """Whether the running step has begun; if not, it waits for its stage."""
        return self._started is not None

    @property
    def left_out(self) -> frozenset[StepKey]:
        """The steps that were skipped."""
        return self._pool.left_out

    @property
    def edited(self) -> dict[StepKey, Step]:
        """The steps whose commands the presenter has changed, as they are run from then on."""
        return self._pool.edited

    # Commands

    def run(self, *, attended: bool = True) -> None:
        """Run the next cue's step, as soon as its stage is ready; where there is no stage, play its recording.

        A step that has been run before is shown as it was then. With *attended*, a person gives it input.
        """
        cue = self.next_cue
        if cue is None or self.running is not None:
            return
        self._pool.left_out -= {cue.key}
        stage = None if cue.again else self._prepare()
        if stage is None:
            self.play_recording()
            return
        self.running = cue
        stage.run(cue.demo, self.step_of(cue), attended=attended)

    def play_recording(self) -> None:
        """Show what the next cue printed when it was recorded, in place of running it.

        A step that runs goes on behind it, unless it needs a person.
        """
        if self.running is not None and self.running.step.options.send:
            self._stop_running()
        self._play_recording()

    def _play_recording(self, broken: str = "") -> None:
        cue = self.running or self.next_cue
        if cue is None:
            return
        self._pool.left_out -= {cue.key}
        self._start(cue, recorded=True)
        recorded = self.order.recorded(cue)
        screen = self._screens.get(cue.key) if cue.again else None
        if text := screen if screen is not None else recorded.output if recorded is not None else "":
            shown = output_for_terminal(text).replace("\n", "\r\n")
            self._events.append(Shown(shown.encode("utf-8", "replace")))
        self._finish(cue, Outcome(recorded.seconds if recorded else 0.0, None), broken)
        self._mailbox.wake()

    def edit(self, script: str, cue: Cue) -> None:
        """Change the commands of *cue*, for this performance: *script* is run instead, also when it is replayed."""
        lines = tuple(script.strip("\n").split("\n"))
        if lines == cue.step.shown:
            self.edited.pop(cue.key, None)
        else:
            self.edited[cue.key] = replace(cue.step, script="\n".join(lines) + "\n", shown=lines, lines=())
        for stage in [stage for stage in self._pool.stages if cue.key in stage.planned]:
            self._pool.drop(stage)

    def step_of(self, cue: Cue) -> Step:
        """The step of *cue*, as the presenter has changed it."""
        return self.edited.get(cue.key, cue.step)

    def is_edited(self, cue: Cue) -> bool:
        """Whether the presenter has changed the commands of *cue*."""
        return cue.key in self.edited

    def skip(self) -> None:
        """Leave the next cue out: later steps run without it, unless it is performed after all."""
        cue = self.next_cue
        if cue is None or self.running is not None:
            return
        self._pool.left_out |= {cue.key}
        self.position = self.order.shown_from(self.position + 1)
        self._move()

    def jump(self, index: int) -> None:
        """Make the cue *index* the next one; what it needs is run."""
        self._stop_running()
        self.position = self.order.shown_from(max(0, index))
        if (cue := self.next_cue) is not None:
            self._pool.left_out -= {cue.key}
        self._move()

    def back(self) -> None:
        """Go back to before the cue that was performed last; while one runs, to before that one."""
        if self.running is not None:
            self.jump(self.running.index)
            return
        if (cue := self.order.shown_before(self.position, self.left_out)) is not None:
            self.jump(cue.index)

    def again(self) -> None:
        """Run the cue that was performed last once more, from the state that it found."""
        self.back()
        self.run()

    def reset(self, cue: Cue | None = None) -> None:
        """Go back to the first cue of the demo of *cue*, or of the one that is next or was last, on a fresh stage."""
        cue = cue or self.running or self.next_cue or self.order.shown_before(self.position, self.left_out)
        if cue is None:
            return
        for stage in [stage for stage in self._pool.stages if any(key[0] == cue.demo.name for key in stage.planned)]:
            self._pool.drop(stage)
        self.has_run = {key for key in self.has_run if key[0] != cue.demo.name}
        self.running = self._started = None
        self.jump(next(other.index for other in self.order.cues if other.demo is cue.demo))

    def missing(self, cue: Cue) -> tuple[StepKey, ...]:
        """The steps that would be run before *cue*: those that it needs and that no stage has run for it."""
        return self._pool.missing(cue)

    def reorder(self, order: RunningOrder) -> None:
        """Go on in another running order, of the same demos: of the same deck after its slides have changed."""
        before, cue = self.order, self.running or self.next_cue
        self.order = self._pool.order = order
        self.outcomes = {
            same.index: outcome
            for index, outcome in self.outcomes.items()
            if (same := order.find_same(before.cues[index])) is not None
        }
        same = order.find_same(cue) if cue is not None else None
        self.position = order.shown_from(len(order.cues) if cue is None else 0 if same is None else same.index)
        if cue is not None and same is None:
            self._stop_running()
            self._move()
        elif self.running is not None:
            self.running = same
        else:
            self._prepare()
            self._mailbox.wake()

    def open_shell(self) -> bool:
        """Let the presenter type into the shell of the next cue's demo; False where none is ready."""
        cue, stage = self.next_cue, self._pool.current
        if cue is None or cue.again or stage is None or self.running is not None or not self.is_ready:
            return False
        self.in_shell = True
        stage.run(cue.demo, SHELL, attended=True)
        return True

    def send(self, data: bytes) -> None:
        """Give the running step, or the shell, input.

        While the step waits for its stage, Ctrl-C goes to the step before it that holds the stage up.
        """
        stage = self._pool.current
        if stage is None or not (self.in_shell or self.running is not None):
            return
        if data == b"\x03" and not self.in_shell and self._started is None:
            stage.interrupt()
        else:
            stage.send(data)

    def interrupt(self) -> None:
        """Press Ctrl-C in the running step."""
        self.send(b"\x03")

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the terminals, in characters."""
        self._pool.resize(rows, columns)

    def close(self) -> None:
        """End what runs, and remove all stages."""
        self._pool.begin_to_close()
        self._mailbox.release()
        if self._pool.join():
            self._mailbox.close()

    # Events

    def poll(self) -> list[Event]:
        """What has happened since the last call; never blocks."""
        for stage, event in self._mailbox.take():
            self._take(stage, event)
        if self.pause_s() == 0.0:
            if self.running is None:
                self._prepare()
            else:
                self._overdue_reported = True
                self._events.append(Overdue(self.running, (self._overdue_s() or 0.0) / _OVERDUE))
        events = list(self._events)
        self._events.clear()
        return events

    def _take(self, stage: LiveStage, event: StageEvent) -> None:
        if stage not in self._pool.stages:
            return
        current = stage is self._pool.current
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
        elif current and self.running is not None and self._pool.is_ready(self.running):
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
        performed = stage is self._pool.current and cue is not None and self._pool.is_ready(cue)
        stage.history = (*stage.history, event.key)
        stage.results.append(event.result)
        self.has_run.add(event.key)
        ending = event.result.ending
        if isinstance(ending, Broken) and not (performed and ending.reason in _STEP_BROKE):
            self._lose(stage, ending.detail)
            return
        self._pool.failures = 0
        self._loss_reported = False
        if event.typed:
            self._pool.typed[event.key] = event.typed
        if performed:
            assert cue is not None
            self._screens[cue.key] = event.result.screen
            self._finish(cue, Outcome(event.result.seconds, self._judge(cue, stage.results)))
        elif stage is self._pool.current and (following := self.running or self.next_cue):
            self._report_preparing(stage, following)

    def _start(self, cue: Cue, *, recorded: bool) -> None:
        self._started = self._clock()
        self._overdue_reported = recorded
        self._events.append(Started(cue, recorded))

    def _finish(self, cue: Cue, outcome: Outcome, broken: str = "") -> None:
        self.running = self._started = None
        self.outcomes[cue.index] = outcome
        self._events.append(Finished(cue, outcome.seconds, outcome.verdict, broken))
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
        self._mailbox.wake()

    def _report_preparing(self, stage: LiveStage, cue: Cue) -> None:
        missing = self._pool.needed(cue)[len(stage.history) :]
        if missing:
            self._events.append(Preparing(len(missing), self.order.seconds_of(missing)))

    def _judge(self, cue: Cue, results: list[StepResult]) -> StepVerdict:
        if self.is_edited(cue):
            return judge_edited(results[-1])
        script = self.order.scripts[cue.demo.name]
        own = {id(step) for step in cue.demo.steps}
        steps = tuple(result for result in results if id(result.step) in own)
        return judge(DemoResult(cue.demo, steps), script.recording, script.digests, masks=self._inputs.project.masks)[
            -1
        ]

    def _overdue_s(self) -> float | None:
        """Seconds until the running step is overdue; None if it never is."""
        cue = self.running
        recorded = self.order.recorded(cue) if cue is not None and not self.is_edited(cue) else None
        return overdue_s(recorded.seconds) if recorded else None

    def _prepare(self) -> LiveStage | None:
        """Get the stages ready for the next cue; the one that serves it."""
        self._ready_reported = False
        cue = next((cue for cue in self.order.cues[self.position :] if not cue.again), None)
        stage = self._pool.use_best_for(cue) if cue is not None else self._pool.current
        if stage is not None or cue is None:
            self._pool.tend_others(self.position)
        return stage

    def _lose(self, stage: LiveStage, why: str) -> None:
        """A stage has failed: play the recording of the cue that runs, and let another stage catch up."""
        in_use = stage is self._pool.current
        self._pool.fail(stage)
        if not in_use:
            return
        if self.in_shell:
            self.in_shell = False
            self._events.append(ShellEnded())
        if not self._loss_reported:
            self._loss_reported = True
            self._events.append(StageLost(why))
        if self.running is not None:
            self._play_recording(why if self._started is not None else "")
        else:
            self._prepare()

    def _stop_running(self) -> None:
        """Give up the step that runs, and its stage with it."""
        if self.running is not None:
            self.running = self._started = None
            self._pool.drop(self._pool.current)


def overdue_s(recorded_s: float) -> float:
    """How many seconds a step may take that took *recorded_s* when it was recorded."""
    return max(_OVERDUE_S, _OVERDUE * recorded_s)
