"""The summary of a run: a line for each demo, what took long, the sum, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from shlex import quote

from quarterdeck.check.report.paint import DIM, GREEN, make_safe, paint, paint_verdict, painted_width
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo.demo_file import Demo

Judged = tuple[Demo, tuple[StepVerdict, ...]]
"""A demo that ran, and a verdict for each of its steps."""

_MOST_LINES = 40
"""With more demos than these, the demos without a problem share a line."""
_LONG_S = 10.0
"""A run that took longer says what took long."""
_SLOWEST = 3
_WIDEST_NAME = 40
"""Columns; a longer name is not cut."""


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


def render_demos(run: RunVerdicts) -> Iterator[str]:
    """A line for each demo: a mark, its name, its steps by verdict, its seconds."""
    judged = run.judged
    if len(judged) > _MOST_LINES:
        fine = [verdicts for _, verdicts in judged if answer(verdicts)]
        if len(fine) > 1:
            steps = list(chain.from_iterable(fine))
            yield f"{paint('✓', GREEN)} {len(fine)} demos  {count_verdicts(steps)}  {paint(_seconds(steps), DIM)}"
            judged = [(demo, verdicts) for demo, verdicts in judged if not answer(verdicts)]
    width = min(_WIDEST_NAME, max((painted_width(demo.name) for demo, _ in judged), default=0))
    counts = [count_verdicts(verdicts) for _, verdicts in judged]
    counts_width = max(map(painted_width, counts), default=0)
    for (demo, verdicts), count in zip(judged, counts, strict=True):
        name, accepted = _fill(make_safe(demo.name), width), demo.name in run.accepted
        aside = paint(f"{_seconds(verdicts)}{_aside(verdicts, accepted)}", DIM)
        yield f"{_mark(verdicts, accepted)} {name}  {_fill(count, counts_width)}  {aside}"


def _fill(text: str, width: int) -> str:
    return text + " " * (width - painted_width(text))


def _seconds(verdicts: Iterable[StepVerdict]) -> str:
    return f"{sum(verdict.seconds for verdict in verdicts):.1f} s"


def render_slowest(run: RunVerdicts) -> Iterator[str]:
    """The steps that took longest, if the run took long."""
    if run.took_s is None or run.took_s < _LONG_S:
        return
    steps = [(step.seconds, f"{demo.short_name}-{step.step.key}") for demo, verdicts in run.judged for step in verdicts]
    slowest = sorted(steps, key=lambda step: -step[0])[:_SLOWEST]
    if len(steps) > _SLOWEST:
        yield paint("slowest: " + ", ".join(f"{name} {seconds:.1f} s" for seconds, name in slowest), DIM)


def render_total(run: RunVerdicts) -> str:
    """How many steps of how many demos, by verdict, and how long it took."""
    verdicts = list(chain.from_iterable(verdicts for _, verdicts in run.judged))
    steps, demos = _plural(len(verdicts), "step"), _plural(len(run.judged), "demo")
    took = f" in {run.took_s:.1f} s" if run.took_s is not None else ""
    rest = f"; {_plural(run.not_run, 'demo')} not run" if run.not_run else ""
    counts = f": {count_verdicts(verdicts)}" if verdicts else ""
    return f"{steps} of {demos}{took}{counts}{rest}"


def render_next(run: RunVerdicts) -> Iterator[str]:
    """The command to type next, if something is wrong."""
    wrong = run.wrong
    if wrong and {worst(verdicts) for _, verdicts in wrong} == {Verdict.NEW}:
        names = " ".join(quote(demo.name) for demo, _ in wrong)
        yield f"next: `quarterdeck record {names}`" if len(names) < 60 else "next: `quarterdeck record`"
    elif wrong:
        yield f"next: fix the steps above, then `quarterdeck check --lf` runs {_plural(len(wrong), 'demo')} again"


def count_verdicts(verdicts: Iterable[StepVerdict]) -> str:
    """As `3 passed, 1 drifted`, in colours."""
    counts = Counter(verdict.verdict for verdict in verdicts)
    words = [paint_verdict(f"{counts[verdict]} {verdict.lower()}", verdict) for verdict in Verdict if counts[verdict]]
    return ", ".join(words) or "no steps"


def _mark(verdicts: Sequence[StepVerdict], accepted: bool) -> str:
    verdict = worst(verdicts)
    if accepted or verdict.fine:
        return paint("-", DIM) if verdict is Verdict.SKIPPED else paint("✓", GREEN)
    return paint_verdict("✗", verdict)


def _aside(verdicts: Sequence[StepVerdict], accepted: bool) -> str:
    """The end of a demo's line: that it was recorded anew, why steps were skipped."""
    skipped = [verdict for verdict in verdicts if verdict.verdict is Verdict.SKIPPED and verdict.evidence]
    reasons = "; ".join(dict.fromkeys(verdict.evidence[0].text for verdict in skipped))
    return ("  recorded anew" if accepted else "") + (f"  skipped: {make_safe(reasons)}" if skipped else "")


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
