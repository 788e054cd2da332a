"""What the presenter should know and the audience should not: what goes on, and warnings."""

from __future__ import annotations

from quarterdeck.base.quantities import count
from quarterdeck.present.performer_events import (
    Event,
    Finished,
    Moved,
    Overdue,
    Preparing,
    Ready,
    ShellEnded,
    StageLost,
    Started,
)


class Announcements:
    """Follows the events of a performance."""

    def __init__(self) -> None:
        self.message = ""
        """What goes on, in a line; mostly empty."""
        self._stage = ""
        self._slow = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong at the moment."""
        return tuple(filter(None, (self._stage, self._slow)))

    def wait_for_stage(self) -> None:
        """The presenter has run a step whose stage is not ready."""
        self.message = self.message or "waiting for the stage; Ctrl-C ends what runs, Ctrl-] r plays the recording"

    def take(self, event: Event) -> None:
        """Follow *event*."""
        if isinstance(event, Preparing):
            self.message = f"preparing: {count(event.steps, 'step')}, about {event.seconds:.0f} s"
        elif isinstance(event, StageLost):
            self._stage = f"no stage: {event.why}; recordings are played"
        elif isinstance(event, Overdue):
            self._slow = f"slow: {event.recorded_s:.0f} s when it was recorded; Ctrl-] r plays the recording"
        elif isinstance(event, Ready):
            self.message = self._stage = ""
        elif isinstance(event, Started | ShellEnded | Moved):
            self.message = self._slow = ""
            if isinstance(event, Started) and not event.recorded and event.cue.step.options.stop_after_s is not None:
                self.message = f"after {event.cue.step.options.stop_after_s:g} s, forward stops it; Ctrl-C at any time"
        elif isinstance(event, Finished):
            self._slow = ""
