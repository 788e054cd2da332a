"""The reports on a run for programs: JSON, and what GitHub Actions shows."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from quarterdeck.base.errors import SourceError
from quarterdeck.check.report.paint import make_safe, strip_paint
from quarterdeck.check.report.text_report import hint_for, render_problems, render_total
from quarterdeck.check.verdict import RunVerdicts, StepVerdict, Verdict, answer, worst
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import Exited

FORMAT = 1
"""The version of the JSON. Bumped when a key is removed or changes meaning; new keys do not bump it."""

_MOST_SUMMARY = 900_000
"""Bytes of a step summary; GitHub Actions takes 1 MiB."""


def render_json(run: RunVerdicts) -> str:
    """The run as one JSON document; README.md has its keys."""
    counts = Counter(verdict.verdict for _, verdicts in run.judged for verdict in verdicts)
    document = {
        "quarterdeck": FORMAT,
        "fine": not run.wrong,
        "seconds": round(run.took_s or 0.0, 2),
        "steps": {verdict: counts[verdict] for verdict in Verdict if counts[verdict]},
        "demos": [_demo(demo, verdicts, demo.name in run.accepted) for demo, verdicts in run.judged],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _demo(demo: Demo, verdicts: Sequence[StepVerdict], accepted: bool) -> dict[str, Any]:
    return {
        "demo": demo.name,
        "title": demo.title,
        "path": demo.at.path,
        "line": demo.at.line,
        "verdict": worst(verdicts),
        "recorded": accepted,
        "seconds": round(sum(verdict.seconds for verdict in verdicts), 2),
        "steps": [_step(demo, verdict) for verdict in verdicts],
    }


def _step(demo: Demo, verdict: StepVerdict) -> dict[str, Any]:
    step, ending = verdict.step, verdict.result.ending
    return {
        "step": step.key,
        "number": step.number,
        "caption": step.caption,
        "path": step.at.path,
        "line": step.at.line,
        "verdict": verdict.verdict,
        "exit": ending.status if isinstance(ending, Exited) else None,
        "seconds": round(verdict.seconds, 2),
        "evidence": [str(line) for line in verdict.evidence],
        "hint": None if verdict.verdict.fine else hint_for(demo, verdict),
    }


def render_annotations(run: RunVerdicts, prefix: str = "") -> Iterator[str]:
    """A workflow command of GitHub Actions for each step that is wrong; *prefix* is the path of the project's root.

    Source: "Workflow commands" in GitHub's documentation; what is escaped, in `command.ts` of its toolkit.
    """
    for demo, verdicts in run.wrong:
        for verdict in verdicts:
            if not verdict.verdict.fine:
                title = f"{verdict.verdict} {demo.short_name}-{verdict.step.key}"
                text = "\n".join((*map(str, verdict.evidence), f"hint: {hint_for(demo, verdict)}"))
                yield _annotation(prefix + verdict.step.at.path, verdict.step.at.line, title, text)


def render_error_annotations(errors: Iterable[SourceError], prefix: str = "") -> Iterator[str]:
    """Like `render_annotations`, for errors in an author's files."""
    for error in errors:
        text = f"{error.what}\nhint: {error.hint}" if error.hint else error.what
        yield _annotation(prefix + error.at.path, error.at.line, "quarterdeck", text)


def _annotation(path: str, line: int, title: str, text: str) -> str:
    keys = {"file": path, **({"line": str(line)} if line else {}), "title": title}
    properties = ",".join(f"{key}={_property(value)}" for key, value in keys.items())
    safe = "\n".join(make_safe(line) for line in text.split("\n"))
    return f"::error {properties}::{_data(safe)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def mute_commands(report: str, token: str) -> str:
    """*report* with workflow commands stopped around it if it contains any: GitHub Actions must not run them."""
    if "::" not in report and "##[" not in report:
        return report
    return f"::stop-commands::{token}\n{report}\n::{token}::"


def render_markdown(run: RunVerdicts) -> str:
    """The run as Markdown, for the summary of a job: what is wrong, then a table of the demos."""
    judged = [(demo, verdicts) for demo, verdicts in run.judged if demo.name not in run.accepted]
    total = render_total(RunVerdicts(judged, took_s=run.took_s))
    lines = [f"### quarterdeck check: {strip_paint(total)}", ""]
    for demo, verdicts in run.wrong:
        lines += [*_fenced(render_problems(demo, verdicts)), ""]
    lines += ["| demo | verdict | steps | seconds |", "| --- | --- | --- | --- |"]
    for demo, verdicts in judged:
        mark = "✓" if answer(verdicts) else "✗"
        seconds = sum(verdict.seconds for verdict in verdicts)
        name = re.sub(r"([\\`*_|<>\[\]])", r"\\\1", demo.name)
        lines.append(f"| {name} | {mark} {worst(verdicts)} | {len(verdicts)} | {seconds:.1f} |")
    text = "\n".join(lines) + "\n"
    return text if len(text.encode()) <= _MOST_SUMMARY else "\n".join(lines[:1]) + "\n\nToo long to show here.\n"


def _fenced(text: str) -> tuple[str, str, str]:
    """*text* in a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text", text, fence
