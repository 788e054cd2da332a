"""A rehearsal: keys in, a performance on the screen, and what its presenter should know beside it."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING

from quarterdeck.base.quantities import count
from quarterdeck.present.clock import Clock
from quarterdeck.present.journal import Journal
from quarterdeck.present.network import has_network
from quarterdeck.present.presenter_view import Scene, make_view
from quarterdeck.present.wording import format_late, format_time
from quarterdeck.rehearse.audience_screen import AudienceScreen
from quarterdeck.rehearse.cast import Cast
from quarterdeck.rehearse.controls import Controls
from quarterdeck.rehearse.notes_socket import NotesServer
from quarterdeck.rehearse.own_terminal import Terminal
from quarterdeck.rehearse.rehearsal_options import Options
from quarterdeck.rehearse.step_state import PHASES
from quarterdeck.rehearse.walkthrough import Walkthrough

if TYPE_CHECKING:
    from quarterdeck.present.performer import Performer

LEAST_COLUMNS, LEAST_ROWS = 100, 30
"""The least that an audience's terminal should have."""
_NETWORK_S = 10.0
"""Seconds between two looks at the network."""


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
        notes: NotesServer | None = None,
        cast: Cast | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Show the first step; *notes* tells notes terminals what goes on."""
        self._performer = performer
        self._terminal = terminal
        self._clock = clock
        self._options = options
        self._notes = notes
        self._cast = cast
        self._now = now
        self._published: tuple[object, ...] = ()
        """What the last view was about."""
        self._network = True
        self._network_due = now()
        rows, columns = terminal.size
        self._screen = AudienceScreen(self._write, rows, columns, line=options.line != "off")
        performer.resize(*self._screen.size)
        self._walkthrough = Walkthrough(
            performer, self._screen, clock, journal, options, make_sane=self._make_sane, now=now, cast=cast
        )
        self._controls = Controls(self._walkthrough, self._screen, terminal, by_key=options.typing == "keys")

    def run(self) -> int:
        """Rehearse until it is over; 0, or 1 where a step went wrong and no person is there."""
        while self._walkthrough.status is None and not self._controls.quitting:
            sources: list[Performer | socket | int] = [self._performer, *self._terminal.sources]
            behind: list[socket] = []
            if self._notes is not None:
                sources += self._notes.sources
                behind += self._notes.behind
            readable, _, _ = select.select(sources, behind, [], self._pause_s())
            if self._terminal.take_signals():
                self._fit()
            self._walkthrough.take_events()
            self._walkthrough.act()
            if any(source in readable for source in self._terminal.sources):
                data = self._terminal.read()
                if data is None:
                    return 0
                self._controls.press(data)
            self._inform()
        return self._walkthrough.status or 0

    def _pause_s(self) -> float:
        pauses = [self._walkthrough.due - self._now(), 60.0 if self._options.line == "off" else 1.0]
        if self._notes is not None and self._notes.connected:
            pauses.append(self._network_due - self._now())
        if (pause_s := self._performer.pause_s()) is not None:
            pauses.append(pause_s)
        return max(0.0, min(pauses))

    def _write(self, data: bytes | str) -> None:
        self._terminal.write(data)
        if self._cast is not None:
            self._cast.write(data if isinstance(data, bytes) else data.encode("utf-8", "replace"))

    def _make_sane(self) -> None:
        """Undo what a program may have left; what covers the screen stays, and `Controls` does it when it goes."""
        if not self._screen.is_covered:
            self._terminal.make_sane()

    def _fit(self) -> None:
        """Fit another size of the terminal, or of what programs have of it."""
        rows, columns = self._terminal.size
        self._screen.resize(rows, columns)
        self._performer.resize(*self._screen.size)
        self._controls.fit()
        if self._cast is not None:
            self._cast.resize(rows, columns)

    # For the presenter

    def _inform(self) -> None:
        """Tell the notes terminals what has changed; without any, the line below the screen tells it."""
        connected = False
        if self._notes is not None:
            has_come = self._notes.poll()
            if self._notes.connected:
                self._publish(again=has_come)
            connected = self._notes.connected
        if self._options.line == "alone" and self._screen.keep_line(not connected):
            self._fit()
        if self._options.line != "off":
            self._screen.show_line(self._line(), inside=self._controls.message != "")

    def _publish(self, *, again: bool) -> None:
        assert self._notes is not None
        walkthrough = self._walkthrough
        self._look_at_network()
        scene = Scene(
            walkthrough.slide,
            walkthrough.cue,
            PHASES[walkthrough.state],
            walkthrough.last,
            tuple(self._performer.edited.values()),
            self._controls.message or walkthrough.announced.message,
            tuple(self._warnings()),
        )
        about = (scene, self._clock.step_began)
        if again or about != self._published:
            self._published = about
            self._notes.publish(make_view(self._performer.order, self._clock, scene).render())

    def _look_at_network(self) -> None:
        if self._network_due <= self._now():
            self._network = has_network()
            self._network_due = self._now() + _NETWORK_S

    def _warnings(self) -> list[str]:
        rows, columns = self._terminal.size
        warnings = [*self._walkthrough.announced.warnings]
        if not self._network:
            warnings.append("no network: steps that need it will fail")
        if rows < LEAST_ROWS or columns < LEAST_COLUMNS:
            warnings.append(
                f"the audience's terminal has {columns} x {rows} characters, less than {LEAST_COLUMNS} x {LEAST_ROWS}"
            )
        return warnings

    def _line(self) -> str:
        """The presenter's line: time, what is late, the step, and what goes on or how the last step ended."""
        walkthrough = self._walkthrough
        position = self._performer.position
        times = self._clock.times(position)
        late = "" if times.late_s is None else f"  {format_late(times.late_s)}"
        if optional := self._clock.to_leave_out(position):
            steps = count(len(optional), "optional step")
            late += f" ({steps} to leave out: {format_time(sum(seconds for _, seconds in optional))})"
        cue = self._performer.next_cue
        step = f"{cue.name} ({position + 1}/{len(self._performer.order.cues)})" if cue else "the end; q q quits"
        last = walkthrough.last
        ended = f"{last.name}: {last.summary}{' (d shows them)' if last.verdict == 'DRIFTED' else ''}" if last else ""
        announced = filter(None, (walkthrough.announced.message, *walkthrough.announced.warnings))
        goes_on = self._controls.message or "; ".join(announced) or ended
        return f" {format_time(times.elapsed_s)}{late}  {step}  {goes_on}"
