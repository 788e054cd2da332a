"""Messages about a show besides its state, and checks of what they send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quarterdeck.present.presenter_view import LastStep
from quarterdeck.present.running_order import Cue, RunningOrder
from quarterdeck.serve.changes import Message

_LEAST, _MOST = 2, 1000
"""The least and the most rows or columns that a page may ask for."""


def order_message(order: RunningOrder, numbers: Sequence[int | None]) -> Message:
    """The steps that slides show, as a message; *numbers*: those of the page's slides, for each slide of *order*."""
    return {
        "kind": "order",
        "steps": [
            {
                "cue": cue.index,
                "slide": numbers[cue.slide],
                "step": cue.name,
                "optional": cue.step.options.optional,
                "interactive": bool(cue.step.options.send),
            }
            for cue in _shown_on(order.cues, numbers)
        ],
    }


def _shown_on(cues: Iterable[Cue], numbers: Sequence[int | None]) -> Iterable[Cue]:
    return (cue for cue in cues if cue.shown and numbers[cue.slide] is not None)


def last_message(last: tuple[int, LastStep] | None) -> Message | None:
    """How the step that ended last, a cue's, went: a part of a `state` message."""
    if last is None:
        return None
    index, step = last
    return {
        "cue": index, "name": step.name, "verdict": step.verdict, "summary": step.summary,
        "evidence": step.evidence[:200],
    }  # fmt: skip


def is_count(value: object) -> bool:
    """Whether *value*, from a page, counts something."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_size(value: object) -> bool:
    """Whether *value*, from a page, may be a number of rows or columns."""
    return isinstance(value, int) and not isinstance(value, bool) and _LEAST <= value <= _MOST
