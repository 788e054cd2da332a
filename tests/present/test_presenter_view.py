"""The view that a presenter has of a performance: what is in it, and that it travels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quarterdeck.check.line_diff import Evidence, Kind
from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo.demo_file import Step
from quarterdeck.demo.recording import Exited, RecordedStep, Recording, StepResult
from quarterdeck.present.clock import Clock
from quarterdeck.present.presenter_view import LastStep, PresenterView, Scene, make_view, view_last
from quarterdeck.present.running_order import RunningOrder
from support.running_orders import order_of


def with_recording(order: RunningOrder, output: str) -> RunningOrder:
    """*order*, in which the first step of `main` has a recording."""
    script = order.scripts["main"]
    recorded = RecordedStep("zero", script.digests[0], 0, 2.5, output)
    return replace(
        order,
        planned_s=60.0,
        scripts={**order.scripts, "main": replace(script, recording=Recording("main", "2026-11-27", (), (recorded,)))},
    )


def edited(step: Step) -> Step:
    """*step* with another command."""
    return replace(step, script="echo ünd\n", shown=("echo ünd",))


def test_a_view_travels_as_a_line(tmp_path: Path) -> None:
    """With everything in it, also what no encoding has."""
    order = with_recording(order_of(tmp_path), "␛[1mzero␛[0m\nline two\udcff\n")
    cue = next(cue for cue in order.cues if cue.name == "main-zero")
    scene = Scene(
        0, cue, "typed", LastStep("base-0", "DRIFTED", "2 lines differ", ("- was", "+ is")),
        (edited(order.cues[3].step),), "go to: 3", ("no network",),
    )  # fmt: skip
    view = make_view(order, Clock(order, lambda: 7.0, elapsed_s=3.0), scene)
    line = view.render()
    assert "\n" not in line
    assert PresenterView.parse(line) == view
    end = make_view(order, Clock(order, lambda: 0.0), Scene(2, None, "end"))
    assert PresenterView.parse(end.render()) == end
    assert (end.step, end.following, end.position) == (None, None, len(order.cues))


@pytest.mark.parametrize("line", ["", "[]", "{}", "nonsense", '{"step": null}', '{"step": {"name": 1}}'])
def test_what_is_no_view_is_refused(line: str) -> None:
    """Also a view of a version with other fields."""
    with pytest.raises(ValueError, match=r"no view|Expecting"):
        PresenterView.parse(line)


def test_what_is_in_a_view(tmp_path: Path) -> None:
    """The slide with its notes, this step with its recording, and the next one that is shown."""
    order = with_recording(order_of(tmp_path), "0\n" * 1000)
    first = order.cues[order.shown_from(0)]
    view = make_view(order, Clock(order, lambda: 0.0), Scene(0, first, "prompt", edited=(edited(first.step),)))
    assert (view.slide_title, view.notes, view.slides) == ("First", "Say *hello*.", 3)
    assert view.step is not None
    assert (view.step.name, view.step.commands, view.step.edited) == ("main-2", ("echo ünd",), True)
    assert view.following is not None
    assert (view.following.name, view.following.edited) == ("main-3", False)
    zero = next(cue for cue in order.cues if cue.name == "main-zero")
    step = make_view(order, Clock(order, lambda: 0.0), Scene(2, zero, "prompt")).step
    assert step is not None
    assert step.recorded_s == 2.5
    assert step.recorded.split("\n")[-1] == "… 900 more lines"


@pytest.mark.parametrize(
    ("verdict", "evidence", "is_edited", "expected"),
    [
        (None, (), False, LastStep("main-2", "recorded", "recorded output", ())),
        (Verdict.PASSED, (), False, LastStep("main-2", "PASSED", "as recorded, 1.2 s", ())),
        (
            Verdict.DRIFTED,
            (Evidence(Kind.REMOVED, "was"),),
            False,
            LastStep("main-2", "DRIFTED", "1 line differs", ("- was",)),
        ),
        (
            Verdict.NEW,
            (Evidence(Kind.REASON, "edited, exit status 3"),),
            True,
            LastStep("main-2", "edited", "edited, exit status 3, 1.2 s", ()),
        ),
        (
            Verdict.BROKEN,
            (Evidence(Kind.REASON, "no answer"),),
            True,
            LastStep("main-2", "BROKEN", "BROKEN no answer", ("no answer",)),
        ),
    ],
)
def test_how_a_step_ended(
    tmp_path: Path, verdict: Verdict | None, evidence: tuple[Evidence, ...], is_edited: bool, expected: LastStep
) -> None:
    """In a few words, with the evidence; a command that was changed is not compared."""
    order = order_of(tmp_path)
    cue = order.cues[order.shown_from(0)]
    judged = StepVerdict(StepResult(cue.step, Exited(0), 1.2), verdict, evidence) if verdict else None
    assert view_last(cue, judged, edited=is_edited) == expected
