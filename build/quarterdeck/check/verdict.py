"""What a run of a demo is worth: a verdict for each step, and what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quarterdeck.check.drift import Drift, compare_exactly, compare_masked, plain_lines
from quarterdeck.check.expectations import json_misses, unmatched
from quarterdeck.check.identity import broken_identities
from quarterdeck.check.line_diff import clip_line
from quarterdeck.demo.demo_file import Demo, Step, StepOptions
from quarterdeck.demo.recording import Broken, DemoResult, Exited, RecordedStep, Recording, Skipped, StepResult
from quarterdeck.demo.silent_failures import Witnessed, is_allowed
from quarterdeck.terminal.control_codes import ESCAPE

_COLOUR = re.compile(f"{ESCAPE}\\[[0-9;]*m")
_LAST_LINES = 10
"""Lines of the screen that are shown where a step failed."""


class Verdict(StrEnum):
    """The judgement of a step."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    SUSPECT = "SUSPECT"
    DRIFTED = "DRIFTED"
    NEW = "NEW"
    BROKEN = "BROKEN"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """The judgement of one step."""

    step: Step
    verdict: Verdict
    evidence: tuple[str, ...]
    """Lines for a person, what matters most first; those with `| ` before them are of the screen."""
    seconds: float
    """Wall-clock time of the step."""
    silent: tuple[Witnessed, ...] = ()
    """What made it SUSPECT."""


def judge(
    result: DemoResult, recording: Recording | None, digests: Sequence[str], *, masks: Mapping[str, str] = {}
) -> tuple[StepVerdict, ...]:
    """A verdict for each step of *result*, in order.

    Args:
        result: A run of a demo.
        recording: What the demo printed when it was recorded; None if it never was.
        digests: What `made_by` says of the demo, one for each of its steps.
        masks: The project's masks.
    """
    demo = result.demo
    settled: dict[int, tuple[Verdict, tuple[str, ...]]] = {}
    drifts: dict[int, Drift] = {}
    for index, one in enumerate(result.steps):
        recorded = recording.find(digests[demo.steps.index(one.step)]) if recording else None
        if (alone := _judge_alone(one) or _judge_unrecorded(one, recording, recorded)) is not None:
            settled[index] = alone
        elif recorded is not None:
            drifts[index] = _compare(recorded, one, demo, masks)
    relations = _relations(drifts)
    verdicts = []
    for index, one in enumerate(result.steps):
        verdict, evidence = settled.get(index) or _drifted((*drifts[index].changes, *relations.get(one.step.key, ())))
        silent = silent_failures(one) if verdict is Verdict.SUSPECT else ()
        verdicts.append(StepVerdict(one.step, verdict, evidence, one.seconds, silent))
    return tuple(verdicts)


def same_recording(old: Recording, new: Recording, demo: Demo, masks: Mapping[str, str] = {}) -> bool:
    """Whether nothing that is compared or shown differs: then the file of *old* can stay as it is.

    That is: the same steps, made by the same, with the same exit statuses and, up to renaming, the same
    masked outputs in the same colours.
    """
    if _outline(old) != _outline(new) or _colours(old) != _colours(new):
        return False
    drifts = {}
    for index, (was, now) in enumerate(zip(old.steps, new.steps, strict=True)):
        step = demo.find_step(now.step)
        options = step.options if step else StepOptions()
        drifts[index] = _compare_outputs(was.output, now.output, now.step, options, demo, masks)
    return not any(drift.changes for drift in drifts.values()) and not _relations(drifts)


def _outline(recording: Recording) -> tuple[object, ...]:
    return (recording.demo, tuple((step.step, step.made_by, step.exit) for step in recording.steps))


def _colours(recording: Recording) -> list[list[str]]:
    return [_COLOUR.findall(step.output) for step in recording.steps]


def _judge_alone(one: StepResult) -> tuple[Verdict, tuple[str, ...]] | None:
    """The verdict that needs no recording; None if one is needed."""
    if isinstance(one.ending, Skipped):
        return Verdict.SKIPPED, (one.ending.why,)
    if isinstance(one.ending, Broken):
        return Verdict.BROKEN, (one.ending.detail, *_last_lines(one.screen))
    options = one.step.options
    silent = tuple(f"{fact.at}: {fact.what} [{fact.kind}]" for fact in silent_failures(one))
    if not one.ending.interrupted and (wrong := _wrong_status(one.ending.status, options.exit)):
        return Verdict.FAILED, (wrong, *silent, *_last_lines(one.screen))
    plain = "\n".join(plain_lines(one.screen)) if options.match or options.json else ""
    if missing := (*unmatched(options.match, plain), *json_misses(options.json, plain)):
        return Verdict.FAILED, (*missing, *silent, *_last_lines(one.screen))
    if silent:
        return Verdict.SUSPECT, silent
    return (Verdict.PASSED, ()) if options.match or options.json else None


_REFUSAL = re.compile("unknown|not.?found|unauthorized|denied|invalid|unsupported", re.IGNORECASE)
"""What a pattern of `match` says when it is about an answer of the registry that refuses something."""


def silent_failures(one: StepResult) -> tuple[Witnessed, ...]:
    """What failed in silence and is not meant: not allowed, not named by `match`, not what `exit` is about."""
    return tuple(fact for fact in one.witnessed if not _is_meant(fact, one.step.options))


def _is_meant(fact: Witnessed, options: StepOptions) -> bool:
    if is_allowed(fact.kind, options.allow) or (fact.expected and options.exit != 0):
        return True
    if fact.family == "http":
        status = fact.kind.removeprefix("http-")
        return any(re.search(rf"\b{status}\b", one) or _REFUSAL.search(one) for one in options.match)
    return fact.kind == "error-text" and any(re.search(pattern, fact.what) for pattern in options.match)


def _wrong_status(status: int, right: int | str) -> str:
    if right == "nonzero":
        return "" if status else "exit status 0, expected any other"
    return "" if status == right else f"exit status {status}, expected {right}"


def _last_lines(screen: str) -> list[str]:
    return [f"| {clip_line(line)}" for line in plain_lines(screen)[-_LAST_LINES:]]


def _judge_unrecorded(
    one: StepResult, recording: Recording | None, recorded: RecordedStep | None
) -> tuple[Verdict, tuple[str, ...]] | None:
    if recorded is not None:
        return None
    if recording is None or all(step.step != one.step.key for step in recording.steps):
        return Verdict.NEW, ("nothing is recorded",)
    return Verdict.NEW, ("recorded from something else: this step, one before it, or a file they use has changed",)


def _compare(recorded: RecordedStep, one: StepResult, demo: Demo, masks: Mapping[str, str]) -> Drift:
    options = one.step.options
    if options.compare == "none":
        drift = Drift((), ())
    else:
        drift = _compare_outputs(recorded.output, one.screen, one.step.key, options, demo, masks)
    if not isinstance(one.ending, Exited) or one.ending.status == recorded.exit:
        return drift
    return Drift((f"exit status {one.ending.status}, recorded {recorded.exit}", *drift.changes), drift.pairs)


def extra_masks(options: StepOptions, demo: Demo, masks: Mapping[str, str]) -> dict[str, str]:
    """The author's masks for a step: its own first, then those of the demo and of the project."""
    every = {**masks, **demo.mask, **options.mask}
    return {name: every[name] for name in (*options.mask, *demo.mask, *masks)}


def _compare_outputs(
    recorded: str, now: str, key: str, options: StepOptions, demo: Demo, masks: Mapping[str, str]
) -> Drift:
    extra = extra_masks(options, demo, masks)
    drift = compare_masked(recorded, now, step=key, extra=extra, keep=(*demo.keep, *options.keep))
    if options.compare == "exact":
        return Drift(compare_exactly(recorded, now), drift.pairs)
    return drift


def _relations(drifts: Mapping[int, Drift]) -> dict[str, tuple[str, ...]]:
    """By step: what equal values became different, and the other way round, over the whole demo."""
    found: dict[str, tuple[str, ...]] = {}
    for broken in broken_identities([pair for index in sorted(drifts) for pair in drifts[index].pairs]):
        found[broken.step] = (*found.get(broken.step, ()), broken.what)
    return found


def _drifted(evidence: tuple[str, ...]) -> tuple[Verdict, tuple[str, ...]]:
    return (Verdict.DRIFTED, evidence) if evidence else (Verdict.PASSED, ())
