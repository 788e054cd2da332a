"""The report on a run for a person: what is wrong, a line for each demo, what took long, the sum, what to do next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from shlex import quote

from quarterdeck.base.quantities import count
from quarterdeck.check.demo_rules import stray_lines
from quarterdeck.check.line_diff import Evidence, Kind
from quarterdeck.check.mask_kinds import MASKS
from quarterdeck.check.report.paint import Look, make_safe, paint, paint_verdict, painted_width, strip_paint
from quarterdeck.check.verdict import RunVerdicts, StepVerdict, Verdict, answer, silent_failures, worst
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import Broken, Exited, Reason
from quarterdeck.demo.silent_failures import CURES

_FIXES = {
    Reason.TIMEOUT: "raise `timeout:`; `stop-after:` is for what never ends, `send:` for what waits for a line",
    Reason.NO_ANSWER: "a step may have changed PROMPT_COMMAND, or closed descriptors that it did not open",
    Reason.TOO_MUCH_OUTPUT: "show a part of it with `head` or `tail`, or write it to a file",
    Reason.SHELL_ENDED: "put parentheses around what calls `exit`, and leave out `set -e`, which ends an"
    " interactive shell at the first command that fails",
    Reason.OUT_OF_MEMORY: "raise `memory` in [stage] or in the demo's `stage:`",
    Reason.STAGE_FAILED: "`quarterdeck doctor` says what this machine lacks",
}
"""How to fix a BROKEN step."""

_LOOKS: Mapping[Kind, Look] = {Kind.REMOVED: "red", Kind.ADDED: "green", Kind.SCREEN: "dim", Kind.CUT: "dim"}

_MOST_LINES = 40
"""With more demos than these, the demos without a problem share a line."""
_LONG_S = 10.0
"""A run that took longer says what took long."""
_SLOWEST = 3
_WIDEST_NAME = 40
"""Columns; a longer name is not cut."""


def render_text(run: RunVerdicts) -> str:
    """The report on *run*: what is wrong, then a line for each demo, then the sum and what to do next."""
    return strip_paint(render_terminal(run))


def render_terminal(run: RunVerdicts) -> str:
    """Like `render_text`, in colours."""
    lines = []
    for demo, verdicts in run.wrong:
        lines += [*_problem_lines(demo, verdicts), ""]
    lines += [*_demo_lines(run), *([""] if run.judged else [])]
    return "\n".join([*lines, *_slowest(run), render_total(run), *_next(run)])


def render_problems(demo: Demo, verdicts: Sequence[StepVerdict]) -> str:
    """What is wrong with the steps of *demo*: place, evidence and hint of each; empty if nothing is."""
    return strip_paint("\n".join(_problem_lines(demo, verdicts)))


def _problem_lines(demo: Demo, verdicts: Sequence[StepVerdict]) -> Iterator[str]:
    wrong = [verdict for verdict in verdicts if not verdict.verdict.fine]
    for verdict, following in zip_longest(wrong, wrong[1:]):
        step = verdict.step
        caption = f" ({step.caption})" if step.caption else ""
        name = paint(f"{demo.short_name}-{step.key}", "bold")
        word = paint_verdict(verdict.verdict, verdict.verdict)
        yield make_safe(f"{step.at}: ") + f"{word} {name}" + make_safe(caption)
        holes = _holes_of(demo, verdict)
        yield from (f"    {_paint_evidence(evidence, holes)}" for evidence in verdict.evidence)
        hint = hint_for(demo, verdict)
        if following is None or hint_for(demo, following) != hint:
            yield f"  hint: {hint}"


def _holes_of(demo: Demo, verdict: StepVerdict) -> re.Pattern[str]:
    """A pattern of the holes in the evidence of a step that drifted; in that of others, it matches nothing."""
    names = (*MASKS, *demo.mask, *verdict.step.options.mask) if verdict.verdict is Verdict.DRIFTED else ()
    return re.compile("(<(?:" + "|".join(map(re.escape, names)) + ")>)" if names else "(?!)")


def _paint_evidence(evidence: Evidence, holes: re.Pattern[str]) -> str:
    """A line in the colour of its kind; the holes in it are grey."""
    look = _LOOKS.get(evidence.kind, "plain")
    parts = holes.split(make_safe(str(evidence)))
    return "".join(paint(part, "dim" if index % 2 else look) for index, part in enumerate(parts) if part)


def hint_for(demo: Demo, verdict: StepVerdict) -> str:
    """What to do about a step that is wrong."""
    name, step = quote(demo.name), verdict.step
    by_hand = f"try it by hand: `quarterdeck shell {name}`"
    match verdict.verdict, verdict.result.ending:
        case Verdict.NEW, _:
            return f"`quarterdeck record {name}` records it"
        case Verdict.DRIFTED, _ if step.options.stop_after_s:
            return (
                "what stands there after `stop-after` may be chance; with `compare: none` only the exit status counts"
            )
        case Verdict.DRIFTED, _:
            return f"if that is right, `quarterdeck check --update {name}` accepts it"
        case Verdict.SUSPECT, _:
            failures = silent_failures(verdict.result)
            cures = "; ".join(dict.fromkeys(CURES[failure.family] for failure in failures))
            kinds = ", ".join(dict.fromkeys(failure.kind for failure in failures))
            return f"{cures}; if it is meant: `#@ allow: [{kinds}]`"
        case Verdict.FAILED, Exited(status) if any(line.kind is Kind.STATUS for line in verdict.evidence):
            return f"{by_hand}; if that status is right, say so with `exit: {status}`"
        case Verdict.BROKEN, Broken(Reason.TIMEOUT | Reason.NO_ANSWER) if stray := stray_lines(step):
            return f"{stray.what}: {stray.hint}"
        case Verdict.BROKEN, Broken(Reason.TIMEOUT | Reason.NO_ANSWER) if step.options.send:
            return 'end what the step starts with a last line of `send:`, such as `exit`, or "\\x04" for Ctrl-D'
        case Verdict.BROKEN, Broken(reason):
            return _FIXES.get(reason, by_hand)
    return by_hand


def _demo_lines(run: RunVerdicts) -> Iterator[str]:
    """A line for each demo: a mark, its name, its steps by verdict, its seconds."""
    judged = run.judged
    if len(judged) > _MOST_LINES:
        fine = [verdicts for _, verdicts in judged if answer(verdicts)]
        if len(fine) > 1:
            steps = list(chain.from_iterable(fine))
            tick, time = paint("✓", "green"), paint(_seconds(steps), "dim")
            yield f"{tick} {len(fine)} demos  {count_verdicts(steps)}  {time}"
            judged = [(demo, verdicts) for demo, verdicts in judged if not answer(verdicts)]
    width = min(_WIDEST_NAME, max((painted_width(demo.name) for demo, _ in judged), default=0))
    sums = [count_verdicts(verdicts) for _, verdicts in judged]
    sums_width = max(map(painted_width, sums), default=0)
    for (demo, verdicts), total in zip(judged, sums, strict=True):
        name, accepted = _fill(make_safe(demo.name), width), demo.name in run.accepted
        aside = paint(f"{_seconds(verdicts)}{_aside(verdicts, accepted)}", "dim")
        yield f"{_mark(verdicts, accepted)} {name}  {_fill(total, sums_width)}  {aside}"


def _fill(text: str, width: int) -> str:
    return text + " " * (width - painted_width(text))


def _seconds(verdicts: Iterable[StepVerdict]) -> str:
    return f"{sum(verdict.seconds for verdict in verdicts):.1f} s"


def _slowest(run: RunVerdicts) -> Iterator[str]:
    if run.took_s is None or run.took_s < _LONG_S:
        return
    steps = [(step.seconds, f"{demo.short_name}-{step.step.key}") for demo, verdicts in run.judged for step in verdicts]
    slowest = sorted(steps, key=lambda step: -step[0])[:_SLOWEST]
    if len(steps) > _SLOWEST:
        yield paint("slowest: " + ", ".join(f"{name} {seconds:.1f} s" for seconds, name in slowest), "dim")


def render_total(run: RunVerdicts) -> str:
    """How many steps of how many demos, by verdict, and how long it took."""
    verdicts = list(chain.from_iterable(verdicts for _, verdicts in run.judged))
    steps, demos = count(len(verdicts), "step"), count(len(run.judged), "demo")
    took = f" in {run.took_s:.1f} s" if run.took_s is not None else ""
    rest = f"; {count(run.not_run, 'demo')} not run" if run.not_run else ""
    counts = f": {count_verdicts(verdicts)}" if verdicts else ""
    return f"{steps} of {demos}{took}{counts}{rest}"


def _next(run: RunVerdicts) -> Iterator[str]:
    wrong = run.wrong
    if wrong and {worst(verdicts) for _, verdicts in wrong} == {Verdict.NEW}:
        names = " ".join(quote(demo.name) for demo, _ in wrong)
        yield f"next: `quarterdeck record {names}`" if len(names) < 60 else "next: `quarterdeck record`"
    elif wrong:
        yield f"next: fix the steps above, then `quarterdeck check --lf` runs {count(len(wrong), 'demo')} again"


def count_verdicts(verdicts: Iterable[StepVerdict]) -> str:
    """As `3 passed, 1 drifted`, in colours."""
    counts = Counter(verdict.verdict for verdict in verdicts)
    words = [paint_verdict(f"{counts[verdict]} {verdict.lower()}", verdict) for verdict in Verdict if counts[verdict]]
    return ", ".join(words) or "no steps"


def _mark(verdicts: Sequence[StepVerdict], accepted: bool) -> str:
    verdict = worst(verdicts)
    if accepted or verdict.fine:
        return paint("-", "dim") if verdict is Verdict.SKIPPED else paint("✓", "green")
    return paint_verdict("✗", verdict)


def _aside(verdicts: Sequence[StepVerdict], accepted: bool) -> str:
    """The end of a demo's line: that it was recorded anew, why steps were skipped."""
    skipped = [verdict for verdict in verdicts if verdict.verdict is Verdict.SKIPPED and verdict.evidence]
    reasons = "; ".join(dict.fromkeys(verdict.evidence[0].text for verdict in skipped))
    return ("  recorded anew" if accepted else "") + (f"  skipped: {make_safe(reasons)}" if skipped else "")
