"""Demos, runs and recordings for the tests of the judges, made the way the program makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from quarterdeck.base.errors import Problems
from quarterdeck.check.line_diff import Evidence, Kind
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo.demo_file import Demo, parse_demo
from quarterdeck.demo.recording import Broken, DemoResult, Exited, Recording, StepResult, make_recording

ENDED = Exited(0)


def demo_of(*steps: str, options: str = "") -> Demo:
    """The demo `layers` with these steps; each is the lines below a comment, `#@` lines first."""
    text = f"# Layers\n{options}" + "".join(f"\n# Step {number}\n{step}\n" for number, step in enumerate(steps))
    problems = Problems()
    demo = parse_demo(text, name="layers", path="commands/layers.demo", folder=Path("commands"), problems=problems)
    problems.raise_if_any()
    return demo


def plain_demo(count: int) -> Demo:
    """A demo of so many steps that say nothing about themselves."""
    return demo_of(*(f"run {number}" for number in range(count)))


def run_of(demo: Demo, outputs: Sequence[str], exits: Sequence[int] = ()) -> DemoResult:
    """A run of *demo* in which the steps print *outputs* and end with *exits*, or with 0."""
    statuses = exits or [0] * len(outputs)
    steps = zip(demo.steps, outputs, statuses, strict=True)
    return DemoResult(demo, tuple(StepResult(step, Exited(status), 0.25, screen) for step, screen, status in steps))


def digests_of(demo: Demo) -> list[str]:
    """An input digest for each step."""
    return [f"sha256:{hashlib.sha256(step.script.encode()).hexdigest()}" for step in demo.steps]


def recording_of(demo: Demo, outputs: Sequence[str], exits: Sequence[int] = ()) -> Recording:
    """The recording of such a run."""
    return make_recording(run_of(demo, outputs, exits), digests_of(demo), "2026-11-23")


def digest_of(seed: str) -> str:
    """64 hexadecimal digits that belong to *seed*."""
    return hashlib.sha256(seed.encode()).hexdigest()


def verdicts_of(
    demo: Demo, *verdicts: Verdict, evidence: Sequence[Evidence | str] = (), ending: Exited | Broken = ENDED
) -> tuple[StepVerdict, ...]:
    """A verdict for each step; those that are not PASSED ended so and have this evidence, where texts are reasons."""
    lines = tuple(Evidence(Kind.REASON, line) if isinstance(line, str) else line for line in evidence)
    pairs = zip(demo.steps, verdicts, strict=True)
    return tuple(
        StepVerdict(StepResult(step, ENDED, 0.3), verdict, ())
        if verdict is Verdict.PASSED
        else StepVerdict(StepResult(step, ending, 0.3), verdict, lines)
        for step, verdict in pairs
    )
