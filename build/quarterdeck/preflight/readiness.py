"""Judges what a preflight has gathered: a topic for each thing that can go wrong, and go or no go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quarterdeck.base.errors import StageError
from quarterdeck.live.stage.upload import COLUMNS
from quarterdeck.preflight.facts import Facts
from quarterdeck.preflight.machine_topics import judge_engine, judge_memory, judge_terminal, judge_widths
from quarterdeck.preflight.network_needs import network_needs
from quarterdeck.preflight.plan_topics import judge_page, judge_slow_steps, judge_time
from quarterdeck.preflight.step_topics import judge_network, judge_presenter, judge_recordings, judge_steps
from quarterdeck.preflight.step_widths import wide_steps
from quarterdeck.preflight.topics import Plan, Status, StepReadiness, Topic


@dataclass(frozen=True, slots=True)
class PreflightReport:
    """The page."""

    name: str
    title: str
    topics: tuple[Topic, ...]
    steps: tuple[StepReadiness, ...]
    """Each step of the running order once."""
    plan: Plan
    ran: bool
    """Whether an engine answered and every stage came up."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is no go; empty: go."""
        return tuple(topic.text for topic in self.topics if topic.status is Status.WRONG)


def judge_readiness(facts: Facts) -> PreflightReport:
    """The report on *facts*."""
    steps = tuple(_judge_steps(facts))
    recorded_s = sum(step.recorded_s or 0.0 for step in steps)
    steps_s = sum(step.verdict.seconds if step.verdict else step.recorded_s or 0.0 for step in steps)
    plan = Plan(sum(slide.planned_s for slide in facts.order.slides), steps_s, recorded_s, facts.order.planned_s)
    answers = not isinstance(facts.engine, StageError)
    columns = facts.terminal.columns if facts.terminal else COLUMNS
    topics = (
        *judge_engine(facts.engine),
        *judge_memory(facts.free_memory),
        *judge_terminal(facts.terminal),
        *judge_widths(wide_steps(facts.order, columns), columns),
        *judge_steps(steps, facts.runs.failures, engine=answers),
        *judge_network(steps),
        *judge_slow_steps(steps),
        *judge_recordings(steps, facts.uncommitted),
        *judge_page(facts.deck, facts.order.name),
        *judge_time(steps, plan),
        *judge_presenter(steps),
    )
    return PreflightReport(
        facts.order.name, facts.order.title, topics, steps, plan, answers and not facts.runs.failures
    )


def _judge_steps(facts: Facts) -> Iterator[StepReadiness]:
    needs = network_needs(facts.order, facts.runs)
    shown = {cue.key for cue in facts.order.cues if cue.shown}
    for cue in facts.order.cues:
        if not cue.again:
            recorded = facts.order.recorded(cue)
            seconds = recorded.seconds if recorded else None
            yield StepReadiness(cue, cue.key in shown, facts.runs.usual.get(cue.key), needs[cue.key], seconds)
