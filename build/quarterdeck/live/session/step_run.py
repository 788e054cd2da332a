"""A running step, as a stream of events."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from quarterdeck.base.errors import StageError
from quarterdeck.demo.demo_file import Step
from quarterdeck.demo.recording import Broken, Reason, StepResult
from quarterdeck.live.process import Process, wait_for_exit
from quarterdeck.live.session.driver import Driver
from quarterdeck.live.session.prompts import Prompts
from quarterdeck.live.session.step_output import OUTPUT_LIMIT, LiveOutput, StepOutput

_INTERRUPT = b"\x03"
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


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a step's run ended, before anything is made of it."""

    status: int | None
    """What bash reported; None if it did not."""
    broken: Broken | None
    """Why the step had to be ended, if that was not right."""
    interrupted: bool
    """Whether Ctrl-C of `stop-after` ended it."""
    output: bytes
    """Up to that Ctrl-C, if there was one."""
    notes: tuple[str, ...]
    seconds: float


class StepRun:
    """A step that runs: wait until a source is readable or `pause_s` is over, and `poll`; again until `Ended` comes.

    Input, size and Ctrl-C may be sent at any time. Without polls the step waits, once the terminal is full.
    """

    def __init__(
        self,
        driver: Driver,
        step: Step,
        watch: str,
        files: str,
        finish: Callable[[RunEnd], StepResult],
        *,
        timeout_s: float | None,
        attended: bool,
    ) -> None:
        """Start *step*; see `Session.start`. *watch* is a `WatchPlan.line`, and *finish* makes the result.

        *files* is the folder of our files on the stage.
        """
        # First, so that bash works while the rest is made.
        self._output = StepOutput(driver.submit(str(step.number), watch))
        self._started = time.monotonic()
        self._driver = driver
        self._finish = finish
        self._attended = attended
        self._timeout_s = timeout_s
        self._stop_after = step.options.stop_after_s is not None and not attended
        limit_s = step.options.stop_after_s if self._stop_after else timeout_s
        self._deadline = self._started + (float("inf") if limit_s is None else limit_s)
        self._ladder = list(_STOP_LADDER if self._stop_after else _LADDER)
        self._prompts = Prompts(step, send=not attended)
        self._live = LiveOutput(files)
        self._broken: Broken | None = None
        self._stopped_at: int | None = None
        self.ended = False

    @property
    def sources(self) -> tuple[Process, Process]:
        """The processes to wait for."""
        return self._driver.sources

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
            events.append(Ended(self._finish(self._end())))
        elif self._prompts.begins_to_wait():
            events.append(Waiting())
        return events

    def send(self, data: bytes) -> None:
        """Give the step input."""
        self._driver.terminal.write(data)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._driver.terminal.write(_INTERRUPT)

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the step's terminal."""
        self._driver.resize(rows, columns)

    def _act(self) -> None:
        """Do what is due: answer a query, send a line, send a signal, give up."""
        if self._output.too_much and self._broken is None:
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
            if not (self._stop_after and signal == "INT"):
                self._broken = self._overdue()
            elif self._stopped_at is None:
                self._stopped_at = len(self._output.data)
        if signal == "INT":
            self.interrupt()
        else:
            self._driver.signal(signal)
        now = time.monotonic()
        self._deadline = now + max(patience_s, _SLOWNESS * (now - sent))

    def _overdue(self) -> Broken:
        if self._stop_after:
            return Broken(Reason.NOT_STOPPED, "stop-after: Ctrl-C did not end it")
        return Broken(Reason.TIMEOUT, f"timeout: no end after {self._timeout_s:g} s")

    def _end(self) -> RunEnd:
        seconds = time.monotonic() - self._started
        status = self._output.status if self._output.complete else self._exit_status()
        interrupted = self._stopped_at is not None and self._broken is None
        output = bytes(self._output.data[: self._stopped_at] if interrupted else self._output.data)
        return RunEnd(status, self._broken, interrupted, output, tuple(self._driver.notes), seconds)

    def _exit_status(self) -> int | None:
        """The exit status of the bash, if it has ended with the step."""
        with suppress(StageError):
            return wait_for_exit(self._driver.terminal) if self._driver.terminal.ended else None
        return None
