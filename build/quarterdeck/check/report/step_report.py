"""The report on a run for a person at a terminal: what is wrong in each demo, then the summary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from shlex import quote

from quarterdeck.check.demo_rules import stray_lines
from quarterdeck.check.line_diff import Evidence, Kind
from quarterdeck.check.mask_kinds import MASKS
from quarterdeck.check.report.paint import BOLD, DIM, GREEN, PLAIN, RED, make_safe, paint, paint_verdict, strip_paint
from quarterdeck.check.report.summary import RunVerdicts, render_demos, render_next, render_slowest, render_total
from quarterdeck.check.verdict import StepVerdict, Verdict, silent_failures
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

_COLOURS = {Kind.REMOVED: RED, Kind.ADDED: GREEN, Kind.SCREEN: DIM, Kind.CUT: DIM}


def render_text(run: RunVerdicts) -> str:
    """The report on *run*: what is wrong, then a line for each demo, then the sum and what to do next."""
    return strip_paint(render_terminal(run))


def render_terminal(run: RunVerdicts) -> str:
    """Like `render_text`, in colours."""
    lines = []
    for demo, verdicts in run.wrong:
        lines += [*_problem_lines(demo, verdicts), ""]
    lines += [*render_demos(run), *([""] if run.judged else [])]
    return "\n".join([*lines, *render_slowest(run), render_total(run), *render_next(run)])


def render_problems(demo: Demo, verdicts: Sequence[StepVerdict]) -> str:
    """What is wrong with the steps of *demo*: place, evidence and hint of each; empty if nothing is."""
    return strip_paint("\n".join(_problem_lines(demo, verdicts)))


def _problem_lines(demo: Demo, verdicts: Sequence[StepVerdict]) -> Iterator[str]:
    wrong = [verdict for verdict in verdicts if not verdict.verdict.fine]
    for verdict, following in zip_longest(wrong, wrong[1:]):
        step = verdict.step
        caption = f" ({step.caption})" if step.caption else ""
        name = paint(f"{demo.short_name}-{step.key}", BOLD)
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
    colour = _COLOURS.get(evidence.kind, PLAIN)
    parts = holes.split(make_safe(str(evidence)))
    return "".join(paint(part, DIM if index % 2 else colour) for index, part in enumerate(parts) if part)


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
