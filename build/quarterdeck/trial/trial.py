"""Demos run on stages and judged: what `record` and `check` have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quarterdeck.catalogue import Catalogue
from quarterdeck.check.verdict import StepVerdict, Verdict, judge
from quarterdeck.demo import Demo
from quarterdeck.errors import Problems
from quarterdeck.live.perform import Watcher, perform
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

    spoiled: bool = False
    """Whether a demo before it on the stage failed or broke."""

    @property
    def acceptable(self) -> bool:
        """Whether `fresh` may be kept: no step failed or broke, nor any that it builds on."""
        blocked = any(result.blocked for result in self.result.steps)
        return not self.spoiled and not blocked and all(one.verdict in ACCEPTABLE for one in self.verdicts)


def try_demos(
    project: Project, catalogue: Catalogue, demos: Sequence[Demo], *, day: str, watcher: Watcher, problems: Problems
) -> Iterator[Trial]:
    """Run *demos* on fresh stages, those that `after` ties together on one, and judge each as it ends.

    A demo that runs only because another comes after it is among the trials when it went wrong.

    Raises:
        StageError: A stage does not come up.
        SourceError: A demo's `after` or its files are wrong.
    """
    for run in catalogue.plan_runs(demos):
        spoiled = False
        for result in perform(run, project, watcher):
            demo = result.demo
            for note in result.notes:
                problems.remark(demo.at, note)
            digests = made_by(demo, catalogue.ancestors(demo), project)
            recorded = load_recording(demo, project, problems)
            verdicts = judge(result, recorded, digests, masks=project.masks)
            trial = Trial(demo, result, recorded, make_recording(result, digests, day), verdicts, spoiled)
            if demo.name in run.asked or not trial.acceptable:
                yield trial
            spoiled = not trial.acceptable
