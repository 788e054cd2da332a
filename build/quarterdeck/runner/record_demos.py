"""Records demos: runs them and keeps what they print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from quarterdeck.base.project import Project
from quarterdeck.check.report.text_report import render_problems
from quarterdeck.check.stability import find_unstable
from quarterdeck.check.verdict import judge, same_recording
from quarterdeck.demo.catalogue import Catalogue, Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import save_recording
from quarterdeck.runner.outcome import DemoOutcome, RunContext
from quarterdeck.runner.scheduler import Job, Scheduler

Say = Callable[[str], None]


def record(context: RunContext, demos: Sequence[Demo], *, jobs: int | None, say: Say) -> bool:
    """Run *demos* and keep what they print; return whether all of them could be kept.

    A demo without a recording runs twice; differences between the two runs are warnings. *jobs* demos run side by side;
    None: one on each engine. *say* is called with a line for each demo, and with reports on what went wrong.

    Raises:
        StageError: A stage does not come up.
        SourceError: A file that a demo needs cannot be read, or demos on one stage contradict each other.
    """
    fine = True
    again: list[tuple[Job, list[DemoOutcome]]] = []
    writer = _RecordingWriter(context, say)
    with Scheduler(context, jobs=jobs) as scheduler:
        for job in [scheduler.give(run) for run in context.catalogue.plan_runs(demos)]:
            run = job.run
            outcomes = [scheduler.wait_for(job, demo) for demo in run.demos if demo.name in run.asked]
            for outcome in outcomes:
                fine &= _is_new(outcome) or writer.keep_or_say(outcome)
            if new := [outcome for outcome in outcomes if _is_new(outcome)]:
                asked = frozenset(outcome.demo.name for outcome in new)
                again.append((scheduler.give(Run(run.demos, asked, run.stage)), new))
        for job, new in again:
            for outcome in new:
                fine &= writer.keep_twice_run(outcome, scheduler.wait_for(job, outcome.demo))
    return fine


def keep(outcome: DemoOutcome, project: Project) -> bool:
    """Write the outcome's recording if something that is compared or shown changed; return whether the file did."""
    if outcome.recorded and same_recording(outcome.recorded, outcome.fresh, outcome.demo, masks=project.masks):
        return False
    return save_recording(outcome.demo, outcome.fresh)


def is_stale(demo: Demo, catalogue: Catalogue) -> bool:
    """Whether a step of *demo* that runs has no recording with its present inputs."""
    recording = catalogue.recording_of(demo)
    if recording is None:
        return True
    pairs = zip(demo.steps, catalogue.input_digests(demo), strict=True)
    return any(step.script and not step.options.skip and not recording.find(digest) for step, digest in pairs)


def _is_new(outcome: DemoOutcome) -> bool:
    """Whether the outcome may be kept, and no step of its demo has a valid recording."""
    if not outcome.acceptable or not outcome.fresh.steps:
        return False
    recorded = outcome.recorded
    return recorded is None or not any(recorded.find(step.made_by) for step in outcome.fresh.steps)


class _RecordingWriter:
    """Keeps recordings and reports on each."""

    def __init__(self, context: RunContext, say: Say) -> None:
        self._context = context
        self._say = say
        self._reported: set[str] = set()

    def keep_or_say(self, outcome: DemoOutcome) -> bool:
        """Keep *outcome*, or say why not; return whether it was kept."""
        project = self._context.project
        if outcome.acceptable:
            change = "written" if keep(outcome, project) else "as it was"
            self._say(f"{project.shown(outcome.demo.recording)}: {change}")
            return True
        for failed in (*outcome.before, outcome):
            wrong = tuple(verdict for verdict in failed.verdicts if not verdict.verdict.acceptable)
            if wrong and failed.demo.name not in self._reported:
                self._reported.add(failed.demo.name)
                self._say(render_problems(failed.demo, wrong))
        why = ": the demo that it comes after went wrong" if outcome.before else ""
        self._say(f"{outcome.demo.name}: not recorded{why}")
        return False

    def keep_twice_run(self, outcome: DemoOutcome, second: DemoOutcome) -> bool:
        """Keep the first of two runs, if the second went well too; warn about differences between them."""
        if not second.acceptable:
            return self.keep_or_say(second)
        context, demo = self._context, outcome.demo
        masks = context.project.masks
        verdicts = judge(second.result, outcome.fresh, context.catalogue.input_digests(demo), masks=masks)
        for verdict, hint in find_unstable(verdicts, outcome.fresh, second.fresh, demo, masks):
            what = f"{demo.short_name}-{verdict.step.key} does not print the same twice"
            lines = "".join(f"\n    {line}" for line in verdict.evidence)
            context.problems.warn(verdict.step.at, what + lines, hint)
        return self.keep_or_say(outcome)
