"""One demo, run once and judged: what `record`, `check` and pytest have in common."""

from __future__ import annotations

from dataclasses import dataclass

from quarterdeck.catalogue import Catalogue
from quarterdeck.check.verdict import StepVerdict, Verdict, judge
from quarterdeck.demo import Demo
from quarterdeck.errors import Problems
from quarterdeck.project import Project
from quarterdeck.recording import DemoResult, Recording, load_recording, made_by, make_recording

ACCEPTABLE = frozenset({Verdict.PASSED, Verdict.DRIFTED, Verdict.NEW, Verdict.SKIPPED})
"""Verdicts of steps that a recording may be made of: nothing went wrong, whatever was recorded before."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One demo, run once and judged."""

    demo: Demo
    result: DemoResult
    recorded: Recording | None
    """The recording that it was judged against."""
    fresh: Recording
    """The recording that this run makes."""
    verdicts: tuple[StepVerdict, ...]
    before: tuple[Trial, ...] = ()
    """Demos before it on the stage that failed or broke, the first of them first."""

    @property
    def acceptable(self) -> bool:
        """Whether `fresh` may be kept: no step failed or broke, nor any that it builds on."""
        blocked = any(result.blocked for result in self.result.steps)
        return not self.before and not blocked and all(one.verdict in ACCEPTABLE for one in self.verdicts)

    @property
    def seconds(self) -> float:
        """Wall-clock time of its steps."""
        return sum(one.seconds for one in self.verdicts)


def judge_result(
    result: DemoResult, before: tuple[Trial, ...], project: Project, catalogue: Catalogue, day: str, problems: Problems
) -> Trial:
    """Judge one run of a demo against what is recorded.

    Args:
        result: The run.
        before: The trials of the demos before it on the stage, in their order.
        project: The project.
        catalogue: Knows what the demo comes after.
        day: The day that a new recording will name, as 2026-11-23.
        problems: Takes a recording that cannot be read, and what went wrong beside the steps.

    Raises:
        SourceError: A file of the demo's folder leads out of the project.
    """
    demo = result.demo
    for note in result.notes:
        problems.remark(demo.at, note)
    digests = made_by(demo, catalogue.ancestors(demo), project)
    recorded = load_recording(demo, project, problems)
    verdicts = judge(result, recorded, digests, masks=project.masks)
    wrong = tuple(trial for trial in before if not trial.acceptable)
    return Trial(demo, result, recorded, make_recording(result, digests, day), verdicts, wrong)
