"""What there is to be witnessed of one step that has run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.bash.code import Code
from quarterdeck.witness.watch_plan import Past

if TYPE_CHECKING:
    from quarterdeck.witness.http import Request
    from quarterdeck.witness.statuses import Note


_COLOUR = re.compile("␛\\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Seen:
    """One step that has run, for its witnesses."""

    code: Code
    past: Past
    """The steps before it, and itself."""
    exit: int
    interrupted: bool
    """Whether `stop-after` ended it."""
    screen: str
    notes: tuple[Note, ...]
    """What the session's traps noted."""
    requests: tuple[Request, ...]
    """What the registry answered while it ran."""
    ask_stage: Callable[[str], str]
    """Runs a line of POSIX shell in the demo's folder; what it printed. Takes 50 ms: only where something is wrong."""

    @property
    def plain(self) -> str:
        """The screen without its colours."""
        return _COLOUR.sub("", self.screen)


@dataclass(frozen=True, slots=True)
class Finding:
    """A silent failure at a row of the step's script, from 0."""

    kind: str
    row: int
    what: str
    expected: bool = False


Witness = Callable[[Seen], Iterable[Finding]]
