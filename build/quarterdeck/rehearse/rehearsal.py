"""A rehearsal: keys in, a performance on the screen, and a journal of it."""

from __future__ import annotations

import random
import select
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal, Protocol

from quarterdeck.check.line_diff import Kind
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.present.clock import Clock
from quarterdeck.present.journal import Journal
from quarterdeck.present.performer import Performer
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
from quarterdeck.present.running_order import Cue
from quarterdeck.rehearse.audience_screen import AudienceScreen, typed_pieces
from quarterdeck.rehearse.cast import Cast
from quarterdeck.rehearse.keys import KEYS, LEAVE, Action, help_lines, split_keys

Typing = Literal["pace", "keys", "off"]

_KEY_S = (0.02, 0.07)
"""Seconds between two characters that are typed at a pace: as a fast typist."""
_LONGEST_TYPING_S = 4.0
_LINE_S = 0.04
"""Seconds between two lines of a recording that is played."""
_LONGEST_PLAYING_S = 3.0
_READING_S = 2.0
"""Seconds that the output of a slide's last step stays on the screen when it goes on by itself."""
_FINE = frozenset({Verdict.PASSED, Verdict.SKIPPED, Verdict.NEW})
_LEFT = "the keys are yours: r recording, p back, q quit, ctrl-c interrupt; any other key returns"
_CONTROLS = frozenset({b"\x03", b"\x04", b"\x1c"})
"""Ctrl-C, Ctrl-D and Ctrl-\\: the keys that a program gets that asks for none."""


class Terminal(Protocol):
    """The terminal of a rehearsal."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        ...

    @property
    def sources(self) -> tuple[int, ...]:
        """What to wait for."""
        ...

    def write(self, data: bytes | str) -> None:
        """Show *data*."""
        ...

    def read(self) -> bytes | None:
        """Keys that have been pressed, without blocking; None when the terminal is gone."""
        ...

    def take_signals(self) -> bool:
        """Whether the size may have changed since the last call."""
        ...

    def make_sane(self) -> None:
        """Undo what a program may have left."""
        ...

    def suspend(self) -> None:
        """Stop this process until it is continued."""
        ...


class _State(Enum):
    """What the next key is for."""

    PROMPT = auto()
    """A command is to be typed."""
    TYPING = auto()
    """It is being typed."""
    TYPED = auto()
    """It is to be run."""
    RUNNING = auto()
    """A step runs, or waits for its stage."""
    SLIDE_ENDED = auto()
    """The last step of a slide has ended; its output is read out, and the next slide is to come."""
    SHELL = auto()
    """The presenter types into the demo's shell."""
    OVERLAY = auto()
    """Something covers the screen."""
    JUMPING = auto()
    """A place to jump to is typed."""
    END = auto()
    """Everything has been performed."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a rehearsal is presented."""

    typing: Typing = "pace"
    line: bool = True
    """Whether the last row is the presenter's."""
    auto: bool = False
    """Whether it goes on by itself."""
    attended: bool = True
    """Whether a person is there to take over when something is wrong."""


class Rehearsal:
    """One rehearsal in one terminal."""

    def __init__(
        self,
        performer: Performer,
        terminal: Terminal,
        clock: Clock,
        journal: Journal,
        options: Options,
        *,
        cast: Cast | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Show the first step."""
        self._performer = performer
        self._terminal = terminal
        self._clock = clock
        self._journal = journal
        self._options = options
        self._cast = cast
        self._now = now
        self._going_on = options.auto
        self._state = _State.PROMPT
        self._before_overlay = _State.PROMPT
        self._slide = -1
        self._pieces: deque[str] = deque()
        self._due = float("inf")
        """When the next piece is typed, or the next line of a recording is shown."""
        self._recorded: deque[bytes] = deque()
        self._interactive = False
        self._left = False
        """Whether the chord has taken the keys from the program."""
        self._quit_pressed = False
        self._jump_to = ""
        self._message = ""
        """What goes on, for the presenter."""
        self._lost = ""
        """Why there is no stage."""
        self._ended = ""
        """How the last step ended."""
        self._verdict: StepVerdict | None = None
        self._status: int | None = None
        rows, columns = terminal.size
        self._screen = AudienceScreen(self._write, rows, columns, line=options.line)
        performer.resize(*self._screen.size)
        self._show_cue()

    def run(self) -> int:
        """Rehearse until it is over; 0, or 1 where a step went wrong and no person is there."""
        while self._status is None:
            sources: list[Performer | int] = [self._performer, *self._terminal.sources]
            readable, _, _ = select.select(sources, [], [], self._pause_s())
            if self._terminal.take_signals():
                self._fit()
            for event in self._performer.poll():
                self._take(event)
            self._act()
            if any(source in readable for source in self._terminal.sources):
                data = self._terminal.read()
                if data is None:
                    return 0
                self._press(data)
            self._show_line()
        return self._status

    def _pause_s(self) -> float:
        pauses = [self._due - self._now(), 1.0 if self._options.line else 60.0]
        if (pause_s := self._performer.pause_s()) is not None:
            pauses.append(pause_s)
        return max(0.0, min(pauses))

    def _write(self, data: bytes | str) -> None:
        self._terminal.write(data)
        if self._cast is not None:
            self._cast.write(data if isinstance(data, bytes) else data.encode("utf-8", "replace"))

    # What is due by itself

    def _act(self) -> None:
        """Type, play a recording, go on."""
        while self._due <= self._now():
            if self._recorded:
                self._screen.show_output(self._recorded.popleft())
                self._due += _LINE_S
                if not self._recorded:
                    self._end_recording()
            elif self._state is _State.TYPING and self._pieces:
                self._type_piece()
            elif self._state is _State.SLIDE_ENDED and self._going_on:
                self._due = float("inf")
                self._show_cue()
            else:
                self._due = float("inf")
        if self._going_on and not self._recorded:
            if self._state is _State.PROMPT:
                self._begin_typing()
            if self._state is _State.TYPED:
                self._run_step()
            if self._state is _State.END and self._options.auto:
                self._status = 0

    def _begin_typing(self) -> None:
        cue = self._performer.next_cue
        if cue is None:
            return
        self._pieces = deque(typed_pieces(cue.step))
        self._state = _State.TYPING
        if self._options.typing == "off" or not cue.step.options.typed:
            self._complete_typing()
        elif self._options.typing == "keys" and not self._going_on:
            self._type_piece()
        else:
            self._due = self._now()

    def _type_piece(self) -> None:
        self._screen.show_output(self._pieces.popleft().encode())
        if not self._pieces:
            self._complete_typing()
        elif self._options.typing == "pace" or self._going_on:
            slowest = min(_KEY_S[1], _LONGEST_TYPING_S / len(self._pieces))
            self._due = self._now() + random.uniform(min(_KEY_S[0], slowest), slowest)

    def _complete_typing(self) -> None:
        self._screen.show_output("".join(self._pieces).encode())
        self._pieces.clear()
        self._due = float("inf")
        self._state = _State.TYPED

    def _run_step(self) -> None:
        self._state = _State.RUNNING
        self._interactive = self._left = False
        self._screen.show_output(b"\r\n")
        self._performer.run(attended=not self._going_on)

    # What the performer reports

    def _take(self, event: Event) -> None:
        if isinstance(event, Started):
            self._message = "recorded output" if event.recorded else ""
            self._clock.begin_step()
            if self._cast is not None:
                self._cast.mark(event.cue.name)
            self._interactive = bool(event.cue.step.options.send)
        elif isinstance(event, Shown):
            self._show_output(event.data)
        elif isinstance(event, WaitingForInput):
            self._interactive = self._interactive or self._screen.is_inside_line
        elif isinstance(event, Finished):
            self._finish(event)
        elif isinstance(event, ShellEnded):
            self._terminal.make_sane()
            self._screen.end_output(recorded=False)
            self._message = ""
            self._show_cue()
        elif isinstance(event, Preparing):
            self._message = f"preparing: {event.steps} steps, about {event.seconds:.0f} s"
        elif isinstance(event, Ready):
            self._message = self._lost = ""
        elif isinstance(event, StageLost):
            self._lost = f"no stage: {event.why}; recordings are played"
        elif isinstance(event, Overdue):
            self._message = f"slow: {event.recorded_s:.0f} s when it was recorded; Ctrl-] r plays the recording"
        elif isinstance(event, Moved):
            self._journal.moved(self._performer.position, self._clock.times(self._performer.position).elapsed_s)
            self._verdict, self._ended = None, ""
            self._slide = -1
            self._show_cue()

    def _show_output(self, data: bytes) -> None:
        if self._state is _State.RUNNING and self._playing:
            lines = data.split(b"\n")
            self._recorded.extend(line + b"\n" for line in lines[:-1])
            if lines[-1]:
                self._recorded.append(lines[-1])
            self._due = self._now()
        else:
            self._screen.show_output(data)

    @property
    def _playing(self) -> bool:
        return self._message == "recorded output"

    def _finish(self, event: Finished) -> None:
        elapsed_s = self._clock.times(self._performer.position).elapsed_s
        verdict = event.verdict.verdict.value if event.verdict else "recorded"
        self._journal.performed(event.cue, event.seconds, verdict, elapsed_s)
        self._clock.begin_step()
        self._verdict = event.verdict
        if event.verdict is None:
            if not self._recorded:
                self._end_recording()
            return
        self._end_step(recorded=False)
        self._message, self._ended = "", describe(event.cue, event.verdict)
        if event.verdict.verdict not in _FINE and self._going_on:
            self._going_on = False
            if not self._options.attended:
                self._status = 1

    def _end_recording(self) -> None:
        self._due = float("inf")
        self._message = ""
        self._end_step(recorded=True)

    def _end_step(self, *, recorded: bool) -> None:
        self._terminal.make_sane()
        self._screen.end_output(recorded=recorded)
        cue = self._performer.next_cue
        if cue is None or cue.slide == self._slide:
            self._show_cue()
        else:
            self._state = _State.SLIDE_ENDED
            self._due = self._now() + (0.0 if self._options.typing == "off" else _READING_S)

    def _show_cue(self) -> None:
        """Show the step that is next."""
        cue = self._performer.next_cue
        if cue is None:
            self._state = _State.END
            self._message = self._message or "the end; q q quits"
            return
        if cue.slide != self._slide:
            self._slide = cue.slide
            self._screen.show_title(self._performer.order.slides[cue.slide].title)
        self._screen.show_caption(cue.step)
        self._state = _State.PROMPT

    # Keys

    def _press(self, data: bytes) -> None:
        if self._state is _State.SHELL:
            self._performer.send(data)
            return
        if self._state is _State.RUNNING and not (self._recorded or self._left or self._quit_pressed):
            self._press_in_program(data)
            return
        for name, code in split_keys(data):
            if self._state is _State.OVERLAY:
                self._screen.end_overlay()
                self._state = self._before_overlay
            elif self._state is _State.JUMPING:
                self._press_in_jump(name)
            elif self._left:
                self._left = False
                if code == LEAVE:
                    self._performer.send(LEAVE)
                else:
                    self._do(KEYS.get(name, Action.NOTHING))
            elif self._options.typing == "keys" and self._state is _State.TYPING and name not in ("enter", ""):
                self._type_piece()
            else:
                self._do(KEYS.get(name, Action.NOTHING))

    def _press_in_program(self, data: bytes) -> None:
        """Pass keys on to a program that asks for them; any other only gets those that interrupt it."""
        before, chord, after = data.partition(LEAVE)
        self._interactive = self._interactive or self._screen.in_program or self._screen.is_asking
        if self._interactive:
            self._performer.send(before)
        else:
            # An impatient presenter, or a clicker: what it sends would wait for the next step that reads.
            self._performer.send(b"".join(code for _, code in split_keys(before) if code in _CONTROLS))
        if chord:
            self._left = True
            self._press(after)

    def _press_in_jump(self, name: str) -> None:
        if name == "enter":
            cue = self._performer.order.find(self._jump_to)
            self._state = self._before_overlay
            self._message = "" if cue else f"no step '{self._jump_to}'"
            if cue:
                self._performer.jump(cue.index)
        elif name in ("escape", "ctrl-c"):
            self._state, self._message = self._before_overlay, ""
        else:
            self._jump_to = (
                self._jump_to[:-1] if name == "backspace" else self._jump_to + (" " if name == "space" else name)
            )
            self._message = f"go to: {self._jump_to}"

    def _do(self, action: Action) -> None:
        quitting = action in (Action.QUIT, Action.INTERRUPT)
        if not quitting:
            self._quit_pressed = False
        if action is Action.FORWARD:
            self._go_forward()
        elif action is Action.INTERRUPT and self._state is _State.RUNNING:
            self._performer.interrupt()
        elif quitting:
            if self._quit_pressed:
                self._status = 0
            self._quit_pressed = True
            self._message = "press it again to quit"
        elif action is Action.SUSPEND:
            self._terminal.suspend()
            self._slide = -1
            self._show_cue()
        elif action in (Action.HELP, Action.BLANK, Action.DIFF):
            self._show_overlay(action)
        elif action is Action.SHELL and self._state is not _State.RUNNING:
            self._open_shell()
        elif action is Action.JUMP:
            self._before_overlay, self._state, self._jump_to, self._message = self._state, _State.JUMPING, "", "go to: "
        elif action is Action.GO_ON:
            self._going_on = True
        elif action in (Action.RECORDING, Action.AT_ONCE):
            self._play(at_once=action is Action.AT_ONCE)
        elif action is Action.BACK:
            self._performer.back()
        elif action is Action.AGAIN:
            self._run_again()
        elif action is Action.SKIP and self._state is not _State.RUNNING:
            if (cue := self._performer.next_cue) is not None:
                self._journal.skipped(cue, self._clock.times(cue.index).elapsed_s)
            self._performer.skip()

    def _go_forward(self) -> None:
        self._going_on = False
        if self._recorded:
            self._screen.show_output(b"".join(self._recorded))
            self._recorded.clear()
            self._end_recording()
        elif self._state is _State.SLIDE_ENDED:
            self._due = float("inf")
            self._show_cue()
        elif self._state is _State.PROMPT:
            self._begin_typing()
        elif self._state is _State.TYPING:
            self._complete_typing()
        elif self._state is _State.TYPED:
            self._run_step()

    def _play(self, *, at_once: bool) -> None:
        if self._state is _State.SLIDE_ENDED:
            self._show_cue()
        if self._state is _State.PROMPT:
            self._begin_typing()
        if self._state is _State.TYPING:
            self._complete_typing()
        if self._state is _State.TYPED:
            self._screen.show_output(b"\r\n")
            self._state = _State.RUNNING
        if self._state is not _State.RUNNING:
            return
        self._performer.play_recording()
        for event in self._performer.poll():
            self._take(event)
        if at_once and self._recorded:
            self._go_forward()

    def _run_again(self) -> None:
        self._performer.back()
        for event in self._performer.poll():
            self._take(event)
        if self._state is _State.PROMPT:
            self._begin_typing()
            self._complete_typing()
            self._run_step()

    def _open_shell(self) -> None:
        if self._state is _State.TYPING:
            self._complete_typing()
        self._going_on = False
        if self._performer.open_shell():
            self._before_overlay, self._state = self._state, _State.SHELL
            self._message = "the demo's shell; Ctrl-D comes back"
            self._screen.show_output(b"\r\n")
        else:
            self._message = "no shell yet: the stage is not ready"

    def _show_overlay(self, action: Action) -> None:
        lines: list[str] = []
        if action is Action.HELP:
            lines = help_lines()
        elif action is Action.DIFF:
            lines = [str(line) for line in self._verdict.evidence] if self._verdict else []
            lines = lines or ["nothing differs from the recording"]
        self._before_overlay, self._state = self._state, _State.OVERLAY
        self._screen.overlay(lines)

    def _fit(self) -> None:
        rows, columns = self._terminal.size
        self._screen.resize(rows, columns)
        self._performer.resize(*self._screen.size)
        if self._cast is not None:
            self._cast.resize(rows, columns)

    def _show_line(self) -> None:
        if not self._options.line:
            return
        position = self._performer.position
        times = self._clock.times(position)
        late = "" if times.late_s is None else f"  {format_late(times.late_s)}"
        cue = self._performer.next_cue
        step = f"{cue.name if cue else 'end'} ({position + 1}/{len(self._performer.order.cues)})"
        news = _LEFT if self._left else "; ".join(filter(None, (self._message, self._lost))) or self._ended
        text = f" {format_time(times.elapsed_s)}{late}  {step}  {news}"
        self._screen.show_line(text)


def describe(cue: Cue, verdict: StepVerdict) -> str:
    """The verdict of a step in a few words."""
    if verdict.verdict is Verdict.PASSED:
        return f"{cue.name}: as recorded, {verdict.seconds:.1f} s"
    if verdict.verdict is Verdict.NEW:
        return f"{cue.name}: not recorded, {verdict.seconds:.1f} s"
    if verdict.verdict is Verdict.DRIFTED:
        changed = sum(line.kind in (Kind.ADDED, Kind.REMOVED) for line in verdict.evidence)
        return f"{cue.name}: {changed or 'some'} lines differ (d shows them)"
    return f"{cue.name}: {verdict.verdict} {verdict.evidence[0] if verdict.evidence else ''}"


def format_time(seconds: float) -> str:
    """Minutes and seconds, `3:07`; hours where there are any."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def format_late(seconds: float) -> str:
    """How late it is: `2:10 late`, `0:30 early`."""
    return f"{format_time(abs(seconds))} {'late' if seconds > 0 else 'early'}"
