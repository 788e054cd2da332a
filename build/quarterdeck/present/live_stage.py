"""A stage on which steps are run one after the other, in a thread of its own, while a person goes on working."""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from quarterdeck.base.errors import QuarterdeckError, StageError
from quarterdeck.base.project import StageSettings
from quarterdeck.demo.demo_file import SHELL, Demo, Step
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import Skipped, StepResult
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.process import Process
from quarterdeck.live.run_demo import missing_tools, run_helper, why_skipped
from quarterdeck.live.session.bash_session import Session
from quarterdeck.live.session.step_run import Ended, Printed, StepRun, Waiting
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import COLUMNS, ROWS, place_files, place_step
from quarterdeck.present.running_order import StepKey

Typed: TypeAlias = tuple[tuple[float, bytes], ...]
"""What a person typed while a step ran, each piece with the seconds since the step's start."""


@dataclass(frozen=True, slots=True)
class StageReady:
    """The stage is set."""


@dataclass(frozen=True, slots=True)
class StageFailed:
    """The stage did not come up or went away, or a demo's `prepare.sh` failed; nothing more is run on it."""

    why: str


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins."""

    key: StepKey


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step has ended."""

    key: StepKey
    result: StepResult
    typed: Typed


StageEvent: TypeAlias = StageReady | StageFailed | StepStarted | Printed | Waiting | StepEnded
Report = Callable[["LiveStage", StageEvent], None]


@dataclass(frozen=True, slots=True)
class _Order:
    number: int
    demo: Demo
    step: Step | None
    """None: only its session begins."""
    attended: bool
    typed: Typed


class LiveStage:
    """A stage, and the steps that were and will be run on it.

    Its methods return at once; they, and its attributes, are for the thread that has made it. Events go to *report*,
    from the stage's own thread.
    """

    def __init__(self, inputs: DemoInputs, lease: RunLease, settings: StageSettings, report: Report) -> None:
        """Begin to set the stage."""
        self.settings = settings
        self.history: tuple[StepKey, ...] = ()
        """The steps that have ended, in order; kept by whoever takes the events."""
        self.planned: tuple[StepKey, ...] = ()
        """Those, and the steps that are waiting to be run."""
        self.expected: Demo | None = None
        """The demo of the last of them, or the one that comes next."""
        self.results: list[StepResult] = []
        """The results of `history`; likewise."""
        self.ready = False
        self.failed = False
        self._inputs = inputs
        self._lease = lease
        self._report = report
        self._orders: deque[_Order] = deque()
        self._count = 0
        """Of the orders."""
        self._performed = 0
        """The number of the order that is carried out."""
        self._input: deque[tuple[int, bytes]] = deque()
        """With the number of the order that it is for."""
        self._size = (ROWS, COLUMNS)
        self.closing = False
        """Whether it was closed; nothing is reported any more."""
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._session: Session | None = None
        self._demo: Demo | None = None
        """The demo whose session that is."""
        self._absent: frozenset[str] = frozenset()
        """The tools that it needs and the stage does not have."""
        self._stage: Stage | None = None
        self._gone = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def run(self, demo: Demo, step: Step, *, attended: bool = False, typed: Typed = ()) -> None:
        """Run *step* when those before it have ended.

        Args:
            demo: Its demo, whose files are put onto the stage first.
            step: The step, also in a version that was edited; `SHELL` for a shell that a person types into.
            attended: Whether a person is there, whose input comes through `send`.
            typed: What a person typed when the step was run before; it is typed again, at the same times.
        """
        self.expected = demo
        if step is not SHELL:
            self.planned = (*self.planned, (demo.name, step.number))
        self._count += 1
        self._orders.append(_Order(self._count, demo, step, attended, typed))
        self._wake()

    def expect(self, demo: Demo) -> None:
        """Begin the session of *demo*, whose steps come next, when the steps before have ended."""
        if demo is not self.expected:
            self.expected = demo
            self._orders.append(_Order(self._count, demo, None, attended=False, typed=()))
            self._wake()

    def send(self, data: bytes) -> None:
        """Give the step of the last order input, which waits until that runs."""
        self._input.append((self._count, data))
        self._wake()

    def interrupt(self) -> None:
        """Press Ctrl-C in the step that runs now, whatever waits behind it."""
        self._input.appendleft((self._performed, b"\x03"))
        self._wake()

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the terminals of its sessions."""
        self._size = (rows, columns)
        self._wake()

    def close(self) -> None:
        """End what runs, and remove the stage; `join` waits for that."""
        self.closing = True
        self._wake()
        if (stage := self._stage) is not None:
            stage.abandon()

    def join(self, timeout_s: float) -> bool:
        """Wait until a closed stage is gone; whether it is."""
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            return False
        if not self._gone:
            self._gone = True
            os.close(self._wake_read)
            os.close(self._wake_write)
        return True

    def _wake(self) -> None:
        if self._gone:
            return
        try:
            os.write(self._wake_write, b".")
        except BlockingIOError:
            return  # there is more than enough in it

    def _work(self) -> None:
        try:
            with open_stage(self._inputs.project, self._lease, self.settings) as stage:
                stage.versions()
                self._stage = stage
                self._report(self, StageReady())
                try:
                    self._take_orders(stage)
                finally:
                    self._close_session()
        except Exception as error:  # whatever it is: the talk goes on without this stage
            if not self.closing:
                self._report(self, StageFailed(_explain(error)))

    def _take_orders(self, stage: Stage) -> None:
        while not self.closing:
            if self._orders:
                self._perform(self._orders.popleft(), stage)
            else:
                select.select([self._wake_read], [], [])
                self._drain()
                self._fit()

    def _perform(self, order: _Order, stage: Stage) -> None:
        if order.step is None:
            self._session_of(order.demo, stage)
            return
        self._performed = order.number
        key = (order.demo.name, order.step.number)
        self._report(self, StepStarted(key))
        session = self._session_of(order.demo, stage)
        if why := why_skipped(order.demo, order.step, self._absent):
            self._report(self, StepEnded(key, StepResult(order.step, Skipped(why)), ()))
            return
        if order.step is not SHELL and all(order.step is not step for step in order.demo.steps):
            place_step(stage, order.demo, order.step)
        timeout_s = None if order.attended else self._timeout_of(order.demo, order.step)
        run = session.start(order.step, timeout_s, attended=order.attended or bool(order.typed))
        started = time.monotonic()
        typed: list[tuple[float, bytes]] = []
        due = deque(order.typed)
        while not self.closing:
            typed += [(time.monotonic() - started, data) for data in self._take_input(run, order.number)]
            pause_s = run.pause_s()
            if due:
                wait_s = max(0.0, due[0][0] - (time.monotonic() - started))
                pause_s = wait_s if pause_s is None else min(pause_s, wait_s)
            sources: list[Process | int] = [*run.sources, self._wake_read]
            readable, _, _ = select.select(sources, [], [], pause_s)
            if self._wake_read in readable:
                self._drain()
                self._fit()
            while due and due[0][0] <= time.monotonic() - started:
                run.send(due.popleft()[1])
            for event in run.poll([source for source in run.sources if source in readable]):
                if isinstance(event, Ended):
                    self._report(self, StepEnded(key, event.result, tuple(typed) or order.typed))
                    return
                self._report(self, event)

    def _session_of(self, demo: Demo, stage: Stage) -> Session:
        """The session of *demo*, which begins when that of the demo before it on the stage has ended."""
        if self._session is None or self._demo is not demo:
            self._close_session()
            place_files(stage, demo, self._inputs)
            if wrong := run_helper(demo, stage, "prepare.sh"):
                raise StageError(f"{demo.short_name}: {wrong}")
            self._absent = missing_tools(demo, stage)
            self._session, self._demo = Session(stage, demo), demo
            self._session.resize(*self._size)
        return self._session

    def _close_session(self) -> None:
        session, self._session = self._session, None
        try:
            if session is not None:
                session.close()
        except (StageError, OSError):
            return  # the stage is gone, and the session with it

    def _timeout_of(self, demo: Demo, step: Step) -> float:
        return step.options.timeout_s or demo.timeout_s or self._inputs.project.timeout_s

    def _drain(self) -> None:
        try:
            while len(os.read(self._wake_read, 4096)) == 4096:
                pass
        except BlockingIOError:
            return

    def _take_input(self, run: StepRun, number: int) -> Sequence[bytes]:
        """Pass on what has come for the order *number*, and drop what came too late for one before; what was typed."""
        typed = []
        while self._input and self._input[0][0] <= number:
            input_for, data = self._input.popleft()
            if input_for == number:
                run.send(data)
                typed.append(data)
        return typed

    def _fit(self) -> None:
        """Let the session have the size that the terminal has now."""
        if self._session is not None and self._session.size != self._size:
            self._session.resize(*self._size)


def _explain(error: Exception) -> str:
    """Why a stage has failed, in a few words."""
    if isinstance(error, QuarterdeckError):
        return getattr(error, "what", str(error))
    return str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
