"""Running demos: a stage, a session for each demo on it, and what every step did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import Project
from quarterdeck.demo.catalogue import Run
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import Broken, DemoResult, Exited, Reason, Skipped, StepResult
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.session.bash_session import ENVIRONMENT, Session
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import files_of, place_files, working_folder


@dataclass(frozen=True, slots=True)
class Progress:
    """What is going on in a run, for a progress display."""

    what: str
    """A sentence about something other than a step that takes long."""
    demo: Demo | None = None
    step: Step | None = None
    finished: StepResult | None = None
    """The step's result; None while it runs."""


_HELPER_TIMEOUT_S = 600.0
"""Timeout of `prepare.sh` and `clean.sh` in seconds: they may download what a step must not."""

Watcher = Callable[[Progress], None]


def perform(run: Run, inputs: DemoInputs, lease: RunLease, watcher: Watcher) -> Iterator[DemoResult]:
    """Run the demos of *run* one after the other on one stage, each in a shell of its own.

    Each demo's result is yielded when the demo has ended, also for those that only prepare the stage for another.

    Raises:
        StageError: The stage does not come up, or goes away in the middle.
        SourceError: A file of a demo's folder cannot be read.
    """
    with set_stage(run, inputs.project, lease, watcher) as stage:
        yield from perform_on(stage, run, inputs, watcher)


@contextmanager
def set_stage(run: Run, project: Project, lease: RunLease, watcher: Watcher) -> Iterator[Stage]:
    """The stage on which `perform_on` can run the demos of *run*; it is removed when this ends.

    Raises:
        StageError: It does not come up.
    """
    watcher(Progress("setting the stage"))
    with open_stage(project, lease, run.stage, lambda sentence: watcher(Progress(sentence))) as stage:
        stage.versions()
        yield stage


def perform_on(stage: Stage, run: Run, inputs: DemoInputs, watcher: Watcher) -> Iterator[DemoResult]:
    """Like `perform`, on an open *stage*."""
    versions = stage.versions()
    stopped: str | None = None
    for demo in run.demos:
        place_files(stage, [demo], inputs)
        notes: list[str] = []
        steps = tuple(perform_demo(demo, stage, inputs.project, watcher, stopped, notes))
        stopped = stopped or why_stopped(demo, steps)
        if demo is run.demos[-1]:
            notes += stage.find_leftovers()
        yield DemoResult(demo, steps, versions, tuple(notes))


def perform_demo(
    demo: Demo,
    stage: Stage,
    project: Project,
    watcher: Watcher,
    stopped: str | None = None,
    notes: list[str] | None = None,
) -> Iterator[StepResult]:
    """Run the steps of *demo* in a new shell; its files are on the stage already.

    Args:
        demo: The demo.
        stage: Where it runs.
        project: The project, for its timeout.
        watcher: Called for each step when it starts and when it ends.
        stopped: The reason why none of the steps can run, if there is one.
        notes: Receives failures outside the steps.
    """
    steps = [step for step in demo.steps if step.script]
    prepared = stopped is None
    if prepared:
        stopped = run_helper(demo, stage, "prepare.sh")
        if stopped:
            yield StepResult(steps[0], Broken(Reason.NOT_PREPARED, stopped))
            stopped, steps = f"{demo.short_name}: {stopped}", steps[1:]
    missing = _missing_tools(demo, stage) if stopped is None else frozenset()
    session = None
    try:
        for step in steps:
            if why := _why_skipped(demo, step, missing):
                result = StepResult(step, Skipped(why))
            elif stopped:
                result = StepResult(step, Skipped(stopped, blocked=True))
            else:
                watcher(Progress("", demo, step))
                timeout_s = step.options.timeout_s or demo.timeout_s or project.timeout_s
                try:
                    session = session or Session(stage, demo)
                    result = _run(session, stage, step, timeout_s)
                except StageError as error:
                    result = StepResult(step, Broken(Reason.STAGE_FAILED, f"the stage failed: {error.what}"))
            watcher(Progress("", demo, step, result))
            yield result
            if isinstance(result.ending, Broken):
                stopped = f"an earlier step was BROKEN ({demo.short_name}-{step.key})"
    finally:
        if session is not None:
            _close(session)
    if prepared and (wrong := _clean(demo, stage)) and notes is not None:
        notes.append(wrong)


def _clean(demo: Demo, stage: Stage) -> str | None:
    """Run `clean.sh`, however the steps have ended; the reason if it failed."""
    try:
        return run_helper(demo, stage, "clean.sh")
    except StageError as error:
        return f"clean.sh did not run: {error.what}"


def _run(session: Session, stage: Stage, step: Step, timeout_s: float) -> StepResult:
    """Run *step*; an out-of-memory kill is reported as the reason it broke."""
    before = stage.out_of_memory()
    result = session.run(step, timeout_s)
    fine = isinstance(result.ending, Exited) and result.ending.status == 0
    if fine or not stage.settings.memory or _same_memory(stage, before):
        return result
    why = f"out of memory: the stage has {stage.settings.memory}"
    return replace(result, ending=Broken(Reason.OUT_OF_MEMORY, why))


def _same_memory(stage: Stage, before: int) -> bool:
    try:
        return stage.out_of_memory() == before
    except StageError:
        return True


def _close(session: Session) -> None:
    try:
        session.close()
    except StageError:
        # The stage is gone already, and the session with it.
        return


def _why_skipped(demo: Demo, step: Step, missing: frozenset[str]) -> str | None:
    if step.options.skip:
        return step.options.skip
    absent = [tool for tool in (*demo.needs, *step.options.needs) if tool in missing]
    return f"needs {', '.join(absent)}" if absent else None


def why_stopped(demo: Demo, steps: tuple[StepResult, ...]) -> str | None:
    """Why demos that build on *demo* cannot run, if they cannot."""
    for result in steps:
        if isinstance(result.ending, Broken):
            return f"an earlier step was BROKEN ({demo.short_name}-{result.step.key})"
    return None


def _missing_tools(demo: Demo, stage: Stage) -> frozenset[str]:
    tools = sorted({*demo.needs, *(tool for step in demo.steps for tool in step.options.needs)})
    if not tools:
        return frozenset()
    test = 'for tool; do command -v -- "$tool" >/dev/null || echo "$tool"; done'
    return frozenset(stage.run("sh", "-c", test, "needs", *tools)[1].split("\n")) - {""}


def run_helper(demo: Demo, stage: Stage, name: str) -> str | None:
    """Run `prepare.sh` or `clean.sh` of the demo's folder, if there is one; the reason if it failed.

    Its timeout is the demo's, else ten minutes. Background processes that it leaves are not waited for.
    """
    if not (demo.folder / name).is_file():
        return None
    limit_s = demo.timeout_s or _HELPER_TIMEOUT_S
    log = f"{files_of(stage, demo)}/{name}.log"
    command = (
        'timeout --kill-after=2 "$1" bash "$2" >"$3" 2>&1 </dev/null; status=$?; '
        '[ "$status" = 0 ] || tail -n 1 "$3"; exit "$status"'
    )
    words = ("sh", "-c", command, "helper", str(limit_s), name, log)
    status, output = stage.run(*words, workdir=working_folder(stage, demo), environment=ENVIRONMENT)
    if status == 0:
        return None
    if status == 124:
        return f"{name} had not ended after {limit_s:g} s"
    return f"{name} ended with exit status {status}" + (f": {output.strip()}" if output.strip() else "")
