"""The clock of a performance, and the journal of rehearsals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.present.clock import Clock, planned_until
from quarterdeck.present.journal import FOLDER, Journal, last_rehearsal, past_rehearsals
from quarterdeck.present.running_order import RunningOrder, Scripts, order_demo
from support.demo_projects import write_demos
from support.projects import quarterdeck
from support.running_orders import order_of


def timed(order: RunningOrder, timings: tuple[float, ...], planned_s: float | None = None) -> RunningOrder:
    """*order* with other times."""
    slides = tuple(replace(slide, planned_s=time) for slide, time in zip(order.slides, timings, strict=True))
    return replace(order, slides=slides, planned_s=planned_s)


@pytest.mark.parametrize(
    ("timings", "planned_s", "expected"),
    [
        ((0, 0, 0), None, [0.0] * 8),
        ((60, 90, 30), None, [60, 60, 60, 60, 150, 180, 180, 180]),
        ((0, 0, 0), 90, [30, 30, 30, 30, 60, 90, 90, 90]),
        ((60, 0, 0), 90, [70, 70, 70, 70, 80, 90, 90, 90]),
    ],
)
def test_the_plan(tmp_path: Path, timings: tuple[float, ...], planned_s: float | None, expected: list[float]) -> None:
    """The times of slides, and a duration of the whole, which is spread evenly over what has none."""
    assert planned_until(timed(order_of(tmp_path), timings, planned_s)) == pytest.approx(expected)


def test_the_clock(tmp_path: Path) -> None:
    """Elapsed, in this step, and behind the plan; a rehearsal that is resumed goes on."""
    now = 100.0
    clock = Clock(timed(order_of(tmp_path), (60, 90, 30)), lambda: now, elapsed_s=50.0)
    now = 130.0
    clock.begin_step()
    now = 135.0
    times = clock.times(3)
    assert (times.elapsed_s, times.step_s, times.late_s) == (85.0, 5.0, 25.0)
    assert Clock(timed(order_of(tmp_path), (0, 0, 0)), lambda: now).times(3).late_s is None


def test_a_rehearsal_that_is_killed_is_kept(tmp_path: Path) -> None:
    """Its lines are on the disk at once, and become one line when the next rehearsal starts."""
    order = order_of(tmp_path)
    journal = Journal(tmp_path, "talk", "2026-11-27T10:00:00+00:00")
    journal.performed(order.cues[3], 1.234, "PASSED", 10.0)
    journal.skipped(order.cues[4], 20.0)
    last = last_rehearsal(tmp_path, "talk")
    assert last is not None
    assert (last["position"], last["elapsed"]) == (5, 20.0)
    (tmp_path / FOLDER / "talk.running.jsonl").open("a").write('{"step": "cut o')
    Journal(tmp_path, "talk", "2026-11-28T10:00:00+00:00").close()
    (kept,) = past_rehearsals(tmp_path, "talk")
    assert kept == {
        "started": "2026-11-27T10:00:00+00:00",
        "position": 5,
        "elapsed": 20.0,
        "steps": [
            {"step": "main-2", "slide": 0, "seconds": 1.23, "verdict": "PASSED", "elapsed": 10.0},
            {"step": "main-3", "slide": 1, "verdict": "skipped", "elapsed": 20.0},
        ],
    }


def test_times_count_as_wrong_only_what_went_wrong(tmp_path: Path) -> None:
    """A step that was left out, that never runs or that has no recording is none."""
    order = order_of(tmp_path)
    journal = Journal(tmp_path, "main", "2026-11-27T10:00:00+00:00")
    for verdict in ("PASSED", "NEW", "SKIPPED", "recorded", "edited", "DRIFTED", "BROKEN"):
        journal.performed(order.cues[3], 1.0, verdict, 10.0)
    journal.skipped(order.cues[4], 20.0)
    journal.close()
    done = quarterdeck("rehearse", "main", "--times", cwd=tmp_path)
    assert done.stdout.split("\n")[0] == "2026-11-27 10:00      0:20  8 steps, 2 wrong"


def test_two_rehearsals_at_once_leave_a_journal(tmp_path: Path) -> None:
    """The second one closes the journal of the first, which goes on."""
    order = order_of(tmp_path)
    first = Journal(tmp_path, "talk", "2026-11-27T10:00:00+00:00")
    first.performed(order.cues[3], 1.0, "PASSED", 10.0)
    Journal(tmp_path, "talk", "2026-11-27T11:00:00+00:00").close()
    for cue in order.cues[3:5]:
        first.performed(cue, 1.0, "PASSED", 20.0)
    first.close()
    kept = past_rehearsals(tmp_path, "talk")
    assert [(line["started"], len(line["steps"])) for line in kept] == [
        ("2026-11-27T10:00:00+00:00", 1), ("2026-11-27T10:00:00+00:00", 2),
    ]  # fmt: skip


def test_optional_steps_are_offered_when_it_is_late(tmp_path: Path) -> None:
    """Those to come, and only behind the plan; `type: false` is for whoever shows the commands."""
    text = "# A\n\n# Zero\necho 0\n\n# One\n#@ optional: true\n#@ type: false\necho 1\n\n# Two\necho 2\n"
    project, problems = load_project(write_demos(tmp_path, {"a": text})), Problems()
    catalogue = Catalogue(project, problems)
    demo = catalogue.find_demo("a")
    assert demo is not None
    assert [step.options.typed for step in demo.steps] == [True, False, True]
    order = replace(order_demo(demo, Scripts(catalogue)), planned_s=60.0)
    now = 0.0
    clock = Clock(order, lambda: now)
    now = 30.0
    assert clock.to_leave_out(0) == ()
    now = 90.0
    assert [cue.name for cue, _ in clock.to_leave_out(0)] == ["a-1"]
    assert clock.to_leave_out(2) == ()
