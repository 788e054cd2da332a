"""The values of a preflight's report: its topics, how each step went, the plan of the time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from quarterdeck.check.verdict import StepVerdict
from quarterdeck.preflight.network_needs import Need
from quarterdeck.present.running_order import Cue


class Status(StrEnum):
    """The judgement of a topic."""

    FINE = "fine"
    WARNING = "warning"
    """Worth a look; not a reason to stay at home."""
    WRONG = "wrong"
    """No go."""
    UNKNOWN = "not judged"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of the page."""

    name: str
    status: Status
    text: str
    """The judgement in one sentence."""
    details: tuple[str, ...] = ()
    """The things that it is about, such as names of steps."""
    fix: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class StepReadiness:
    """How a step of the running order went."""

    cue: Cue
    """The first that runs it."""
    shown: bool
    """Whether a slide shows it; if not, it only prepares others."""
    verdict: StepVerdict | None
    """None: it did not run."""
    need: Need
    recorded_s: float | None
    """None: there is no recording that fits."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long the performance takes, in seconds."""

    slides_s: float
    """The sum of `data-timing`."""
    steps_s: float
    """The steps as they ran now; those that did not, as recorded."""
    recorded_s: float
    slot_s: float | None
    """The deck's `duration`."""


def gigabytes(size: int) -> str:
    """*size* bytes as `4.0 GB`."""
    return f"{size / (1 << 30):.1f} GB"


def minutes(seconds: float) -> str:
    """As `12:05 min`; below one minute as `42 s`."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02} min"
