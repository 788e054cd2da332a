"""Walks through a running order on the audience's screen: a prompt, its command, what it prints, and the next one."""

from __future__ import annotations

from collections.abc import Callable

from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.present.clock import Clock
from quarterdeck.present.journal import Journal
from quarterdeck.present.performer import Performer
from quarterdeck.present.performer_events import (
    Event,
    Finished,
    Moved,
    ShellEnded,
    Shown,
    Started,
    WaitingForInput,
)
from quarterdeck.present.playback import Playback
from quarterdeck.present.presenter_view import LastStep, view_last
from quarterdeck.present.running_order import Cue
from quarterdeck.present.wording import FINE
from quarterdeck.rehearse.announcements import Announcements
from quarterdeck.rehearse.audience_screen import AudienceScreen
from quarterdeck.rehearse.cast import Cast
from quarterdeck.rehearse.rehearsal_options import Options
from quarterdeck.rehearse.step_state import BUSY, State
from quarterdeck.rehearse.typist import Typist

_READING_S = 2.0
"""Seconds that the output of a slide's last step stays on the screen when it goes on by itself."""


class Walkthrough:
    """One performance on one screen. `take_events` and `act` are called whenever something may be due."""

    def __init__(
        self,
        performer: Performer,
        screen: AudienceScreen,
        clock: Clock,
        journal: Journal,
        options: Options,
        *,
        make_sane: Callable[[], None],
        now: Callable[[], float],
        cast: Cast | None = None,
    ) -> None:
        """Show the first step; *make_sane* undoes what a program may have left of the terminal's state."""
        self.performer = performer
        self.screen = screen
        self.state = State.PROMPT
        self.slide = 0
        """The number of the slide that is shown."""
        self.cue: Cue | None = None
        """The cue that is shown; None at the end."""
        self.going_on = options.auto
        """Whether it goes on by itself."""
        self.interactive = False
        """Whether the step that runs has asked for input."""
        self.announced = Announcements()
        self.last: LastStep | None = None
        """How the step before ended."""
        self.status: int | None = None
        """The exit status, once it is over by itself."""
        self.typist = Typist(screen.show_output, now)
        self._clock = clock
        self._journal = journal
        self._options = options
        self._make_sane = make_sane
        self._now = now
        self._cast = cast
        self._playback = Playback(screen.show_output, now)
        self._broken = False
        """Whether a stage broke under a step."""
        self._at_once = False
        """Whether the recording that is played is shown at once."""
        self._shown_slide = -1
        self._read_until = float("inf")
        self._stops_from = float("inf")
        """When a step that runs until Ctrl-C has run for as long as its `stop-after` says."""
        self.show_cue()

    @property
    def may_be_stopped(self) -> bool:
        """Whether a step runs that ends with Ctrl-C only, asks for nothing, and has been seen for long enough."""
        return self.state is State.RUNNING and not self.interactive and self._now() >= self._stops_from

    @property
    def due(self) -> float:
        """When to `act`."""
        return min(self.typist.due, self._playback.due, self._read_until if self.going_on else float("inf"))

    def act(self) -> None:
        """Do what is due by itself: type, play a recording, go on."""
        while self.typist.due <= self._now():
            self.type_piece()
        while self._playback.due <= self._now():
            self._playback.show_line()
            if self._playback.finished:
                self._end_step(recorded=True)
        if self._read_until <= self._now() and self.state is State.READING and self.going_on:
            self.show_cue()
        if self.going_on:
            if self.state is State.PROMPT:
                self.begin_typing()
            if self.state is State.TYPED:
                self.run_step()
            if self.state is State.END and self._options.auto:
                self.status = int(self._broken and not self._options.attended)

    # What a presenter does

    def go_forward(self) -> None:
        """Type the command; complete it; run it; show the rest of a recording; show the next slide."""
        self.going_on = False
        if self.state is State.PLAYING:
            self._play_rest()
        elif self.state is State.READING:
            self.show_cue()
        elif self.state is State.PROMPT:
            self.begin_typing()
        elif self.state is State.TYPING:
            self.complete_typing()
        elif self.state is State.TYPED:
            self.run_step()

    def begin_typing(self) -> None:
        """Begin to type the command, in the way of the options."""
        if self.cue is None:
            return
        step = self.performer.step_of(self.cue)
        at_pace = self._options.typing == "pace" or self.going_on
        self.state = State.TYPING
        self.typist.begin(step.shown, by_itself=at_pace)
        if self._options.typing == "off" or not step.options.typed:
            self.complete_typing()
        elif not at_pace:
            self.type_piece()

    def type_piece(self) -> None:
        """Type the next character."""
        self.typist.type_piece()
        if self.typist.finished:
            self.complete_typing()

    def complete_typing(self) -> None:
        """Type what is left of the command."""
        self.typist.complete()
        self.state = State.TYPED

    def run_step(self) -> None:
        """Run the typed command."""
        self._begin_step(State.RUNNING)
        if not self.performer.is_ready:
            self.announced.wait_for_stage()
        self.performer.run(attended=not self.going_on)

    def play(self, *, at_once: bool) -> None:
        """Play the recorded output in place of running the step, or in place of what a running one prints."""
        if self.state is State.PLAYING and at_once:
            self._play_rest()
        if self.state is State.READING:
            self.show_cue()
        if self.state is State.PROMPT:
            self.begin_typing()
        if self.state is State.TYPING:
            self.complete_typing()
        if self.state is State.TYPED:
            self._begin_step(State.PLAYING)
        elif self.state is not State.RUNNING:
            return
        self._at_once = at_once
        self.performer.play_recording()

    def run_again(self) -> None:
        """Run the last step once more."""
        self.performer.back()
        has_moved = any(isinstance(event, Moved) for event in self.take_events())
        if has_moved and self.state is State.PROMPT:
            self.begin_typing()
            self.complete_typing()
            self.run_step()

    def skip(self) -> None:
        """Leave the step out."""
        if self.cue is not None and self.state not in BUSY:
            self._journal.skipped(self.cue, self._clock.times(self.cue.index).elapsed_s)
            self.performer.skip()

    def open_shell(self) -> None:
        """Let the presenter type into the demo's shell."""
        if self.state in BUSY:
            return
        if self.state is State.TYPING:
            self.complete_typing()
        self.going_on = False
        if self.performer.open_shell():
            self.state = State.SHELL
            self.announced.message = "the demo's shell; Ctrl-D comes back"
            self.screen.show_output(b"\r\n")
        else:
            self.announced.message = "no shell yet: the stage is not ready"

    def show_edited(self, script: str | None) -> None:
        """Show the command after it was edited: typed, if there is a *script*; otherwise as it was."""
        was = self.state
        self.screen.end_edit()
        self.state = State.PROMPT
        if self.cue is not None and script is not None:
            self.performer.edit(script, self.cue)
        if script is not None or was is State.TYPED:
            self.begin_typing()
            self.complete_typing()

    # What the performer reports

    def take_events(self) -> list[Event]:
        """Show what the performer has reported since the last call."""
        events = self.performer.poll()
        for event in events:
            self._take(event)
        return events

    def _take(self, event: Event) -> None:
        self.announced.take(event)
        if isinstance(event, Started):
            self._start(event)
        elif isinstance(event, Shown):
            if self.state is State.PLAYING:
                self._playback.begin(event.data)
            else:
                self.screen.show_output(event.data)
        elif isinstance(event, WaitingForInput):
            self.interactive = self.interactive or self.screen.is_inside_line
        elif isinstance(event, Finished):
            self._finish(event)
        elif isinstance(event, ShellEnded):
            self._make_sane()
            self.screen.end_output(recorded=False)
            self.show_cue()
        elif isinstance(event, Moved):
            self._journal.moved(self.performer.position, self._clock.times(self.performer.position).elapsed_s)
            self.typist.stop()
            self._playback.stop()
            self.last = None
            self._shown_slide = -1
            self.show_cue()

    def _begin_step(self, state: State) -> None:
        self.state = state
        self.interactive = self._at_once = False
        self.screen.show_output(b"\r\n")

    def _start(self, event: Started) -> None:
        self.state = State.PLAYING if event.recorded else State.RUNNING
        self._clock.begin_step()
        if self._cast is not None:
            self._cast.mark(event.cue.name)
        options = event.cue.step.options
        self.interactive = bool(options.send)
        self._stops_from = self._now() + options.stop_after_s if options.stop_after_s is not None else float("inf")

    def _finish(self, event: Finished) -> None:
        edited = self.performer.is_edited(event.cue)
        self.last = view_last(event.cue, event.verdict, edited=edited)
        elapsed_s = self._clock.times(self.performer.position).elapsed_s
        script = self.performer.step_of(event.cue).script if edited else None
        self._broken = self._broken or event.broken != ""
        verdict = Verdict.BROKEN.value if event.broken else self.last.verdict
        self._journal.performed(event.cue, event.seconds, verdict, elapsed_s, script=script)
        self._clock.begin_step()
        if event.verdict is not None:
            self._end_step(recorded=False)
            self._judge(event.verdict)
        elif self._at_once or self._playback.finished:
            self._play_rest()

    def _judge(self, verdict: StepVerdict) -> None:
        """Stop going on where a step went wrong."""
        if verdict.verdict.value not in FINE and self.going_on:
            self.going_on = False
            if not self._options.attended:
                self.status = 1

    def _play_rest(self) -> None:
        """Show what is left of a recording at once; of one that has not begun, when it does."""
        self._at_once = True
        if self.performer.running is None:
            self._playback.complete()
            self._end_step(recorded=True)

    def _end_step(self, *, recorded: bool) -> None:
        self._make_sane()
        self.screen.end_output(recorded=recorded)
        cue = self.performer.next_cue
        if cue is None or cue.slide == self._shown_slide:
            self.show_cue()
        else:
            self.state, self.cue = State.READING, cue
            self._read_until = self._now() + (0.0 if self._options.typing == "off" else _READING_S)

    def show_cue(self) -> None:
        """Show the step that is next."""
        self.cue = cue = self.performer.next_cue
        self._read_until = float("inf")
        if cue is None:
            self.state = State.END
            return
        if cue.slide != self._shown_slide:
            self.slide = self._shown_slide = cue.slide
            self.screen.show_title(self.performer.order.slides[cue.slide].title)
        self.screen.show_caption(self.performer.step_of(cue))
        self.state = State.PROMPT
