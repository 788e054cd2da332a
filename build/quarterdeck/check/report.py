"""The verdicts of a run as a person at a terminal reads them: the demos, what is wrong in each, the sum."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from quarterdeck.check.lint import stray_lines
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo import Demo
from quarterdeck.witnessed import CURES

Judged = tuple[Demo, tuple[StepVerdict, ...]]
"""A demo that ran, and a verdict for each of its steps."""

_FINE = (Verdict.PASSED, Verdict.SKIPPED)
_ORDER = (
    Verdict.PASSED,
    Verdict.FAILED,
    Verdict.BROKEN,
    Verdict.SUSPECT,
    Verdict.DRIFTED,
    Verdict.NEW,
    Verdict.SKIPPED,
)
"""The order in which they are counted."""

_PLAIN, _BOLD, _DIM, _RED, _GREEN, _YELLOW = "0", "1", "2", "31", "32", "33"
_COLOURS = {
    Verdict.PASSED: _GREEN,
    Verdict.SKIPPED: _DIM,
    Verdict.NEW: _YELLOW,
    Verdict.DRIFTED: _YELLOW,
    Verdict.SUSPECT: _YELLOW,
}
"""What is not here is red."""

_CURES = {
    "timeout": "raise `timeout:`; `stop-after:` is for what never ends, `send:` for what waits for a line",
    "too much output": "show a part of it with `head` or `tail`, or write it to a file",
    "the step ended the shell": "put parentheses around what calls `exit`, and leave out `set -e`, which ends an"
    " interactive shell at the first command that fails",
    "out of memory": "raise `memory` in [stage] or in the demo's `stage:`",
    "the stage failed": "`quarterdeck doctor` says what this machine lacks",
}
"""What mends a BROKEN step, by the start of what is said of it."""

_SIGNS = {"-": _RED, "+": _GREEN, "|": _DIM, "…": _DIM}
_CONTROLS = {code: chr(0x2400 + code) for code in range(32) if code != 9} | {0x7F: "␡", 0x9B: "␛"}
"""Control characters as pictures: an output must not steer the terminal that its report is read on."""


def answer(verdicts: Iterable[StepVerdict]) -> bool:
    """Whether the answer is yes: every step is PASSED or SKIPPED."""
    return all(one.verdict in _FINE for one in verdicts)


def render_report(judged: Sequence[Judged], *, colour: bool) -> str:
    """The report on *judged*; *colour* adds the codes of ECMA-48."""
    lines = list(_demo_lines(judged))
    for demo, verdicts in judged:
        if not answer(verdicts):
            lines += ["", *_problem_lines(demo, verdicts)]
    text = "\n".join([*lines, "", _total(judged)] if lines else [_total(judged)])
    return text if colour else re.sub(r"\x1b\[[0-9]+m", "", text)


def _demo_lines(judged: Sequence[Judged]) -> Iterator[str]:
    width = max((len(demo.name) for demo, _ in judged), default=0)
    counts = [_counts(verdicts) for _, verdicts in judged]
    counts_width = max(map(_width, counts), default=0)
    for (demo, verdicts), count in zip(judged, counts, strict=True):
        padding = " " * (counts_width - _width(count))
        seconds = sum(one.seconds for one in verdicts)
        skipped = dict.fromkeys(one.evidence[0] for one in verdicts if one.verdict is Verdict.SKIPPED and one.evidence)
        why = f"  skipped: {_safe('; '.join(skipped))}" if skipped else ""
        yield f"{demo.name:{width}}  {count}{padding}  {_paint(f'{seconds:.1f} s{why}', _DIM)}"


def _problem_lines(demo: Demo, verdicts: Sequence[StepVerdict]) -> Iterator[str]:
    wrong = [one for one in verdicts if one.verdict not in _FINE]
    for one, following in zip(wrong, [*wrong[1:], None], strict=True):
        step = one.step
        caption = f" ({step.caption})" if step.caption else ""
        name = _paint(f"{demo.short_name}-{step.key}", _BOLD)
        yield _safe(f"{step.at}: ") + _word(one.verdict, one.verdict) + " " + name + _safe(caption)
        yield from (f"    {_paint(_safe(line), _SIGNS.get(line[:1], _PLAIN))}" for line in one.evidence)
        hint = _hint(demo, one)
        if following is None or _hint(demo, following) != hint:
            yield f"  hint: {hint}"


def _hint(demo: Demo, one: StepVerdict) -> str:
    """What to do next."""
    by_hand = f"try it by hand: `quarterdeck shell {demo.name}`"
    why = one.evidence[0] if one.evidence else ""
    match one.verdict:
        case Verdict.NEW:
            return f"`quarterdeck record {demo.name}` records it"
        case Verdict.DRIFTED if one.step.options.stop_after_s:
            return (
                "what stands there after `stop-after` may be chance; with `compare: none` only the exit status counts"
            )
        case Verdict.DRIFTED:
            return f"if that is right, `quarterdeck check --update {demo.name}` accepts it"
        case Verdict.SUSPECT:
            cures = "; ".join(dict.fromkeys(CURES[fact.family] for fact in one.silent))
            kinds = ", ".join(dict.fromkeys(fact.kind for fact in one.silent))
            return f"{cures}; if it is meant: `#@ allow: [{kinds}]`"
        case Verdict.FAILED if status := re.match(r"exit status ([0-9]+), expected", why):
            return f"{by_hand}; if that status is right, say so with `exit: {status[1]}`"
        case Verdict.BROKEN if why.startswith("timeout") and (stray := stray_lines(one.step)):
            return f"{stray.what}: {stray.hint}"
        case Verdict.BROKEN if "no longer answers" in why:
            return "a step may have changed PROMPT_COMMAND, or closed descriptors that it did not open"
        case Verdict.BROKEN:
            return next((cure for start, cure in _CURES.items() if why.startswith(start)), by_hand)
    return by_hand


def _total(judged: Sequence[Judged]) -> str:
    verdicts = [one for _, verdicts in judged for one in verdicts]
    steps, demos = _plural(len(verdicts), "step"), _plural(len(judged), "demo")
    return f"{steps} of {demos}: {_counts(verdicts)}" if verdicts else f"{steps} of {demos}"


def _counts(verdicts: Iterable[StepVerdict]) -> str:
    found = Counter(one.verdict for one in verdicts)
    words = [_word(f"{found[verdict]} {verdict.lower()}", verdict) for verdict in _ORDER if found[verdict]]
    return ", ".join(words) or "no steps"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _word(text: str, verdict: Verdict) -> str:
    return _paint(text, _COLOURS.get(verdict, _RED))


def _paint(text: str, code: str) -> str:
    return text if code == _PLAIN else f"\x1b[{code}m{text}\x1b[0m"


def _safe(text: str) -> str:
    return text.translate(_CONTROLS)


def _width(text: str) -> int:
    return len(re.sub(r"\x1b\[[0-9]+m", "", text))
