"""What happens while a step runs, in the order in which it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from quarterdeck.demo.recording import StepResult


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
