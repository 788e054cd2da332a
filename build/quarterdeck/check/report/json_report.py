"""The verdicts of a run for programs: JSON, and what GitHub Actions shows beside the sources."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from quarterdeck.base.errors import SourceError
from quarterdeck.check.report.paint import make_safe, strip_paint
from quarterdeck.check.report.step_report import hint_for, render_problems
from quarterdeck.check.report.summary import GRAVITY, Judged, answer, render_total, worst
from quarterdeck.check.verdict import StepVerdict
from quarterdeck.demo.demo_file import Demo

FORMAT = 1
"""The version that `quarterdeck:` says in the JSON. It grows when a key changes its meaning or goes; keys may come."""

_MOST_SUMMARY = 900_000
"""Bytes of a step summary; GitHub Actions takes 1 MiB."""


def render_json(
    judged: Sequence[Judged], exits: Mapping[tuple[str, str], int | None], *, accepted: frozenset[str], took_s: float
) -> str:
    """The run as one JSON document; README.md has its keys.

    Args:
        judged: The demos that ran, with the verdicts of their steps.
        exits: By demo and step key, the exit status; None where there was none.
        accepted: Names of demos that were recorded anew.
        took_s: Seconds that all of it took.
    """
    counts = Counter(one.verdict for _, verdicts in judged for one in verdicts)
    document = {
        "quarterdeck": FORMAT,
        "fine": all(answer(verdicts) or demo.name in accepted for demo, verdicts in judged),
        "seconds": round(took_s, 2),
        "steps": {verdict.value: counts[verdict] for verdict in GRAVITY if counts[verdict]},
        "demos": [_demo(demo, verdicts, exits, accepted) for demo, verdicts in judged],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _demo(
    demo: Demo,
    verdicts: Sequence[StepVerdict],
    exits: Mapping[tuple[str, str], int | None],
    accepted: frozenset[str],
) -> dict[str, Any]:
    return {
        "demo": demo.name,
        "title": demo.title,
        "path": demo.at.path,
        "line": demo.at.line,
        "verdict": worst(verdicts).value,
        "recorded": demo.name in accepted,
        "seconds": round(sum(one.seconds for one in verdicts), 2),
        "steps": [_step(demo, one, exits.get((demo.name, one.step.key))) for one in verdicts],
    }


def _step(demo: Demo, one: StepVerdict, status: int | None) -> dict[str, Any]:
    return {
        "step": one.step.key,
        "number": one.step.number,
        "caption": one.step.caption,
        "path": one.step.at.path,
        "line": one.step.at.line,
        "verdict": one.verdict.value,
        "exit": status,
        "seconds": round(one.seconds, 2),
        "evidence": list(one.evidence),
        "hint": None if answer([one]) else hint_for(demo, one),
    }


def render_annotations(judged: Iterable[Judged], prefix: str = "") -> Iterator[str]:
    """A workflow command of GitHub Actions for each step that is wrong; *prefix* leads from the repository to paths.

    Source: "Workflow commands" in GitHub's documentation; what is escaped, in `command.ts` of its toolkit.
    """
    for demo, verdicts in judged:
        for one in verdicts:
            if not answer([one]):
                title = f"{one.verdict} {demo.short_name}-{one.step.key}"
                text = "\n".join((*one.evidence, f"hint: {hint_for(demo, one)}"))
                yield _annotation(prefix + one.step.at.path, one.step.at.line, title, text)


def render_error_annotations(errors: Iterable[SourceError], prefix: str = "") -> Iterator[str]:
    """As `render_annotations`, for mistakes in an author's files."""
    for error in errors:
        text = f"{error.what}\nhint: {error.hint}" if error.hint else error.what
        yield _annotation(prefix + error.at.path, error.at.line, "quarterdeck", text)


def _annotation(path: str, line: int, title: str, text: str) -> str:
    keys = {"file": path, **({"line": str(line)} if line else {}), "title": title}
    return f"::error {','.join(f'{key}={_property(value)}' for key, value in keys.items())}::{_data(make_text(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def make_text(text: str) -> str:
    """*text* with its line feeds, and pictures of the other control characters."""
    return "\n".join(make_safe(line) for line in text.split("\n"))


def mute_commands(report: str, token: str) -> str:
    """*report* so that GitHub Actions obeys nothing that stands in it: an output may hold a workflow command."""
    if "::" not in report and "##[" not in report:
        return report
    return f"::stop-commands::{token}\n{report}\n::{token}::"


def render_markdown(judged: Sequence[Judged], took_s: float) -> str:
    """The run as Markdown, for the summary of a job: what is wrong, then a table of the demos."""
    lines = [f"### quarterdeck check: {strip_paint(render_total(judged, took_s))}", ""]
    for demo, verdicts in judged:
        if not answer(verdicts):
            lines += [*_fenced(render_problems(demo, verdicts)), ""]
    lines += ["| demo | verdict | steps | seconds |", "| --- | --- | --- | --- |"]
    for demo, verdicts in judged:
        mark = "✓" if answer(verdicts) else "✗"
        seconds = sum(one.seconds for one in verdicts)
        name = re.sub(r"([\\`*_|<>\[\]])", r"\\\1", demo.name)
        lines.append(f"| {name} | {mark} {worst(verdicts)} | {len(verdicts)} | {seconds:.1f} |")
    text = "\n".join(lines) + "\n"
    return text if len(text.encode()) <= _MOST_SUMMARY else "\n".join(lines[:1]) + "\n\nToo long to show here.\n"


def _fenced(text: str) -> tuple[str, str, str]:
    """*text* in a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text", text, fence
