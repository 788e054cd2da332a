"""What a run comes to, for a person who has five seconds: the demos, what took long, the sum, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from shlex import quote

from quarterdeck.check.report.paint import DIM, GREEN, make_safe, paint, paint_verdict, painted_width
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo.demo_file import Demo

Judged = tuple[Demo, tuple[StepVerdict, ...]]
"""A demo that ran, and a verdict for each of its steps."""

GRAVITY = (
    Verdict.BROKEN,
    Verdict.FAILED,
    Verdict.SUSPECT,
    Verdict.DRIFTED,
    Verdict.NEW,
    Verdict.PASSED,
    Verdict.SKIPPED,
)
"""Of the verdicts of a demo's steps, the first of these is the demo's."""

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

_MOST_LINES = 40
"""So many demos have a line each; of more, those where all is well share one."""
_LONG_S = 10.0
"""A run that took longer says what took long."""
_SLOWEST = 3
_WIDEST_NAME = 40
"""Columns; a longer name moves what is behind it, in its own line only."""


def answer(verdicts: Iterable[StepVerdict]) -> bool:
    """Whether the answer is yes: every step is PASSED or SKIPPED."""
    return all(one.verdict in _FINE for one in verdicts)


def worst(verdicts: Iterable[StepVerdict]) -> Verdict:
    """The verdict of a whole demo: the gravest of its steps'; PASSED if it has none."""
    found = {one.verdict for one in verdicts}
    return next((verdict for verdict in GRAVITY if verdict in found), Verdict.PASSED)


def render_demos(judged: Sequence[Judged], accepted: frozenset[str] = frozenset()) -> Iterator[str]:
    """A line for each demo: a mark, its name, its steps by verdict, its seconds."""
    if len(judged) > _MOST_LINES:
        fine = [one for one in judged if answer(one[1])]
        if len(fine) > 1:
            seconds = sum(step.seconds for _, verdicts in fine for step in verdicts)
            count = count_verdicts(step for _, verdicts in fine for step in verdicts)
            yield f"{paint('✓', GREEN)} {len(fine)} demos  {count}  {paint(f'{seconds:.1f} s', DIM)}"
            judged = [one for one in judged if not answer(one[1])]
    width = min(_WIDEST_NAME, max((painted_width(demo.name) for demo, _ in judged), default=0))
    counts = [count_verdicts(verdicts) for _, verdicts in judged]
    counts_width = max(map(painted_width, counts), default=0)
    for (demo, verdicts), count in zip(judged, counts, strict=True):
        name, mark = _filled(make_safe(demo.name), width), _mark(demo, verdicts, accepted)
        seconds = sum(one.seconds for one in verdicts)
        aside = paint(f"{seconds:.1f} s{_aside(demo, verdicts, accepted)}", DIM)
        yield f"{mark} {name}  {_filled(count, counts_width)}  {aside}"


def _filled(text: str, width: int) -> str:
    return text + " " * (width - painted_width(text))


def render_slowest(judged: Sequence[Judged], took_s: float | None) -> Iterator[str]:
    """The steps that took longest, if the run took long."""
    if took_s is None or took_s < _LONG_S:
        return
    steps = [(one.seconds, f"{demo.short_name}-{one.step.key}") for demo, verdicts in judged for one in verdicts]
    slowest = sorted(steps, key=lambda pair: -pair[0])[:_SLOWEST]
    if len(steps) > _SLOWEST:
        yield paint("slowest: " + ", ".join(f"{name} {seconds:.1f} s" for seconds, name in slowest), DIM)


def render_total(judged: Sequence[Judged], took_s: float | None = None, *, not_run: int = 0) -> str:
    """How many steps of how many demos, by verdict, and how long it took."""
    verdicts = [one for _, found in judged for one in found]
    steps, demos = _plural(len(verdicts), "step"), _plural(len(judged), "demo")
    took = f" in {took_s:.1f} s" if took_s is not None else ""
    rest = f"; {_plural(not_run, 'demo')} not run" if not_run else ""
    counts = f": {count_verdicts(verdicts)}" if verdicts else ""
    return f"{steps} of {demos}{took}{counts}{rest}"


def render_next(judged: Sequence[Judged], accepted: frozenset[str] = frozenset()) -> Iterator[str]:
    """The command to type next, if not all is well."""
    wrong = [(demo, worst(verdicts)) for demo, verdicts in judged if not answer(verdicts)]
    open_ones = [(demo.name, verdict) for demo, verdict in wrong if demo.name not in accepted]
    if not open_ones:
        return
    names = " ".join(quote(name) for name, _ in open_ones)
    kinds = {verdict for _, verdict in open_ones}
    if kinds == {Verdict.NEW}:
        yield f"next: `quarterdeck record {names}`" if len(names) < 60 else "next: `quarterdeck record`"
    else:
        yield f"next: fix the steps above, then `quarterdeck check --lf` runs {_plural(len(open_ones), 'demo')} again"


def count_verdicts(verdicts: Iterable[StepVerdict]) -> str:
    """As `3 passed, 1 drifted`, in colours."""
    found = Counter(one.verdict for one in verdicts)
    words = [paint_verdict(f"{found[verdict]} {verdict.lower()}", verdict) for verdict in _ORDER if found[verdict]]
    return ", ".join(words) or "no steps"


def _mark(demo: Demo, verdicts: Sequence[StepVerdict], accepted: frozenset[str]) -> str:
    verdict = worst(verdicts)
    if answer(verdicts) or demo.name in accepted:
        return paint("-", DIM) if verdict is Verdict.SKIPPED else paint("✓", GREEN)
    return paint_verdict("✗", verdict)


def _aside(demo: Demo, verdicts: Sequence[StepVerdict], accepted: frozenset[str]) -> str:
    """What else the line of a demo says: that it was recorded anew, why steps were skipped."""
    skipped = dict.fromkeys(one.evidence[0] for one in verdicts if one.verdict is Verdict.SKIPPED and one.evidence)
    anew = "  recorded anew" if demo.name in accepted else ""
    return anew + (f"  skipped: {make_safe('; '.join(skipped))}" if skipped else "")


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
