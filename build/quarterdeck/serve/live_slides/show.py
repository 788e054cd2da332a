"""A performance on the pages of one deck: what presenters ask for goes to a performer, what it reports to the pages.

Everything happens in the thread of the event loop; stages work in threads of their own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

from quarterdeck.base.quantities import count
from quarterdeck.demo.recording import output_for_terminal
from quarterdeck.present.clock import Clock
from quarterdeck.present.performer import Performer
from quarterdeck.present.performer_events import (
    Event,
    Finished,
    Moved,
    Overdue,
    Preparing,
    Ready,
    Shown,
    StageLost,
    Started,
    WaitingForInput,
)
from quarterdeck.present.playback import Playback
from quarterdeck.present.presenter_view import LastStep, Phase, Scene, view_last
from quarterdeck.present.running_order import Cue, RunningOrder
from quarterdeck.serve.changes import Message
from quarterdeck.serve.live_slides.show_messages import is_count, is_size, last_message
from quarterdeck.serve.live_slides.shown_output import ShownOutput
from quarterdeck.serve.live_slides.terminal_stream import TerminalStream
from quarterdeck.serve.open_pages import OpenPage

_STOPS, _STOP_S = 3, 1.0
"""How often Ctrl-C is pressed to stop a step, and the seconds between."""
_QUIET_S = 0.01
"""Seconds after output that what was held back of it is shown."""
KINDS = ("run", "recorded", "do", "taken", "size")
"""The messages of pages that a show takes."""
_ACTIONS = ("stop", "back", "again", "skip", "reset")


class Show:
    """The performance of one deck, and the pages that show it."""

    def __init__(
        self, performer: Performer, clock: Clock, loop: asyncio.AbstractEventLoop, changed: Callable[[], None]
    ) -> None:
        """Follow *performer*, which nothing else may use from now on; *changed* is called after each change."""
        self._performer = performer
        self._clock = clock
        self._loop = loop
        self._changed = changed
        self._stream = TerminalStream()
        self._output = ShownOutput()
        self._quiet: asyncio.TimerHandle | None = None
        self._stopping: asyncio.TimerHandle | None = None
        self._playback = Playback(self._write, time.monotonic)
        self._pages: set[OpenPage] = set()
        self._presenter: OpenPage | None = None
        """The page that has run a step last: steps print no faster than it shows."""
        self._size = (24, 100)
        self._results: dict[int, LastStep] = {}
        """How cues ended, by their index."""
        self._last: tuple[int, LastStep] | None = None
        self._recorded = False
        """Whether the recording of the cue that began last is played."""
        self._interactive = False
        self._message = ""
        self._warning = ""
        self._overdue = False
        self._timer: asyncio.TimerHandle | None = None
        self._listening = False
        self._closed = False
        self._listen()

    @property
    def order(self) -> RunningOrder:
        """What is performed."""
        return self._performer.order

    @property
    def position(self) -> int:
        """The index of the cue that is next."""
        return self._performer.position

    # Pages

    def add(self, page: OpenPage) -> None:
        """A page has come."""
        self._pages.add(page)
        page.send_newest(self._state())
        self._stream.add(page)

    def remove(self, page: OpenPage) -> None:
        """A page has gone."""
        self._pages.discard(page)
        self._stream.remove(page)
        if page is self._presenter:
            self._presenter = None
            self._listen()

    def receive(self, page: OpenPage, message: Mapping[str, Any]) -> bool:
        """Do what a page asks for; whether it is something that a page of ours asks for."""
        kind, cue = message["kind"], self._cue(message.get("cue"))
        if kind == "run" and cue is not None:
            self._presenter = page
            self._run(page, cue, first=message.get("first") is True)
        elif kind == "recorded" and cue is not None:
            self._presenter = page
            self._play_recording(cue)
        elif kind == "do" and message.get("action") in _ACTIONS:
            self._presenter = page
            self._act(message["action"], cue)
        elif kind == "taken" and is_count(message.get("bytes")):
            self._stream.take(page, message["bytes"])
            self._listen()
        elif kind == "size" and all(is_size(message.get(side)) for side in ("rows", "columns")):
            self._size = message["rows"], message["columns"]
            self._performer.resize(*self._size)
            for other in self._pages - {page}:
                other.send_newest({"kind": "size", "rows": message["rows"], "columns": message["columns"]})
        else:
            return False
        self._follow()
        return True

    def receive_bytes(self, data: bytes) -> None:
        """Give the running step what was typed on a page."""
        self._performer.send(data)

    def reorder(self, order: RunningOrder) -> None:
        """The deck has changed, and the demos that it shows have not."""
        before = self.order

        def place(index: int) -> int | None:
            same = order.find_same(before.cues[index])
            return same.index if same else None

        self._performer.reorder(order)
        self._results = {at: result for index, result in self._results.items() if (at := place(index)) is not None}
        if self._last is not None:
            index, last = self._last
            self._last = None if (at := place(index)) is None else (at, last)
        self._stream.rename(None if self._stream.cue is None else place(self._stream.cue))
        self._follow()

    def close(self) -> Performer:
        """Stop following the performer, for the caller to close it, which may take some seconds."""
        self._closed = True
        self._ignore()
        for timer in (self._timer, self._quiet):
            if timer is not None:
                timer.cancel()
        return self._performer

    # What a presenter does

    def _run(self, page: OpenPage, cue: Cue, *, first: bool) -> None:
        performer = self._performer
        if performer.running is not None:
            return
        self._stop_playing()
        missing = () if cue.again else performer.missing(cue)
        before = [key for key in missing if self._is_shown(key) and key not in performer.has_run]
        if before and not first:
            names = [next(other.name for other in self.order.cues if other.key == key) for key in before]
            seconds = self.order.seconds_of(missing)
            page.send({"kind": "offer", "cue": cue.index, "steps": names, "seconds": round(seconds, 1)})
            return
        if cue is not performer.next_cue:
            performer.jump(cue.index)
        performer.run()

    def _play_recording(self, cue: Cue) -> None:
        performer = self._performer
        if performer.running is not None and performer.running is not cue:
            return
        self._stop_playing()
        if cue is performer.running or cue is performer.next_cue:
            performer.play_recording()
            return
        recorded = self.order.recorded(cue)
        self._open_terminal(cue, recorded=True)
        if recorded is not None:
            self._playback.begin(output_for_terminal(recorded.output).replace("\n", "\r\n").encode("utf-8", "replace"))

    def _act(self, action: str, cue: Cue | None) -> None:
        performer = self._performer
        if action == "stop":
            if self._playback.finished and performer.running is not None:
                self._stop(performer.running, _STOPS)
            self._playback.complete()
            return
        self._stop_playing()
        if action == "back":
            performer.back()
        elif action == "again" and performer.running is None:
            performer.again()
        elif action == "skip":
            performer.skip()
        elif action == "reset":
            performer.reset(cue)

    def _stop(self, cue: Cue, presses: int) -> None:
        """Press Ctrl-C while *cue* runs, a few times: a shell that is just starting a program may ignore the first."""
        if presses and self._performer.running is cue and not self._closed:
            self._performer.interrupt()
            self._stopping = self._loop.call_later(_STOP_S, self._stop, cue, presses - 1)

    def _stop_playing(self) -> None:
        self._playback.stop()

    # What the performer reports

    def _follow(self) -> None:
        """Take what the performer reports, and what is due; then tell the pages."""
        if self._closed:
            return
        for event in self._performer.poll():
            self._take(event)
        while self._playback.due <= time.monotonic():
            self._playback.show_line()
        self._publish()
        self._listen()
        if self._timer is not None:
            self._timer.cancel()
        pauses = [self._playback.due - time.monotonic()]
        if (pause_s := self._performer.pause_s()) is not None:
            pauses.append(pause_s)
        wait_s = max(0.0, min(pauses))
        self._timer = self._loop.call_later(wait_s, self._follow) if wait_s < float("inf") else None

    def _take(self, event: Event) -> None:
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, Shown):
            if self._recorded:
                self._playback.begin(event.data)
            else:
                self._write(event.data)
        elif isinstance(event, WaitingForInput):
            self._interactive = True
        elif isinstance(event, Finished):
            self._finish(event)
        elif isinstance(event, Moved):
            if self._stopping is not None:
                self._stopping.cancel()
            self._interactive = self._overdue = False
            self._message = ""
            self._forget_later(self._performer.position)
            if self._performer.running is None:
                self._stream.end()
        elif isinstance(event, Preparing):
            self._message = f"running {count(event.steps, 'step')} before it, about {event.seconds:.0f} s"
        elif isinstance(event, StageLost):
            self._warning = f"no stage: {event.why}; recordings are played"
        elif isinstance(event, Ready):
            self._warning = self._message = ""
        elif isinstance(event, Overdue):
            self._overdue = True

    def _begin(self, event: Started) -> None:
        self._clock.begin_step()
        self._message, self._overdue, self._recorded = "", False, event.recorded
        self._interactive = bool(event.cue.step.options.send) and not event.recorded
        self._open_terminal(event.cue, recorded=event.recorded)

    def _open_terminal(self, cue: Cue, *, recorded: bool) -> None:
        self._output = ShownOutput()
        self._stream.begin(cue.index, *self._size, recorded=recorded)

    def _write(self, data: bytes) -> None:
        """Show output, as far as pages may see it; what may be the beginning of a secret waits for a moment."""
        self._stream.write(self._output.take(data))
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = self._loop.call_later(_QUIET_S, self._write_rest)

    def _write_rest(self) -> None:
        self._quiet = None
        if rest := self._output.flush():
            self._stream.write(rest)

    def _finish(self, event: Finished) -> None:
        if self._stopping is not None:
            self._stopping.cancel()
        self._clock.begin_step()
        self._interactive = self._overdue = False
        last = view_last(event.cue, event.verdict, edited=self._performer.is_edited(event.cue))
        self._results[event.cue.index] = last
        self._last = event.cue.index, last

    def _forget_later(self, position: int) -> None:
        """Forget how the cues from *position* on ended: they have not been run in the state that is there now."""
        self._results = {index: result for index, result in self._results.items() if index < position}
        if self._last is not None and self._last[0] >= position:
            self._last = None

    def _listen(self) -> None:
        """Follow the performer, unless the presenter's page is behind: then steps have to wait."""
        behind = self._presenter is not None and self._stream.is_behind(self._presenter)
        if self._closed or behind:
            self._ignore()
        elif not self._listening:
            self._listening = True
            self._loop.add_reader(self._performer.fileno(), self._follow)

    def _ignore(self) -> None:
        if self._listening:
            self._listening = False
            self._loop.remove_reader(self._performer.fileno())

    # What pages get

    def _publish(self) -> None:
        state = self._state()
        for page in self._pages:
            page.send_newest(state)
        self._changed()

    def _state(self) -> Message:
        performer = self._performer
        next_cue, running = performer.next_cue, performer.running
        return {
            "kind": "state",
            "next": next_cue.index if next_cue else None,
            "running": running.index if running else None,
            "phase": self._phase(),
            "ready": performer.is_ready,
            "interactive": self._interactive,
            "message": self._message or self._warning,
            "results": {
                str(index): {"verdict": result.verdict, "summary": result.summary}
                for index, result in sorted(self._results.items())
            },
            "last": last_message(self._last),
            "overdue": self._overdue,
        }

    def _phase(self) -> str:
        if not self._playback.finished:
            return "playing"
        running = self._performer.running
        if running is None:
            return "idle"
        return "running" if self._stream.cue == running.index and self._performer.has_started else "waiting"

    def scene(self, slide: int | None) -> Scene:
        """What the presenter should know of the steps; *slide*: the one that is shown, in the running order."""
        performer = self._performer
        waiting = (cue for cue in self.order.cues if cue.slide == slide and cue.shown)
        on_slide = next((cue for cue in waiting if cue.index not in self._results), None)
        phases: Mapping[str, Phase] = {"idle": "prompt", "playing": "playing"}
        cue = performer.running or on_slide or performer.next_cue
        phase = "end" if cue is None else phases.get(self._phase(), "running")
        last = self._last[1] if self._last else None
        warnings = tuple(filter(None, (self._warning, "slow: play the recording" if self._overdue else "")))
        return Scene(slide or 0, cue, phase, last, tuple(performer.edited.values()), self._message, warnings)

    def _cue(self, index: object) -> Cue | None:
        if not is_count(index):
            return None
        assert isinstance(index, int)
        cue = self.order.cues[index] if index < len(self.order.cues) else None
        return cue if cue is not None and cue.shown else None

    def _is_shown(self, key: tuple[str, int]) -> bool:
        return any(cue.shown for cue in self.order.cues if cue.key == key)
