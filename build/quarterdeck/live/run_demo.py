"""Running demos: a stage, a session for each demo on it, and what every step did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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
    """Run the demos of *run* one after the other on *stage*, each in a shell of its own.

    Each demo's result is yielded when the demo has ended, also for those that only prepare the stage for another.

    Raises:
        StageError: The stage goes away in the middle.
        SourceError: A file of a demo's folder cannot be read.
    """
    stopped: str | None = None
    for demo in run.demos:
        place_files(stage, demo, inputs)
        last = demo is run.demos[-1]
        steps, notes = perform_demo(demo, stage, inputs.project, watcher, stopped, last=last)
        stopped = stopped or why_stopped(demo, steps)
        if last:
            notes += stage.find_leftovers()
        yield DemoResult(demo, tuple(steps), stage.versions(), tuple(notes))


def perform_demo(
    demo: Demo, stage: Stage, project: Project, watcher: Watcher, stopped: str | None = None, *, last: bool = False
) -> tuple[list[StepResult], list[str]]:
    """Run the steps of *demo* in a new shell; its files are on the stage already.

    *watcher* is called when a step starts and when it ends. If *stopped* is given, no step can run, for that reason.
    *last*: the stage is removed after this demo.
    Returns the results of the steps, and failures outside of them.
    """
    steps = [step for step in demo.steps if step.script]
    results: list[StepResult] = []
    prepared = stopped is None
    if prepared and (stopped := run_helper(demo, stage, "prepare.sh")):
        results.append(StepResult(steps[0], Broken(Reason.NOT_PREPARED, stopped)))
        stopped = f"{demo.short_name}: {stopped}"
    missing = missing_tools(demo, stage) if stopped is None else frozenset()
    session = None
    try:
        for step in steps[len(results) :]:
            if why := why_skipped(demo, step, missing):
                result = StepResult(step, Skipped(why))
            elif stopped:
                result = StepResult(step, Skipped(stopped, blocked=True))
            else:
                watcher(Progress("", demo, step))
                try:
                    session = session or Session(stage, demo)
                    result = _run(session, stage, step, step.options.timeout_s or demo.timeout_s or project.timeout_s)
                except StageError as error:
                    result = StepResult(step, Broken(Reason.STAGE_FAILED, f"the stage failed: {error.what}"))
            watcher(Progress("", demo, step, result))
            results.append(result)
            stopped = why_stopped(demo, [result]) or stopped
    finally:
        if session is not None:
            with suppress(StageError):  # the stage is gone already, and the session with it
                # On the user's machine, and before clean.sh, nothing of the demo may run any more.
                session.close(
                    with_stage=last and stage.settings.kind == "container" and not _has_helper(demo, "clean.sh")
                )
    return results, _clean(demo, stage) if prepared else []


def _clean(demo: Demo, stage: Stage) -> list[str]:
    """Run `clean.sh`, however the steps have ended; the reason if it failed."""
    try:
        failure = run_helper(demo, stage, "clean.sh")
    except StageError as error:
        failure = f"clean.sh did not run: {error.what}"
    return [failure] if failure else []


def _run(session: Session, stage: Stage, step: Step, timeout_s: float) -> StepResult:
    """Run *step*; an out-of-memory kill is reported as the reason it broke."""
    before = stage.out_of_memory()
    result = session.run(step, timeout_s)
    if result.ending != Exited(0):
        with suppress(StageError):
            if stage.out_of_memory() != before:
                why = f"out of memory: the stage has {stage.settings.memory}"
                return replace(result, ending=Broken(Reason.OUT_OF_MEMORY, why))
    return result


def why_skipped(demo: Demo, step: Step, missing: frozenset[str]) -> str | None:
    if step.options.skip:
        return step.options.skip
    absent = [tool for tool in (*demo.needs, *step.options.needs) if tool in missing]
    return f"needs {', '.join(absent)}" if absent else None


def why_stopped(demo: Demo, steps: Sequence[StepResult]) -> str | None:
    """Why demos that build on *demo* cannot run, if they cannot."""
    broken = next((result.step for result in steps if isinstance(result.ending, Broken)), None)
    return f"an earlier step was BROKEN ({demo.short_name}-{broken.key})" if broken else None


def missing_tools(demo: Demo, stage: Stage) -> frozenset[str]:
    tools = sorted({*demo.needs, *(tool for step in demo.steps for tool in step.options.needs)})
    if not tools:
        return frozenset()
    test = 'for tool; do command -v -- "$tool" >/dev/null || echo "$tool"; done'
    return frozenset(stage.run("sh", "-c", test, "needs", *tools)[1].split("\n")) - {""}


def run_helper(demo: Demo, stage: Stage, name: str) -> str | None:
    """Run `prepare.sh` or `clean.sh`, if the demo's folder has it; the reason if it failed.

    Its timeout is the demo's, else ten minutes. Background processes that it leaves are not waited for.
    """
    if not _has_helper(demo, name):
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


def _has_helper(demo: Demo, name: str) -> bool:
    return (demo.folder / name).is_file()
