"""What a presenter sees beside the audience's screen, at one moment: a value, for a second terminal or a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from quarterdeck.check.verdict import StepVerdict
from quarterdeck.demo.demo_file import Step
from quarterdeck.live.session.prompts import lines_to_send
from quarterdeck.present.clock import Clock, Times
from quarterdeck.present.running_order import Cue, RunningOrder
from quarterdeck.present.wording import EDITED, describe_verdict, verdict_word

_MOST_LINES = 100
"""Lines of a recorded output that are in a view: it stays small enough to be sent often."""
_LONGEST_LINE = 400
_MOST_NOTES = 20_000
"""Characters of speaker notes that are in a view."""

Phase = Literal["prompt", "typed", "running", "playing", "reading", "shell", "end"]
"""What happens to the step of a view: its command is to be typed, or to be run; it runs, or its recording is played;
the output of the step before is read, and the slide of this one is to come; the presenter is in the demo's shell."""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step, as its presenter needs it."""

    name: str
    """`layers-manifest`, as markers have it."""
    caption: str
    commands: tuple[str, ...]
    """The lines that are typed."""
    to_type: tuple[str, ...]
    """The lines of `send`, which the presenter types into the program that the step starts."""
    recorded: str
    """The recorded output, with colours as ␛[…m; of long output the beginning."""
    recorded_s: float | None
    """How long the step took when it was recorded; None: it has no recording."""
    optional: bool
    edited: bool
    """Whether the presenter has changed its command."""


@dataclass(frozen=True, slots=True)
class LastStep:
    """How the step before ended."""

    name: str
    verdict: str
    """`PASSED`, `DRIFTED`, …, `recorded`, or `edited`."""
    summary: str
    """The verdict in a few words."""
    evidence: tuple[str, ...]
    """What speaks for the verdict, such as the masked diff; each line with its sign."""


@dataclass(frozen=True, slots=True)
class OptionalStep:
    """A step to come that may be left out."""

    name: str
    caption: str
    saves_s: float
    """What it took when it was recorded."""


@dataclass(frozen=True, slots=True)
class PresenterView:
    """One moment of a performance. Each view is complete: whoever has the newest one needs none before it."""

    title: str
    """Of the deck or demo."""
    slide: int
    """From 0."""
    slides: int
    """The number of slides."""
    slide_title: str
    notes: str
    """The speaker notes of the slide, as written: Markdown."""
    position: int
    """Of the step in the running order, from 0."""
    positions: int
    """The number of steps in the running order."""
    phase: Phase
    step: StepView | None
    """The step that runs or is next; None: the end."""
    following: StepView | None
    """The step after it."""
    last: LastStep | None
    times: Times
    """When the view was made; a reader goes on counting."""
    optional: tuple[OptionalStep, ...]
    """The steps to come that may be left out."""
    message: str
    """What goes on, in a line; mostly empty."""
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The view as values for JSON."""
        return asdict(self)

    def render(self) -> str:
        """The view as one line of JSON."""
        return json.dumps(self.as_dict())

    @classmethod
    def parse(cls, text: str) -> PresenterView:
        """The view that `render` made *text* of.

        Raises:
            ValueError: It is none, or one of another version of quarterdeck.
        """
        try:
            values = json.loads(text)
            nested = {
                "step": _parse_step(values["step"]),
                "following": _parse_step(values["following"]),
                "last": _parse_last(values["last"]),
                "times": Times(**values["times"]),
                "optional": tuple(OptionalStep(**step) for step in values["optional"]),
                "warnings": tuple(values["warnings"]),
            }
            return cls(**{**values, **nested})
        except (KeyError, TypeError) as error:
            raise ValueError(f"no view of this version: {error}") from error


@dataclass(frozen=True, slots=True)
class Scene:
    """What a view is made of besides the running order and the clock."""

    slide: int
    """The number of the slide that is shown, from 0."""
    cue: Cue | None
    """The cue that runs or is next; None: the end."""
    phase: Phase
    last: LastStep | None = None
    edited: tuple[Step, ...] = ()
    """The steps whose commands the presenter has changed, as they are now."""
    message: str = ""
    warnings: tuple[str, ...] = ()


def make_view(order: RunningOrder, clock: Clock, scene: Scene) -> PresenterView:
    """The view of a moment."""
    cue = scene.cue
    position = len(order.cues) if cue is None else cue.index
    after = order.shown_from(position + 1)
    following = order.cues[after] if after < len(order.cues) else None
    slide = order.slides[scene.slide]
    return PresenterView(
        title=order.title or order.name,
        slide=scene.slide,
        slides=len(order.slides),
        slide_title=slide.title,
        notes=slide.notes[:_MOST_NOTES],
        position=position,
        positions=len(order.cues),
        phase=scene.phase,
        step=_view_step(order, cue, scene.edited),
        following=_view_step(order, following, scene.edited),
        last=scene.last,
        times=clock.times(position),
        optional=tuple(
            OptionalStep(optional.name, optional.step.caption, seconds)
            for optional, seconds in clock.optional_steps(position)
        ),
        message=scene.message,
        warnings=scene.warnings,
    )


def view_last(cue: Cue, verdict: StepVerdict | None, *, edited: bool) -> LastStep:
    """How *cue* ended; *verdict* is None if its recording was played."""
    word = verdict_word(verdict, edited=edited)
    evidence = verdict.evidence if verdict is not None and word != EDITED else ()
    return LastStep(cue.name, word, describe_verdict(verdict, edited=edited), tuple(map(str, evidence)))


def _view_step(order: RunningOrder, cue: Cue | None, edited: Sequence[Step]) -> StepView | None:
    if cue is None:
        return None
    changed = next((step for step in edited if step.at == cue.step.at), None)
    step = changed or cue.step
    recorded = order.recorded(cue)
    return StepView(
        name=cue.name,
        caption=step.caption,
        commands=step.shown,
        to_type=tuple(text for _, text in lines_to_send(step)),
        recorded=_shorten(recorded.output) if recorded else "",
        recorded_s=recorded.seconds if recorded else None,
        optional=step.options.optional,
        edited=changed is not None,
    )


def _shorten(output: str) -> str:
    lines = output.rstrip("\n").split("\n")
    shown = [line[:_LONGEST_LINE] for line in lines[:_MOST_LINES]]
    return "\n".join([*shown, f"… {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else shown)


def _parse_step(values: dict[str, Any] | None) -> StepView | None:
    if values is None:
        return None
    return StepView(**{**values, "commands": tuple(values["commands"]), "to_type": tuple(values["to_type"])})


def _parse_last(values: dict[str, Any] | None) -> LastStep | None:
    return None if values is None else LastStep(**{**values, "evidence": tuple(values["evidence"])})
