"""Judges the steps: their runs with and without a network, their recordings, their widths, what a person has to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from quarterdeck.base.errors import StageError
from quarterdeck.base.quantities import count
from quarterdeck.check.verdict import Verdict
from quarterdeck.demo.recording import Skipped
from quarterdeck.preflight.network_needs import Need, is_blocked
from quarterdeck.preflight.topics import Status, StepReadiness, Topic
from quarterdeck.present.running_order import Cue


def judge_steps(steps: Sequence[StepReadiness], failures: Mapping[str, StageError], *, engine: bool) -> Iterator[Topic]:
    """The steps still do what was recorded. What has no recording is a topic of its own."""
    if not engine:
        yield Topic("steps", Status.UNKNOWN, "not judged: no engine")
        return
    if failures:
        (error, *_) = failures.values()
        why = error.what.split("\n")[0].rstrip(":")  # the log of a stage is below it
        what = f"{count(len(failures), 'demo')} did not run: {why}"
        yield Topic("steps", Status.WRONG, what, tuple(failures), error.hint.split("\n")[0])
    ran = [step for step in steps if step.verdict is not None]
    wrong = [step for step in ran if _is_wrong(step)]
    if wrong:
        names = tuple(f"{step.cue.name} {_word(step)}" for step in wrong)
        demos = " ".join(dict.fromkeys(quote(step.cue.demo.name) for step in wrong))
        what = f"{len(wrong)} of {count(len(steps), 'step')} wrong"
        yield Topic("steps", Status.WRONG, what, names, f"`quarterdeck check {demos}` shows why")
    skipped = tuple(f"{step.cue.name} ({reason})" for step in ran if (reason := _tool_missing(step)))
    if skipped:
        what = f"{count(len(skipped), 'step')} skipped: a tool is missing on the stage"
        yield Topic("steps", Status.WARNING, what, skipped, "put the tool into the stage's image")
    good = [step for step in ran if step.verdict and step.verdict.verdict is Verdict.PASSED]
    if good and not wrong and not failures:
        demos_of_good = {step.cue.demo.name for step in good}
        what = f"{count(len(good), 'step')} of {count(len(demos_of_good), 'demo')} as recorded"
        yield Topic("steps", Status.FINE, what)


def _is_wrong(step: StepReadiness) -> bool:
    verdict = step.verdict
    return verdict is not None and (is_blocked(verdict) or not (verdict.verdict.fine or verdict.verdict is Verdict.NEW))


def _word(step: StepReadiness) -> str:
    return "not run" if step.verdict is None or is_blocked(step.verdict) else str(step.verdict.verdict)


def _tool_missing(step: StepReadiness) -> str:
    """Why a step was skipped without saying so itself."""
    ending = step.verdict.result.ending if step.verdict else None
    missing = isinstance(ending, Skipped) and not ending.blocked and not step.cue.step.options.skip
    return ending.why if missing and isinstance(ending, Skipped) else ""


def judge_network(steps: Sequence[StepReadiness]) -> Iterator[Topic]:
    """Which steps need the network."""
    needing = tuple(step.cue.name for step in steps if step.need is Need.NEEDED)
    unknown = [step for step in steps if step.need is Need.UNKNOWN]
    following = tuple(f"{step.cue.name} (not known)" for step in unknown if step.verdict and not _is_wrong(step))
    if len(unknown) == len(steps) or all(step.verdict is None for step in steps):
        yield Topic("network", Status.UNKNOWN, "not judged: the steps did not run without it")
    elif needing:
        fix = "try the network of the room; `preload` in [stage] has images without it"
        yield Topic("network", Status.WARNING, f"needed by {count(len(needing), 'step')}", (*needing, *following), fix)
    elif following:
        yield Topic("network", Status.INFORMATION, "no step is known to need it", following)
    else:
        yield Topic("network", Status.FINE, "no step that went well needs it" if unknown else "no step needs it")


def judge_recordings(steps: Sequence[StepReadiness], uncommitted: tuple[str, ...] | None) -> Iterator[Topic]:
    """Every step has a recording that fits, and git has them."""
    unfit = [step for step in steps if step.recorded_s is None and not _stays_unrecorded(step)]
    if unfit:
        demos = " ".join(dict.fromkeys(quote(step.cue.demo.name) for step in unfit))
        what = f"{count(len(unfit), 'step')} without a recording that fits"
        names = tuple(step.cue.name for step in unfit)
        yield Topic("recordings", Status.WRONG, what, names, f"`quarterdeck record {demos}`")
    if uncommitted:
        what = f"{count(len(uncommitted), 'recording')} not committed"
        fix = f"git add {' '.join(map(quote, uncommitted))} && git commit"
        yield Topic("recordings", Status.WARNING, what, uncommitted, fix)
    elif not unfit:
        committed = "; no git here" if uncommitted is None else " and are committed"
        yield Topic("recordings", Status.FINE, f"fit their steps{committed}")


def _stays_unrecorded(step: StepReadiness) -> bool:
    """Whether nothing of it can be recorded: it never runs, or needs a tool that is not there."""
    options = step.cue.step.options
    if step.verdict is None:
        return bool(options.skip or options.needs or step.cue.demo.needs)
    ending = step.verdict.result.ending
    return isinstance(ending, Skipped) and not ending.blocked


def judge_presenter(steps: Sequence[StepReadiness]) -> Iterator[Topic]:
    """What the presenter has to do, or to know."""
    details = tuple(f"{step.cue.name} {note}" for step in steps if (note := _note_on(step.cue)))
    if details:
        yield Topic("by hand", Status.INFORMATION, f"{count(len(details), 'step')} with a part for you", details)


def _note_on(cue: Cue) -> str:
    options = cue.step.options
    notes = (
        "you type" if options.send else "",
        f"ends after {options.stop_after_s:g} s" if options.stop_after_s else "",
        f"needs {', '.join(options.needs)}" if options.needs else "",
        f"never runs: {options.skip}" if options.skip else "",
    )
    return " and ".join(filter(None, notes))
