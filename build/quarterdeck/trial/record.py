"""Keeping what demos print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from quarterdeck.catalogue import Catalogue
from quarterdeck.check.report import render_report
from quarterdeck.check.verdict import same_recording
from quarterdeck.demo import Demo
from quarterdeck.errors import Problems
from quarterdeck.live.perform import Watcher
from quarterdeck.project import Project
from quarterdeck.recording import load_recording, made_by, save_recording
from quarterdeck.trial.trial import ACCEPTABLE, Trial, try_demos


def record(
    project: Project,
    catalogue: Catalogue,
    demos: Sequence[Demo],
    *,
    day: str,
    everything: bool,
    watcher: Watcher,
    say: Callable[[str], None],
    problems: Problems,
) -> bool:
    """Run *demos* and keep what they print; whether every one of them could be kept.

    Args:
        day: The day that the recordings will name, as 2026-11-23.
        everything: Run those too whose recording still fits.
        say: Takes a line for each demo, and the report of what went wrong.
        problems: Takes recordings that cannot be read; those are made anew.
    """
    stale = [demo for demo in demos if everything or is_stale(demo, catalogue, project, problems)]
    fine = True
    for trial in try_demos(project, catalogue, stale, day=day, watcher=watcher, problems=problems):
        if not trial.acceptable:
            fine = False
            wrong = tuple(one for one in trial.verdicts if one.verdict not in ACCEPTABLE)
            if wrong:
                say(render_report([(trial.demo, wrong)], colour=False))
            why = "" if wrong else ": the demo that it comes after went wrong"
            say(f"{trial.demo.name}: not recorded{why}")
        else:
            say(f"{project.shown(trial.demo.recording)}: {'written' if keep(trial, project) else 'as it was'}")
    if not stale:
        say(f"{_count(len(demos))} up to date")
    return fine


def keep(trial: Trial, project: Project) -> bool:
    """Write the trial's recording, unless nothing that is compared or shown changed; whether the file changed."""
    if trial.recorded and same_recording(trial.recorded, trial.fresh, trial.demo, masks=project.masks):
        return False
    return save_recording(trial.demo, trial.fresh)


def is_stale(demo: Demo, catalogue: Catalogue, project: Project, problems: Problems) -> bool:
    """Whether a step of *demo* that runs has no recording that was made by what it is now."""
    recording = load_recording(demo, project, problems)
    if recording is None:
        return True
    digests = made_by(demo, catalogue.ancestors(demo), project)
    pairs = zip(demo.steps, digests, strict=True)
    return any(step.script and not step.options.skip and not recording.find(digest) for step, digest in pairs)


def _count(demos: int) -> str:
    return "1 demo" if demos == 1 else f"{demos} demos"
