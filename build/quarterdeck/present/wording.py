"""How times and verdicts are worded for a presenter, who has a second to read them."""

from __future__ import annotations

from quarterdeck.check.line_diff import Kind
from quarterdeck.check.verdict import StepVerdict, Verdict

EDITED = "edited"
"""The verdict of a step whose command the presenter has changed: there is nothing to compare it with."""
RECORDED = "recorded"
"""The verdict of a step whose recording was played."""
LEFT_OUT = "skipped"
"""In journals: the presenter left the step out."""
FINE = frozenset({Verdict.PASSED.value, Verdict.NEW.value, Verdict.SKIPPED.value, EDITED, RECORDED, LEFT_OUT})
"""The verdicts of steps in which nothing went wrong, in words."""


def verdict_word(verdict: StepVerdict | None, *, edited: bool) -> str:
    """The verdict in a word, as journals have it; None: the recording was played."""
    if verdict is None:
        return RECORDED
    return EDITED if edited and verdict.verdict is Verdict.NEW else verdict.verdict.value


def describe_verdict(verdict: StepVerdict | None, *, edited: bool = False) -> str:
    """The verdict in a few words; None: the recording was played."""
    word = verdict_word(verdict, edited=edited)
    if verdict is None:
        return "recorded output"
    if word == EDITED:
        return f"{verdict.evidence[0]}, {verdict.seconds:.1f} s"
    if verdict.verdict is Verdict.PASSED:
        return f"as recorded, {verdict.seconds:.1f} s"
    if verdict.verdict is Verdict.NEW:
        return f"not recorded, {verdict.seconds:.1f} s"
    if verdict.verdict is Verdict.DRIFTED:
        changed = sum(line.kind in (Kind.ADDED, Kind.REMOVED) for line in verdict.evidence)
        return f"{changed or 'some'} {'line differs' if changed == 1 else 'lines differ'}"
    return f"{word} {verdict.evidence[0] if verdict.evidence else ''}".rstrip()


def format_time(seconds: float) -> str:
    """Minutes and seconds, `3:07`; hours where there are any."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def format_late(seconds: float) -> str:
    """How late it is: `2:10 late`, `0:30 early`, `on time`."""
    if abs(seconds) < 1:
        return "on time"
    return f"{format_time(abs(seconds))} {'late' if seconds > 0 else 'early'}"
