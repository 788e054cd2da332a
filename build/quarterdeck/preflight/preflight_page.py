"""The report of a preflight as text and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quarterdeck.base.quantities import count
from quarterdeck.check.report.paint import Look, make_safe, paint
from quarterdeck.preflight.readiness import PreflightReport
from quarterdeck.preflight.topics import Status, StepReadiness, Topic

FORMAT = 1
"""The version of the JSON. Bumped when a key is removed or changes meaning; new keys do not bump it."""

_MARKS: Mapping[Status, tuple[str, Look]] = {
    Status.FINE: ("✓", "green"),
    Status.WARNING: ("!", "yellow"),
    Status.WRONG: ("✗", "red"),
    Status.UNKNOWN: ("-", "dim"),
    Status.INFORMATION: ("·", "dim"),
}
_MOST_DETAILS = 6
_NAME = 10
"""Columns for the name of a topic."""


def render_page(report: PreflightReport, columns: int) -> str:
    """The report in lines of at most *columns* characters, with colours."""
    slides_and_steps = f"{make_safe(report.title)}: {count(len(report.steps), 'step')}"
    lines = [paint(slides_and_steps, "bold"), ""]
    for topic in report.topics:
        lines += _topic_lines(topic, columns)
    reasons = f"NO GO: {make_safe('; '.join(report.reasons))}"
    last = paint(reasons, "red") if report.reasons else paint("GO", "green")
    return "\n".join([*lines, "", last])


def _topic_lines(topic: Topic, columns: int) -> Iterator[str]:
    mark, look = _MARKS[topic.status]
    indent = " " * (_NAME + 4)
    text = f"{topic.text}: {_shorten(topic.details)}" if topic.details else topic.text
    lines = _wrap(text, columns - len(indent)) + (
        _wrap(f"fix: {topic.fix}", columns - len(indent)) if topic.fix else []
    )
    yield f"{paint(mark, look)} {topic.name:<{_NAME}}  {lines[0]}"
    yield from (f"{indent}{line}" for line in lines[1:])


def _wrap(text: str, columns: int) -> list[str]:
    return textwrap.wrap(make_safe(text), max(20, columns), break_on_hyphens=False) or [""]


def _shorten(details: Sequence[str]) -> str:
    rest = len(details) - _MOST_DETAILS
    return ", ".join((*details[:_MOST_DETAILS], *([f"and {rest} more"] if rest > 0 else [])))


def render_readiness_json(report: PreflightReport) -> str:
    """The report as one JSON document; README.md has its keys."""
    plan = report.plan
    document = {
        "quarterdeck": FORMAT,
        "name": report.name,
        "title": report.title,
        "go": not report.reasons,
        "reasons": report.reasons,
        "topics": [
            {
                "topic": topic.name,
                "status": topic.status,
                "text": topic.text,
                "details": topic.details,
                "fix": topic.fix,
            }
            for topic in report.topics
        ],
        "seconds": {
            "slides": round(plan.slides_s, 2),
            "steps": round(plan.steps_s, 2),
            "recorded": round(plan.recorded_s, 2),
            "slot": plan.slot_s,
        },
        "steps": [_step(step) for step in report.steps],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _step(step: StepReadiness) -> dict[str, Any]:
    return {
        "step": step.cue.name,
        "demo": step.cue.demo.name,
        "slide": step.cue.slide,
        "shown": step.shown,
        "optional": step.cue.step.options.optional,
        "verdict": step.verdict.verdict if step.verdict else None,
        "seconds": round(step.verdict.seconds, 2) if step.verdict else None,
        "recorded": step.recorded_s,
        "network": step.need,
    }
