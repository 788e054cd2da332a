"""One demo, run once and judged: what `record`, `check` and pytest have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project
from quarterdeck.check.verdict import StepVerdict, answer, judge
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import DemoResult, Recording, Skipped, make_recording
from quarterdeck.live.run_demo import Watcher


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """One demo, run once and judged."""

    result: DemoResult
    recorded: Recording | None
    """The recording that it was judged against."""
    fresh: Recording
    """The recording that this run makes."""
    verdicts: tuple[StepVerdict, ...]
    before: tuple[DemoOutcome, ...] = ()
    """Demos before it on the stage that failed or broke, the first of them first."""
    accepted: bool = False
    """Whether the demo was recorded anew, so that its drift is not wrong."""

    @property
    def demo(self) -> Demo:
        """The demo."""
        return self.result.demo

    @property
    def acceptable(self) -> bool:
        """Whether `fresh` may be kept: no step failed or broke, nor any that it builds on."""
        blocked = any(isinstance(step.ending, Skipped) and step.ending.blocked for step in self.result.steps)
        return not self.before and not blocked and all(verdict.verdict.acceptable for verdict in self.verdicts)

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong with it, nor with demos before it on the stage."""
        return not self.before and (self.accepted or answer(self.verdicts))

    @property
    def seconds(self) -> float:
        """Wall-clock time of its steps."""
        return sum(verdict.seconds for verdict in self.verdicts)


def _ignore(_: object) -> None:
    """No-op callback."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What every worker needs."""

    project: Project
    catalogue: Catalogue
    day: str
    """The date of new recordings, as 2026-11-23."""
    problems: Problems
    """Collects recordings that cannot be read, and failures outside the steps."""
    watcher: Watcher = _ignore
    """Called with the progress of all workers, one call at a time."""
    finished: Callable[[DemoOutcome], None] = _ignore
    """Called with the outcome of each demo that was asked for, one call at a time."""


def judge_result(result: DemoResult, before: tuple[DemoOutcome, ...], context: RunContext) -> DemoOutcome:
    """Judge one run of a demo against its recording; *before*: the outcomes of the demos before it on the stage.

    Raises:
        SourceError: A file of the demo's folder leads out of the project.
    """
    demo, project = result.demo, context.project
    for note in result.notes:
        context.problems.warn(demo.at, note)
    digests = context.catalogue.input_digests(demo)
    recorded = context.catalogue.recording_of(demo)
    verdicts = judge(result, recorded, digests, masks=project.masks)
    wrong = tuple(outcome for outcome in before if not outcome.acceptable)
    return DemoOutcome(result, recorded, make_recording(result, digests, context.day), verdicts, wrong)
