"""How steps ended, in a form that tests can compare."""

from __future__ import annotations

from quarterdeck.demo.recording import Broken, Exited, StepResult


def status_of(result: StepResult) -> int | None:
    """The exit status; None where there is none that counts."""
    return result.ending.status if isinstance(result.ending, Exited) else None


def broken_of(result: StepResult) -> str | None:
    """What broke the step, as a sentence; None where nothing did."""
    return result.ending.detail if isinstance(result.ending, Broken) else None
