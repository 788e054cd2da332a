"""When a burst of changes is over, for the ways in which editors write files."""

from __future__ import annotations

import pytest

from quarterdeck.serve.burst import Burst, Kind

Changes = list[tuple[float, str, Kind]]
"""Milliseconds, file, and what happened to it."""

CASES: dict[str, tuple[Changes, float]] = {
    "truncated, written and closed": ([(0, "a", "written"), (1, "a", "written"), (2, "a", "closed")], 12),
    "half-written": ([(0, "a", "written"), (5, "b", "closed")], 1000),
    "a temporary file renamed over it": (
        [(0, "t", "created"), (1, "t", "written"), (2, "t", "closed"), (3, "t", "removed"), (3, "a", "replaced")],
        13,
    ),
    "renamed to a backup and written anew": (
        [(0, "a", "removed"), (0, "b", "replaced"), (4, "a", "created"), (5, "a", "written"), (6, "a", "closed")],
        66,
    ),
    "removed": ([(0, "a", "removed")], 60),
    "many files": ([(number, str(number), "closed") for number in range(10)], 69),
    "written all the time": ([(number * 100, "log", "written") for number in range(100)], 5000),
}


@pytest.mark.parametrize("case", CASES)
def test_the_end_of_a_burst(case: str) -> None:
    """A build starts this many milliseconds after the first change."""
    changes, end = CASES[case]
    burst = Burst(reports_closing=True)
    for at, path, kind in changes:
        burst.add(path, kind, at / 1000)
    assert burst.ends_at() == pytest.approx(end / 1000)
    assert burst.paths == {path for _, path, _ in changes}


def test_without_reports_of_closing() -> None:
    """A file that is not known to be open does not wait to be closed, but every burst is a long one."""
    burst = Burst(reports_closing=False)
    assert burst.ends_at() is None
    burst.add("a", "written", 1.0)
    assert burst.ends_at() == pytest.approx(1.06)
