"""The verdicts of a run as a person at a terminal reads them: what is wrong in each demo, then the summary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from shlex import quote

from quarterdeck.check.demo_rules import stray_lines
from quarterdeck.check.mask_kinds import MASKS
from quarterdeck.check.report.paint import BOLD, DIM, GREEN, PLAIN, RED, make_safe, paint, paint_verdict, strip_paint
from quarterdeck.check.report.summary import Judged, answer, render_demos, render_next, render_slowest, render_total
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.silent_failures import CURES

_CURES = {
    "timeout": "raise `timeout:`; `stop-after:` is for what never ends, `send:` for what waits for a line",
    "too much output": "show a part of it with `head` or `tail`, or write it to a file",
    "the step ended the shell": "put parentheses around what calls `exit`, and leave out `set -e`, which ends an"
    " interactive shell at the first command that fails",
    "out of memory": "raise `memory` in [stage] or in the demo's `stage:`",
    "the stage failed": "`quarterdeck doctor` says what this machine lacks",
}
"""How to fix a BROKEN step, by the start of its evidence."""

_SIGNS = {"-": RED, "+": GREEN, "|": DIM, "…": DIM}


def render_report(
    judged: Sequence[Judged],
    *,
    colour: bool,
    took_s: float | None = None,
    accepted: frozenset[str] = frozenset(),
    not_run: int = 0,
) -> str:
    """The report on *judged*: what is wrong, then a line for each demo, then the sum and what to do next.

    Args:
        judged: The demos that ran, with the verdicts of their steps.
        colour: Add the codes of ECMA-48.
        took_s: Seconds that all of it took, if that is of interest.
        accepted: Names of demos that were recorded anew: what is not as recorded there is not wrong.
        not_run: How many demos did not get their turn.
    """
    lines = []
    for demo, verdicts in judged:
        if not answer(verdicts) and demo.name not in accepted:
            lines += [*_problem_lines(demo, verdicts), ""]
    lines += [*render_demos(judged, accepted), *([""] if judged else [])]
    lines += [*render_slowest(judged, took_s), render_total(judged, took_s, not_run=not_run)]
    text = "\n".join([*lines, *render_next(judged, accepted)])
    return text if colour else strip_paint(text)


def render_problems(demo: Demo, verdicts: Sequence[StepVerdict]) -> str:
    """What is wrong with the steps of *demo*: place, evidence and hint of each; nothing if nothing is."""
    return strip_paint("\n".join(_problem_lines(demo, verdicts)))


def _problem_lines(demo: Demo, verdicts: Sequence[StepVerdict]) -> Iterator[str]:
    wrong = [one for one in verdicts if not answer([one])]
    for one, following in zip_longest(wrong, wrong[1:]):
        step = one.step
        caption = f" ({step.caption})" if step.caption else ""
        name = paint(f"{demo.short_name}-{step.key}", BOLD)
        yield make_safe(f"{step.at}: ") + paint_verdict(one.verdict, one.verdict) + " " + name + make_safe(caption)
        holes = _holes_of(demo, one)
        yield from (f"    {_paint_evidence(make_safe(line), holes)}" for line in one.evidence)
        hint = hint_for(demo, one)
        if following is None or hint_for(demo, following) != hint:
            yield f"  hint: {hint}"


def _holes_of(demo: Demo, one: StepVerdict) -> re.Pattern[str]:
    """What finds the holes in the evidence of a step that drifted, and nothing in that of others."""
    names = (*MASKS, *demo.mask, *one.step.options.mask) if one.verdict is Verdict.DRIFTED else ()
    return re.compile("(<(?:" + "|".join(map(re.escape, names)) + ")>)" if names else "(?!)")


def _paint_evidence(line: str, holes: re.Pattern[str]) -> str:
    """A line of evidence in the colour of its sign; what is volatile in it is no news, and grey."""
    code = _SIGNS.get(line[:1], PLAIN)
    parts = holes.split(line)
    return "".join(paint(part, DIM if index % 2 else code) for index, part in enumerate(parts) if part)


def hint_for(demo: Demo, one: StepVerdict) -> str:
    """What to do next."""
    name = quote(demo.name)
    by_hand = f"try it by hand: `quarterdeck shell {name}`"
    why = one.evidence[0] if one.evidence else ""
    match one.verdict:
        case Verdict.NEW:
            return f"`quarterdeck record {name}` records it"
        case Verdict.DRIFTED if one.step.options.stop_after_s:
            return (
                "what stands there after `stop-after` may be chance; with `compare: none` only the exit status counts"
            )
        case Verdict.DRIFTED:
            return f"if that is right, `quarterdeck check --update {name}` accepts it"
        case Verdict.SUSPECT:
            cures = "; ".join(dict.fromkeys(CURES[fact.family] for fact in one.silent))
            kinds = ", ".join(dict.fromkeys(fact.kind for fact in one.silent))
            return f"{cures}; if it is meant: `#@ allow: [{kinds}]`"
        case Verdict.FAILED if status := re.match(r"exit status ([0-9]+), expected", why):
            return f"{by_hand}; if that status is right, say so with `exit: {status[1]}`"
        case Verdict.BROKEN if why.startswith("timeout") and (stray := stray_lines(one.step)):
            return f"{stray.what}: {stray.hint}"
        case Verdict.BROKEN if why.startswith("timeout") and one.step.options.send:
            return 'end what the step starts with a last line of `send:`, such as `exit`, or "\\x04" for Ctrl-D'
        case Verdict.BROKEN if "no longer answers" in why:
            return "a step may have changed PROMPT_COMMAND, or closed descriptors that it did not open"
        case Verdict.BROKEN:
            return next((cure for start, cure in _CURES.items() if why.startswith(start)), by_hand)
    return by_hand
