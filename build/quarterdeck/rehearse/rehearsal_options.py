"""How a rehearsal is presented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Typing = Literal["pace", "keys", "off"]
"""How commands are typed: at a pace, a character for each key, or at once."""
LineMode = Literal["alone", "always", "off"]
"""Whether the last row is the presenter's: only while no notes terminal is there, always, or never."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one rehearsal."""

    typing: Typing = "pace"
    line: LineMode = "alone"
    auto: bool = False
    """Whether it goes on by itself."""
    attended: bool = True
    """Whether a person is there to take over when something is wrong."""
