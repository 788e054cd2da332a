"""A terminal in the middle of a demo: `quarterdeck shell DEMO --at STEP`."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Iterable

from quarterdeck.base.errors import StageError
from quarterdeck.base.quantities import count
from quarterdeck.present.performer import Performer
from quarterdeck.present.performer_events import Preparing, Shown, StageLost, WaitingForInput
from quarterdeck.rehearse.own_terminal import Terminal

Say = Callable[[str], None]


def wait_until_ready(performer: Performer, say: Say) -> None:
    """Wait until everything before the next cue has been run.

    Raises:
        StageError: The stage does not come up, or a step breaks it.
    """
    while not performer.is_ready:
        select.select([performer], [], [], performer.pause_s())
        for event in performer.poll():
            if isinstance(event, StageLost):
                raise StageError(event.why, "see `quarterdeck check`")
            if isinstance(event, Preparing):
                say(f"{count(event.steps, 'step')} to run first, about {event.seconds:.0f} s")


def attach_shell(performer: Performer, terminal: Terminal) -> None:
    """Connect *terminal* to the shell of the demo until that ends.

    Raises:
        StageError: The stage goes away.
    """
    performer.resize(*terminal.size)
    performer.open_shell()
    while performer.in_shell:
        sources: list[Performer | int] = [performer, *terminal.sources]
        readable, _, _ = select.select(sources, [], [])
        if terminal.take_signals():
            performer.resize(*terminal.size)
        for event in performer.poll():
            if isinstance(event, Shown):
                terminal.write(event.data)
            elif isinstance(event, StageLost):
                raise StageError(event.why)
        if any(source in readable for source in terminal.sources):
            data = terminal.read()
            if data is None:
                return
            performer.send(data)


def feed_shell(performer: Performer, lines: Iterable[bytes], write: Callable[[bytes], None]) -> None:
    """Give *lines* to the shell of the demo, each when it has run the one before; then end it.

    Raises:
        StageError: The stage goes away.
    """
    waiting = deque(lines)
    performer.open_shell()
    while performer.in_shell:
        select.select([performer], [], [])
        for event in performer.poll():
            if isinstance(event, Shown):
                write(event.data)
            elif isinstance(event, WaitingForInput):
                performer.send(waiting.popleft() if waiting else b"\x04")
            elif isinstance(event, StageLost):
                raise StageError(event.why)
