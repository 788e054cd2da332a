"""`pytest --quarterdeck`, with and without pytest-xdist: an item for each demo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.pytest_world import VERDICTS
from support.suites import outcomes, run_pytest


@pytest.mark.parametrize(
    "workers", [(), ("-n", "2"), ("-n", "3", "--dist", "loadfile"), ("-n", "2", "--dist", "worksteal")]
)
def test_an_item_for_each_demo(world: Path, workers: tuple[str, ...]) -> None:
    """With and without pytest-xdist: verdicts become outcomes, and failures have our text and no traceback."""
    status, printed = run_pytest(world, "--quarterdeck", "-v", "-rN", *workers)
    fine = {"child", "parent", "passed"}
    expected = {name: "PASSED" if name in fine else "FAILED" for name in VERDICTS} | {"skipped": "SKIPPED"}
    assert (status, outcomes(printed)) == (1, expected)
    assert (
        "commands/failed.demo:3: FAILED failed-0 (Step 0)\n    exit status 0, expected 4\n  hint: try it by" in printed
    )
    assert re.search(r"^PASSED +\d+\.\d\d s  broken-0  Step 0\nBROKEN +\d", printed, re.MULTILINE)
    assert "Traceback" not in printed
    assert ".py:" not in printed.partition("FAILURES")[2]
