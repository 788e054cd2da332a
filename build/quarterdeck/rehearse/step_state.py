"""The states of the step that a rehearsal shows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from quarterdeck.present.presenter_view import Phase


class State(Enum):
    """What happens to the step that is shown."""

    PROMPT = auto()
    """Its command is to be typed."""
    TYPING = auto()
    """It is being typed."""
    TYPED = auto()
    """It is to be run."""
    RUNNING = auto()
    """The step runs, or waits for its stage."""
    PLAYING = auto()
    """Its recording is played."""
    READING = auto()
    """The last step of a slide has ended; its output is read, and the next slide is to come."""
    SHELL = auto()
    """The presenter types into the demo's shell."""
    END = auto()
    """Everything has been performed."""


BUSY = frozenset({State.RUNNING, State.PLAYING})
"""The states in which a step is performed."""

PHASES: Mapping[State, Phase] = {
    State.PROMPT: "prompt", State.TYPING: "prompt", State.TYPED: "typed", State.RUNNING: "running",
    State.PLAYING: "playing", State.READING: "reading", State.SHELL: "shell", State.END: "end",
}  # fmt: skip
"""What presenters see of them."""
