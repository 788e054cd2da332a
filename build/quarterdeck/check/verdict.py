"""Judges runs of demos: a verdict for each step, and the evidence for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quarterdeck.check.drift import Drift, compare_exactly, compare_masked, plain_lines
from quarterdeck.check.expectations import json_misses, unmatched
from quarterdeck.check.identity import broken_identities
from quarterdeck.check.line_diff import Evidence, Kind, clip_line
from quarterdeck.demo.demo_file import Demo, Step, StepOptions
from quarterdeck.demo.recording import Broken, DemoResult, Exited, RecordedStep, Recording, Skipped, StepResult
from quarterdeck.demo.silent_failures import Witnessed, is_allowed
from quarterdeck.terminal.control_codes import SGR

_LAST_LINES = 10
"""Lines of the screen that are evidence of a failure."""


class Verdict(StrEnum):
    """The judgement of a step, in the order in which reports count them."""

    gravity: int
    """A demo has the verdict of its step with the highest gravity."""

    def __new__(cls, word: str, gravity: int) -> Verdict:
        member = str.__new__(cls, word)
        member._value_ = word
        member.gravity = gravity
        return member

    PASSED = "PASSED", 1
    FAILED = "FAILED", 5
    BROKEN = "BROKEN", 6
    SUSPECT = "SUSPECT", 4
    DRIFTED = "DRIFTED", 3
    NEW = "NEW", 2
    SKIPPED = "SKIPPED", 0

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong."""
        return self.gravity <= Verdict.PASSED.gravity

    @property
    def acceptable(self) -> bool:
        """Whether a recording may be made of the step: nothing went wrong, whatever was recorded before."""
        return self.gravity <= Verdict.DRIFTED.gravity


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """The judgement of one step."""

    result: StepResult
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    """What matters most comes first."""

    @property
    def step(self) -> Step:
        """The step."""
        return self.result.step

    @property
    def seconds(self) -> float:
        """Wall-clock time of the step."""
        return self.result.seconds


Judged = tuple[Demo, tuple[StepVerdict, ...]]
"""A demo that ran, and a verdict for each of its steps."""


@dataclass(frozen=True, slots=True)
class RunVerdicts:
    """What a report is about: the verdicts of a run."""

    judged: Sequence[Judged]
    """The demos that ran."""
    accepted: frozenset[str] = frozenset()
    """Names of demos that were recorded anew: their drift is not wrong."""
    took_s: float | None = None
    """Wall-clock seconds of the whole run; None: not shown."""
    not_run: int = 0
    """The number of demos that were to run and did not."""

    @property
    def wrong(self) -> list[Judged]:
        """The demos with a step that is wrong."""
        return [judged for judged in self.judged if judged[0].name not in self.accepted and not answer(judged[1])]


def answer(verdicts: Iterable[StepVerdict]) -> bool:
    """Whether the answer is yes: every step is PASSED or SKIPPED."""
    return all(verdict.verdict.fine for verdict in verdicts)


def worst(verdicts: Iterable[StepVerdict]) -> Verdict:
    """The verdict of a whole demo: the gravest of its steps'; PASSED if it has none."""
    return max((verdict.verdict for verdict in verdicts), key=lambda verdict: verdict.gravity, default=Verdict.PASSED)


def judge(
    result: DemoResult, recording: Recording | None, digests: Sequence[str], *, masks: Mapping[str, str] = {}
) -> tuple[StepVerdict, ...]:
    """A verdict for each step of *result*, in order.

    *digests* has the input digest of each step of the demo; *masks* are the project's.
    """
    demo = result.demo
    judgements: dict[str, tuple[Verdict, tuple[Evidence, ...]]] = {}
    drifts: dict[str, Drift] = {}
    for ran in result.steps:
        key = ran.step.key
        recorded = recording.find(digests[demo.steps.index(ran.step)]) if recording else None
        if judgement := _judge_alone(ran):
            judgements[key] = judgement
        elif recorded is None:
            judgements[key] = Verdict.NEW, (Evidence(Kind.REASON, _why_new(ran.step, recording)),)
        else:
            drifts[key] = _compare(recorded, ran, demo, masks)
    breaks = _identity_breaks(drifts)
    for key, drift in drifts.items():
        evidence = (*drift.changes, *breaks.get(key, ()))
        judgements[key] = (Verdict.DRIFTED if evidence else Verdict.PASSED), evidence
    return tuple(StepVerdict(ran, *judgements[ran.step.key]) for ran in result.steps)


def judge_edited(ran: StepResult) -> StepVerdict:
    """The verdict of a step whose commands a presenter has changed: NEW where it has an exit status, whatever it is."""
    if not isinstance(ran.ending, Exited):
        verdict, evidence = _judge_alone(ran) or (Verdict.NEW, ())
        return StepVerdict(ran, verdict, evidence)
    status = f", exit status {ran.ending.status}" if ran.ending.status else ""
    return StepVerdict(ran, Verdict.NEW, (Evidence(Kind.REASON, f"edited{status}"),))


def same_recording(old: Recording, new: Recording, demo: Demo, masks: Mapping[str, str] = {}) -> bool:
    """Whether nothing that is compared or shown differs: then the file of *old* can stay as it is.

    That is: the same steps, made by the same, with the same exit statuses and, up to renaming, the same
    masked outputs in the same colours.
    """
    outlines = [
        [(step.step, step.made_by, step.exit, SGR.findall(step.output)) for step in recording.steps]
        for recording in (old, new)
    ]
    if old.demo != new.demo or outlines[0] != outlines[1]:
        return False
    drifts = {}
    for was, now in zip(old.steps, new.steps, strict=True):
        step = demo.find_step(now.step)
        options = step.options if step else StepOptions()
        drifts[now.step] = _compare_outputs(was.output, now.output, now.step, options, demo, masks)
    return not any(drift.changes for drift in drifts.values()) and not _identity_breaks(drifts)


def _judge_alone(ran: StepResult) -> tuple[Verdict, tuple[Evidence, ...]] | None:
    """The verdict that needs no recording; None if it depends on the recording."""
    ending, options = ran.ending, ran.step.options
    if isinstance(ending, Skipped):
        return Verdict.SKIPPED, (Evidence(Kind.REASON, ending.why),)
    screen = [Evidence(Kind.SCREEN, clip_line(line)) for line in plain_lines(ran.screen)[-_LAST_LINES:]]
    if isinstance(ending, Broken):
        return Verdict.BROKEN, (Evidence(Kind.REASON, ending.detail), *screen)
    silent = [
        Evidence(Kind.SILENT_FAILURE, f"{failure.at}: {failure.what} [{failure.kind}]")
        for failure in silent_failures(ran)
    ]
    if not ending.interrupted and (wrong := _wrong_status(ending.status, options.exit)):
        return Verdict.FAILED, (Evidence(Kind.STATUS, wrong), *silent, *screen)
    if options.match or options.json:
        plain = "\n".join(plain_lines(ran.screen))
        if misses := (*unmatched(options.match, plain), *json_misses(options.json, plain)):
            return Verdict.FAILED, (*(Evidence(Kind.EXPECTATION, miss) for miss in misses), *silent, *screen)
    if silent:
        return Verdict.SUSPECT, tuple(silent)
    return (Verdict.PASSED, ()) if options.match or options.json else None


_REFUSAL = re.compile("unknown|not.?found|unauthorized|denied|invalid|unsupported", re.IGNORECASE)
"""Patterns of `match` with these words are about answers of the registry that refuse something."""


def silent_failures(ran: StepResult) -> tuple[Witnessed, ...]:
    """The silent failures that are not meant: not allowed, not named by `match`, not what `exit` is about."""
    return tuple(failure for failure in ran.witnessed if not _is_meant(failure, ran.step.options))


def _is_meant(failure: Witnessed, options: StepOptions) -> bool:
    if is_allowed(failure.kind, options.allow) or (failure.expected and options.exit != 0):
        return True
    if failure.family == "http":
        status = failure.kind.removeprefix("http-")
        return any(re.search(rf"\b{status}\b", pattern) or _REFUSAL.search(pattern) for pattern in options.match)
    return failure.kind == "error-text" and any(re.search(pattern, failure.what) for pattern in options.match)


def _wrong_status(status: int, right: int | str) -> str:
    if right == "nonzero":
        return "" if status else "exit status 0, expected any other"
    return "" if status == right else f"exit status {status}, expected {right}"


def _why_new(step: Step, recording: Recording | None) -> str:
    if recording is None or all(recorded.step != step.key for recorded in recording.steps):
        return "nothing is recorded"
    return "recorded from something else: this step, one before it, or a file they use has changed"


def _compare(recorded: RecordedStep, ran: StepResult, demo: Demo, masks: Mapping[str, str]) -> Drift:
    options = ran.step.options
    drift = Drift((), ())
    if options.compare != "none":
        drift = _compare_outputs(recorded.output, ran.screen, ran.step.key, options, demo, masks)
    if not isinstance(ran.ending, Exited) or ran.ending.status == recorded.exit:
        return drift
    other_status = Evidence(Kind.STATUS, f"exit status {ran.ending.status}, recorded {recorded.exit}")
    return Drift((other_status, *drift.changes), drift.pairs)


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


def _identity_breaks(drifts: Mapping[str, Drift]) -> dict[str, list[Evidence]]:
    """By step: equal values that differ now, and the other way round, over the whole demo."""
    breaks: dict[str, list[Evidence]] = {}
    for broken in broken_identities([pair for drift in drifts.values() for pair in drift.pairs]):
        breaks.setdefault(broken.step, []).append(Evidence(Kind.IDENTITY, broken.text))
    return breaks
