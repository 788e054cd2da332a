"""Keeping what demos print."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from quarterdeck.catalogue import Run
from quarterdeck.check.report import render_problems
from quarterdeck.check.stability import Unstable, find_unstable
from quarterdeck.check.verdict import judge, same_recording
from quarterdeck.demo import Demo
from quarterdeck.project import Project
from quarterdeck.recording import Recording, made_by, save_recording
from quarterdeck.trial.crew import Crew, Errand, Orders
from quarterdeck.trial.trial import ACCEPTABLE, Trial

Say = Callable[[str], None]


def record(orders: Orders, demos: Sequence[Demo], *, jobs: int | None, say: Say) -> bool:
    """Run *demos* and keep what they print; whether every one of them could be kept.

    A demo of which nothing is recorded yet runs twice: what the two runs disagree about is a remark.

    Args:
        orders: What every lane must know. Its problems take the remarks.
        demos: The demos.
        jobs: How many run side by side; None: one on each engine.
        say: Takes a line for each demo, and the report of what went wrong.

    Raises:
        StageError: A stage does not come up.
        SourceError: A file that a demo needs cannot be read, or demos on one stage contradict each other.
    """
    fine = True
    again: list[tuple[Errand, list[Trial]]] = []
    scribe = _Scribe(orders, say)
    with Crew(orders, jobs=jobs) as crew:
        for run, trials in _try_all(crew, orders.catalogue.plan_runs(demos)):
            for trial in trials:
                fine &= _is_new(trial) or scribe.keep_or_say(trial)
            if new := [trial for trial in trials if _is_new(trial)]:
                asked = frozenset(trial.demo.name for trial in new)
                again.append((crew.give(Run(run.demos, asked, run.stage)), new))
        for errand, new in again:
            for trial in new:
                fine &= scribe.keep_twice_run(trial, crew.wait_for(errand, trial.demo))
    return fine


def keep(trial: Trial, project: Project) -> bool:
    """Write the trial's recording, unless nothing that is compared or shown changed; whether the file changed."""
    if trial.recorded and same_recording(trial.recorded, trial.fresh, trial.demo, masks=project.masks):
        return False
    return save_recording(trial.demo, trial.fresh)


def is_stale(demo: Demo, recording: Recording | None, orders: Orders) -> bool:
    """Whether a step of *demo* that runs has no recording that was made by what it is now."""
    if recording is None:
        return True
    digests = made_by(demo, orders.catalogue.ancestors(demo), orders.project)
    pairs = zip(demo.steps, digests, strict=True)
    return any(step.script and not step.options.skip and not recording.find(digest) for step, digest in pairs)


def _try_all(crew: Crew, runs: Sequence[Run]) -> Iterator[tuple[Run, list[Trial]]]:
    """Each of *runs* with the trials of the demos that were asked for, in their order, when all have ended."""
    errands: Mapping[int, Errand] = {id(run): crew.give(run) for run in runs}
    for run in runs:
        asked = [demo for demo in run.demos if demo.name in run.asked]
        yield run, [crew.wait_for(errands[id(run)], demo) for demo in asked]


def _is_new(trial: Trial) -> bool:
    """Whether the trial may be kept and nothing recorded is left of its demo."""
    if not trial.acceptable or not trial.fresh.steps:
        return False
    recorded = trial.recorded
    return recorded is None or not any(recorded.find(step.made_by) for step in trial.fresh.steps)


class _Scribe:
    """Keeps recordings and says what became of each."""

    def __init__(self, orders: Orders, say: Say) -> None:
        self._orders = orders
        self._say = say
        self._reported: set[str] = set()

    def keep_or_say(self, trial: Trial) -> bool:
        """Keep *trial*, or say why not; whether it was kept."""
        project = self._orders.project
        if trial.acceptable:
            self._say(f"{project.shown(trial.demo.recording)}: {'written' if keep(trial, project) else 'as it was'}")
            return True
        for one in (*trial.before, trial):
            wrong = tuple(verdict for verdict in one.verdicts if verdict.verdict not in ACCEPTABLE)
            if wrong and one.demo.name not in self._reported:
                self._reported.add(one.demo.name)
                self._say(render_problems(one.demo, wrong))
        why = ": the demo that it comes after went wrong" if trial.before else ""
        self._say(f"{trial.demo.name}: not recorded{why}")
        return False

    def keep_twice_run(self, trial: Trial, second: Trial) -> bool:
        """Keep the first of two runs, if the second went well too; remark upon what they disagree about."""
        if not second.acceptable:
            return self.keep_or_say(second)
        for unstable in self._unstable_steps(trial, second):
            step = unstable.verdict.step
            what = f"{trial.demo.short_name}-{step.key} does not print the same twice"
            lines = "".join(f"\n    {line}" for line in unstable.verdict.evidence)
            self._orders.problems.remark(step.at, what + lines, unstable.hint)
        return self.keep_or_say(trial)

    def _unstable_steps(self, trial: Trial, second: Trial) -> tuple[Unstable, ...]:
        orders, demo = self._orders, trial.demo
        digests = made_by(demo, orders.catalogue.ancestors(demo), orders.project)
        verdicts = judge(second.result, trial.fresh, digests, masks=orders.project.masks)
        return find_unstable(verdicts, trial.fresh, second.fresh, demo, orders.project.masks)
