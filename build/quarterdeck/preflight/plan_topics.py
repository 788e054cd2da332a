"""Judges the deck's page, and the time that the performance takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote

from quarterdeck.base.quantities import count
from quarterdeck.preflight.facts import DeckFacts, PageState
from quarterdeck.preflight.topics import Plan, Status, StepReadiness, Topic, minutes
from quarterdeck.present.performer import overdue_s


def judge_page(deck: DeckFacts | None, name: str) -> Iterator[Topic]:
    """The page of the deck *name* is what a build makes of its slides and recordings now."""
    if deck is None:
        return
    fix = f"`quarterdeck build {quote(name)}`"
    match deck.state:
        case PageState.CURRENT:
            yield Topic("deck", Status.FINE, f"{deck.path} is up to date")
        case PageState.MISSING:
            yield Topic("deck", Status.WRONG, f"{deck.path} is missing", fix=fix)
        case PageState.OUTDATED:
            yield Topic("deck", Status.WRONG, f"{deck.path} is out of date", fix=fix)
        case None:
            yield Topic("deck", Status.WRONG, "the deck cannot be built", deck.errors, f"{fix} shows all errors")


def judge_time(steps: Sequence[StepReadiness], plan: Plan) -> Iterator[Topic]:
    """The plan fits the slot."""
    total_s = plan.slides_s + plan.steps_s
    of_steps = f"steps {minutes(plan.steps_s)}, recorded {minutes(plan.recorded_s)}"
    if plan.slot_s is None:
        what = f"{minutes(total_s)} planned ({of_steps})" if plan.slides_s else of_steps
        yield Topic("time", Status.INFORMATION, what)
    elif total_s <= plan.slot_s:
        of_slides = "" if plan.slides_s else "; no slide has a `data-timing`"
        what = f"{minutes(total_s)} planned for a slot of {minutes(plan.slot_s)} ({of_steps}{of_slides})"
        yield Topic("time", Status.FINE, what)
    else:
        optional = [step for step in steps if step.shown and step.cue.step.options.optional]
        names = tuple(f"{step.cue.name} ({minutes(_seconds(step))})" for step in optional)
        fix = "leave out optional steps" if names else "mark steps that may be left out: `#@ optional: true`"
        what = f"{minutes(total_s)} planned for a slot of {minutes(plan.slot_s)} ({of_steps})"
        yield Topic("time", Status.WARNING, what, names, fix)


def judge_slow_steps(steps: Sequence[StepReadiness]) -> Iterator[Topic]:
    """No step is much slower than recorded."""
    slow = tuple(
        f"{step.cue.name} ({step.verdict.seconds:.0f} s, recorded {step.recorded_s:.0f} s)"
        for step in steps
        if step.verdict and step.recorded_s is not None and step.verdict.seconds > overdue_s(step.recorded_s)
    )
    if slow:
        what = f"{count(len(slow), 'step')} much slower than recorded"
        yield Topic("speed", Status.WARNING, what, slow, "`r` plays the recording in their place")


def _seconds(step: StepReadiness) -> float:
    return step.verdict.seconds if step.verdict else step.recorded_s or 0.0
