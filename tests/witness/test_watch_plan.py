"""What is watched while a step runs. The cases are in watch_plans.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.witness.evidence import SessionHistory
from quarterdeck.witness.watch_plan import make_watch_plan
from support.golden import Case, load_cases

CASES = load_cases(Path(__file__).with_name("watch_plans.md"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_watch_plan(case: Case) -> None:
    """As little as the step requires, and nothing that it could notice."""
    history = SessionHistory()
    plans = [make_watch_plan(step, history) for step in case.input.replace("\n--\n", "\n\0").split("\0")]
    case.compare("".join(" ".join([plan.line, *(["requests"] * plan.asks)]) + "\n" for plan in plans))
