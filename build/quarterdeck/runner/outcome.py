"""One demo, run once and judged: what `record`, `check` and pytest have in common."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project
from quarterdeck.check.verdict import StepVerdict, judge
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import DemoResult, Recording, Skipped, make_recording


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """One demo, run once and judged."""

    demo: Demo
    result: DemoResult
    recorded: Recording | None
    """The recording that it was judged against."""
    fresh: Recording
    """The recording that this run makes."""
    verdicts: tuple[StepVerdict, ...]
    before: tuple[DemoOutcome, ...] = ()
    """Demos before it on the stage that failed or broke, the first of them first."""

    @property
    def acceptable(self) -> bool:
        """Whether `fresh` may be kept: no step failed or broke, nor any that it builds on."""
        blocked = any(isinstance(step.ending, Skipped) and step.ending.blocked for step in self.result.steps)
        return not self.before and not blocked and all(verdict.verdict.acceptable for verdict in self.verdicts)

    @property
    def seconds(self) -> float:
        """Wall-clock time of its steps."""
        return sum(verdict.seconds for verdict in self.verdicts)


def judge_result(
    result: DemoResult,
    before: tuple[DemoOutcome, ...],
    project: Project,
    catalogue: Catalogue,
    day: str,
    problems: Problems,
) -> DemoOutcome:
    """Judge one run of a demo against what is recorded.

    Args:
        result: The run.
        before: The outcomes of the demos before it on the stage, in their order.
        project: The project.
        catalogue: Knows what the demo comes after.
        day: The day that a new recording will name, as 2026-11-23.
        problems: Takes a recording that cannot be read, and what went wrong beside the steps.

    Raises:
        SourceError: A file of the demo's folder leads out of the project.
    """
    demo = result.demo
    for note in result.notes:
        problems.warn(demo.at, note)
    digests = catalogue.input_digests(demo)
    recorded = catalogue.recording_of(demo)
    verdicts = judge(result, recorded, digests, masks=project.masks)
    wrong = tuple(outcome for outcome in before if not outcome.acceptable)
    return DemoOutcome(demo, result, recorded, make_recording(result, digests, day), verdicts, wrong)
