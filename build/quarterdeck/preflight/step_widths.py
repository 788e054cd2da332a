"""The widths of commands and recorded output, in columns of a terminal."""

from __future__ import annotations

from quarterdeck.check.drift import plain_lines
from quarterdeck.check.report.paint import painted_width
from quarterdeck.present.running_order import Cue, RunningOrder

_PROMPT = 2
"""Columns before a command."""


def wide_steps(order: RunningOrder, columns: int) -> dict[str, int]:
    """The steps of *order* that do not fit into *columns*, by name, with the columns that they take."""
    shown = [cue for cue in order.cues if cue.shown]
    return {cue.name: width for cue in shown if (width := _width(cue, order)) > columns}


def _width(cue: Cue, order: RunningOrder) -> int:
    recorded = order.recorded(cue)
    commands = [painted_width(line) + _PROMPT for line in cue.step.shown]
    output = [painted_width(line) for line in plain_lines(recorded.output)] if recorded else []
    return max([*commands, *output], default=0)
