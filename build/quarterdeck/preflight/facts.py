"""What a preflight knows of a deck, its demos and the machine; `readiness` judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from quarterdeck.base.errors import StageError
from quarterdeck.check.verdict import StepVerdict
from quarterdeck.present.running_order import RunningOrder, StepKey


class PageState(Enum):
    """The state of the page that a build has made of a deck."""

    CURRENT = "current"
    """A build would write the same."""
    MISSING = "missing"
    OUTDATED = "outdated"


class TerminalSize(NamedTuple):
    """The size of the terminal that the page is shown on, in characters."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """The engine that stages are started on."""

    version: str
    images: Mapping[str, bool]
    """The images that the stages need, and whether they are there after the runs."""
    free_disk: int | None
    """Bytes; None where the engine's folder is not on this machine."""


@dataclass(frozen=True, slots=True)
class TwoRuns:
    """The steps, run twice: as usual, and on stages that reach no other machine."""

    usual: Mapping[StepKey, StepVerdict]
    cut_off: Mapping[StepKey, StepVerdict]
    """Without the steps of stages that never have a network, and of the user's own machine."""
    failures: Mapping[str, StageError] = field(default_factory=dict)
    """By demo, why it did not run as usual."""


@dataclass(frozen=True, slots=True)
class DeckFacts:
    """The page of a deck."""

    path: str
    """As shown in messages."""
    state: PageState | None
    """None: the deck cannot be built."""
    errors: tuple[str, ...] = ()
    """Why not."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is judged."""

    order: RunningOrder
    engine: EngineFacts | StageError
    """An error if it does not answer."""
    runs: TwoRuns
    free_memory: int
    """Bytes."""
    terminal: TerminalSize | None
    """None: the output is not a terminal."""
    uncommitted: tuple[str, ...] | None
    """The recordings that git does not have as they are, as shown in messages; None without git."""
    deck: DeckFacts | None
    """None: a demo is performed, without slides."""
