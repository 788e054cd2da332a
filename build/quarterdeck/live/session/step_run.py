"""A running step, as a stream of events."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from quarterdeck.base.errors import StageError
from quarterdeck.demo.demo_file import Step
from quarterdeck.demo.recording import Broken, Exited, Reason, StepResult
from quarterdeck.demo.silent_failures import Witnessed
from quarterdeck.live.process import Process, wait_for_exit
from quarterdeck.live.session.driver import Driver
from quarterdeck.live.session.prompts import Prompts
from quarterdeck.live.session.step_output import OUTPUT_LIMIT, LiveOutput, StepOutput, without_driver
from quarterdeck.terminal.job_notices import drop_stopped_jobs
from quarterdeck.terminal.screen import render_screen
from quarterdeck.witness.watch_plan import WatchPlan
from quarterdeck.witness.witnesses import ExitedStep

_LADDER = (("INT", 1.0), ("TERM", 2.0), ("KILL", 3.0))
"""How a step is ended that does not end: signals, and the seconds that it then has."""
_STOP_LADDER = (("INT", 4.0), ("INT", 6.0), ("INT", 10.0), *_LADDER[1:])
"""The same for `stop-after`. On a busy machine the first Ctrl-C may come before its program, and be lost."""
_SLOWNESS = 10.0
"""After a signal a step has at least this many times the seconds that sending it took: the machine may be busy."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The step has printed something."""

    data: bytes
    """For a terminal of the session's size; without the driver's traces."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step seems to wait for input: its output ends with a prompt, or it has been silent for a while."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The step has ended, well or not. The last event."""

    result: StepResult


StepEvent: TypeAlias = Printed | Waiting | Ended
"""What happens while a step runs, in the order in which it does."""


class StepRun:
    """A step that runs: wait until a source is readable or `pause_s` is over, and `poll`; again until `Ended` comes.

    Input, size and Ctrl-C may be sent at any time. Without polls the step waits, once the terminal is full.
    """

    def __init__(
        self,
        driver: Driver,
        step: Step,
        plan: WatchPlan,
        judge: Callable[[ExitedStep], tuple[Witnessed, ...]],
        *,
        last: bool,
        timeout_s: float | None,
        attended: bool,
    ) -> None:
        """Start *step*; see `Session.start`. *judge* finds its silent failures; *last*: no step comes after it."""
        # First, so that bash works while the rest is made.
        nonce = driver.submit(str(step.number), plan.line, attended=attended)
        self._output = StepOutput(nonce, begins_with_fence=attended)
        self._started = time.monotonic()
        self._driver = driver
        self._step = step
        self._judge = judge
        self._last = last
        self._attended = attended
        self._timeout_s = timeout_s
        self._stop_after = step.options.stop_after_s is not None and not attended
        limit_s = step.options.stop_after_s if self._stop_after else timeout_s
        self._deadline = self._started + (float("inf") if limit_s is None else limit_s)
        self._ladder = list(_STOP_LADDER if self._stop_after else _LADDER)
        self._prompts = Prompts(step, send=not attended)
        self._live = LiveOutput(driver.files)
        self._early = b""
        """Input that waits for the step to begin."""
        self._broken: Broken | None = None
        self._stopped_at: int | None = None
        self.sources = driver.sources
        """The processes to wait for."""
        self.ended = False

    def pause_s(self) -> float | None:
        """Seconds after which to poll though no source is readable; None: there is no need to."""
        pause_s = min(self._prompts.pause_s(), self._deadline - time.monotonic())
        return None if pause_s == float("inf") else max(0.0, pause_s)

    def poll(self, readable: Collection[Process] | None = None) -> list[StepEvent]:
        """What has happened since the last call. Never blocks for long.

        *readable* are the sources that are known to be readable; None: any of them may be.
        """
        if self.ended:
            return []
        terminal, control = self.sources
        printed = b""
        if readable is None or terminal in readable:
            printed = self._output.take(terminal.read())
            if self._early and self._output.begun:
                # One Ctrl-C is enough: a second one would come when the step has ended.
                early, self._early = re.sub(rb"\x03+", b"\x03", self._early), b""
                self.send(early)
        if readable is None or control in readable:
            self._driver.read_notes()
        complete = self._output.complete and len(self._driver.notes) >= self._output.notes
        self.ended = complete or terminal.ended
        if printed:
            self._prompts.take(printed)
        if not self.ended:
            self._act()
        events: list[StepEvent] = []
        if data := self._live.take(printed) + (self._live.end() if self.ended else b""):
            events.append(Printed(data))
        if self.ended:
            events.append(Ended(self._result()))
        elif self._prompts.begins_to_wait():
            events.append(Waiting())
        return events

    def send(self, data: bytes) -> None:
        """Give the step input; what comes before a person's step has begun waits for that.

        A Ctrl-C of a person is the one of `stop-after`, whenever it comes.
        """
        if not self._output.begun:
            self._early += data
            return
        if b"\x03" in data and self._attended and self._step.options.stop_after_s is not None:
            self._note_stop()
        self._driver.terminal.write(data)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.send(b"\x03")

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the step's terminal."""
        self._driver.resize(rows, columns)

    def _act(self) -> None:
        """Do what is due: answer a query, send a line, send a signal, give up."""
        if self._output.too_much and self._broken is None and not self._attended:
            detail = f"too much output: more than {OUTPUT_LIMIT >> 20} MiB"
            self._broken, self._deadline = Broken(Reason.TOO_MUCH_OUTPUT, detail), 0.0
        if not self._attended and (answers := self._output.answers()):
            self.send(answers)
        if (line := self._prompts.due_line()) is not None:
            self.send(line.encode() + b"\n")
        if time.monotonic() >= self._deadline:
            self._press()

    def _press(self) -> None:
        """Take the next rung of the ladder."""
        if not self._ladder:
            detail = f"{(self._broken or self._overdue()).detail}, and the shell no longer answers"
            self._broken = Broken(Reason.NO_ANSWER, detail)
            self.ended = True
            return
        signal, patience_s = self._ladder.pop(0)
        sent = time.monotonic()
        if self._broken is None:
            if self._stop_after and signal == "INT":
                self._note_stop()
            else:
                self._broken = self._overdue()
        if signal == "INT":
            self.interrupt()
        else:
            self._driver.signal(signal)
        now = time.monotonic()
        self._deadline = now + max(patience_s, _SLOWNESS * (now - sent))

    def _note_stop(self) -> None:
        """Note that the first Ctrl-C of `stop-after` is pressed: what comes after it does not count."""
        if self._stopped_at is None:
            self._stopped_at = len(self._output.data)

    def _overdue(self) -> Broken:
        if self._stop_after:
            return Broken(Reason.NOT_STOPPED, "stop-after: Ctrl-C did not end it")
        return Broken(Reason.TIMEOUT, f"timeout: no end after {self._timeout_s:g} s")

    def _result(self) -> StepResult:
        seconds = time.monotonic() - self._started
        interrupted = self._stopped_at is not None and self._broken is None
        output = bytes(self._output.data[: self._stopped_at] if interrupted else self._output.data)
        # Without translation of line ends, later lines would form a staircase.
        self._driver.staircase = b"\n" in output.replace(b"\r\n", b"")
        if self._driver.woken:
            output = output.removesuffix(b"\r\n")
        ending = self._broken or self._ending(interrupted)
        rows, columns = self._driver.size
        screen = render_screen(without_driver(output, self._driver.files), columns=columns, rows=rows)
        if isinstance(ending, Broken):
            # `scripts/end.sh` stops jobs for a moment, to end all of them.
            return StepResult(self._step, ending, seconds, drop_stopped_jobs(screen))
        file = f"{self._driver.files}/{self._step.number}"
        exited = ExitedStep(ending.status, ending.interrupted, screen, tuple(self._driver.notes), file)
        return StepResult(self._step, ending, seconds, screen, self._judge(exited))

    def _ending(self, interrupted: bool) -> Exited | Broken:
        """How the step ended, which nothing had to end but the Ctrl-C of `stop-after`."""
        shell_ended = self._driver.terminal.ended
        status = self._output.status if self._output.complete else None
        if status is None and shell_ended:
            with suppress(StageError):
                status = wait_for_exit(self._driver.terminal)
        if status is None or (shell_ended and status > 128):
            return Broken(Reason.SHELL_DIED, "the shell died" + (f" (exit status {status})" if status else ""))
        if shell_ended and not self._last:
            detail = f"the step ended the shell (exit status {status}), and there are more steps"
            return Broken(Reason.SHELL_ENDED, detail)
        return Exited(status, interrupted)
