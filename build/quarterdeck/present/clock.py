"""The time of a performance: elapsed, in this slide and step, and against the plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from quarterdeck.present.running_order import Cue, RunningOrder


@dataclass(frozen=True, slots=True)
class Times:
    """The clock at one moment, in seconds."""

    elapsed_s: float
    """Since the start."""
    step_s: float
    """Since the step began that runs, or the one before it ended."""
    late_s: float | None
    """Behind the plan; negative: ahead of it. None without a plan."""


class Clock:
    """Measures a performance of *order*."""

    def __init__(self, order: RunningOrder, now: Callable[[], float], *, elapsed_s: float = 0.0) -> None:
        """Start.

        Args:
            order: What is performed.
            now: A monotonic clock.
            elapsed_s: What was performed of it before, in a performance that is resumed.
        """
        self._order = order
        self._now = now
        self._start = now() - elapsed_s
        self.step_began = now()
        """When the step began that runs, or the one before it ended."""
        self._planned = tuple(planned_until(order))

    def reorder(self, order: RunningOrder) -> None:
        """Go on in another running order."""
        self._order = order
        self._planned = tuple(planned_until(order))

    def restart(self) -> None:
        """Begin again at zero."""
        self._start = self.step_began = self._now()

    def begin_step(self) -> None:
        """Note that a step has begun, or that one has ended."""
        self.step_began = self._now()

    def times(self, position: int) -> Times:
        """The times when the cue *position* is next."""
        now = self._now()
        elapsed_s = now - self._start
        late_s = elapsed_s - self._planned[position] if any(self._planned) else None
        return Times(elapsed_s, now - self.step_began, late_s)

    def optional_steps(self, position: int) -> tuple[tuple[Cue, float], ...]:
        """The optional steps from the cue *position* on, with the seconds that leaving them out saves."""
        optional = [cue for cue in self._order.cues[position:] if cue.shown and cue.step.options.optional]
        return tuple((cue, self._order.seconds_of([cue.key])) for cue in optional)

    def to_leave_out(self, position: int) -> tuple[tuple[Cue, float], ...]:
        """The optional steps to come, as `optional_steps` has them, when the plan is missed."""
        late_s = self.times(position).late_s
        return () if late_s is None or late_s <= 0 else self.optional_steps(position)


def planned_until(order: RunningOrder) -> list[float]:
    """For each cue, and for the end, the seconds after the start at which it is planned.

    A slide takes its `data-timing` and its steps what they took when they were recorded. A deck's `duration` wins: the
    rest of it, or what is missing, is spread over the slides evenly.
    """
    own = [slide.planned_s for slide in order.slides]
    steps = [sum(order.seconds_of([cue.key]) for cue in order.cues_of(index)) for index in range(len(own))]
    if not any(own) and order.planned_s is None:
        return [0.0] * (len(order.cues) + 1)
    extra_s = (order.planned_s - sum(own) - sum(steps)) / max(1, len(own)) if order.planned_s is not None else 0.0
    starts, total = [], 0.0
    for slide_s, steps_s in zip(own, steps, strict=True):
        starts.append(total + slide_s + extra_s)
        total += slide_s + steps_s + extra_s
    planned, slide, within = [], -1, 0.0
    for cue in order.cues:
        within = 0.0 if cue.slide != slide else within
        slide = cue.slide
        planned.append(max(0.0, starts[slide] + within))
        within += order.seconds_of([cue.key])
    return [*planned, total]
