"""What a performer reports, in the order in which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from quarterdeck.check.verdict import StepVerdict
from quarterdeck.present.running_order import Cue


@dataclass(frozen=True, slots=True)
class Preparing:
    """Steps that the next cue needs are run, without being shown."""

    steps: int
    """How many of them are left."""
    seconds: float
    """What they took when they were recorded."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The next cue can be run: its stage is set, and what it needs has been run."""


@dataclass(frozen=True, slots=True)
class StageLost:
    """The stage did not come up or went away; from here on recordings are played until there is a new one."""

    why: str


@dataclass(frozen=True, slots=True)
class Started:
    """A cue begins."""

    cue: Cue
    recorded: bool
    """Whether its recording is played."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The cue's step has printed something."""

    data: bytes
    """For a terminal."""


@dataclass(frozen=True, slots=True)
class WaitingForInput:
    """The cue's step seems to wait for input."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """The cue's step has taken twice the time that it took when it was recorded."""

    cue: Cue
    recorded_s: float


@dataclass(frozen=True, slots=True)
class Finished:
    """A cue has ended."""

    cue: Cue
    seconds: float
    verdict: StepVerdict | None
    """None if its recording was played."""
    broken: str = ""
    """Why the stage broke while it ran, if it did."""


@dataclass(frozen=True, slots=True)
class ShellEnded:
    """The presenter has left the demo's shell."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Another cue is next, which is not the one after the cue that ended."""

    cue: Cue | None
    """None: the end."""


Event: TypeAlias = (
    Preparing | Ready | StageLost | Started | Shown | WaitingForInput | Overdue | Finished | ShellEnded | Moved
)
