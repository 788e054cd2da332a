"""Judging whether demos still do what the slides show."""

from __future__ import annotations

from collections.abc import Sequence

from quarterdeck.catalogue import Catalogue
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo import Demo
from quarterdeck.errors import Problems
from quarterdeck.live.perform import Watcher
from quarterdeck.project import Project
from quarterdeck.trial.record import keep
from quarterdeck.trial.trial import try_demos

Judged = tuple[tuple[Demo, tuple[StepVerdict, ...]], ...]


def check(
    project: Project,
    catalogue: Catalogue,
    demos: Sequence[Demo],
    *,
    day: str,
    update: bool,
    watcher: Watcher,
    problems: Problems,
) -> tuple[Judged, bool]:
    """Run *demos* and judge each step; the verdicts, and whether all of them are PASSED or SKIPPED.

    With *update*, a demo of which no step failed or broke gets a new recording where it drifted or was new; the
    answer is then about the demos that could not be accepted.
    """
    judged = []
    fine = True
    for trial in try_demos(project, catalogue, demos, day=day, watcher=watcher, problems=problems):
        judged.append((trial.demo, trial.verdicts))
        if update and trial.acceptable:
            keep(trial, project)
        elif trial.spoiled or any(
            verdict.verdict not in (Verdict.PASSED, Verdict.SKIPPED) for verdict in trial.verdicts
        ):
            fine = False
    return tuple(judged), fine
