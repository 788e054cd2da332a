"""What a notes terminal shows, without a terminal."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from wcwidth import wcswidth

from quarterdeck.present.clock import Times
from quarterdeck.present.presenter_view import LastStep, OptionalStep, PresenterView, StepView
from quarterdeck.rehearse.notes_screen import draw_notes

STEP = StepView(
    "layers-put", "Write a manifest", ("cat >m <<END", "text", "END", "curl localhost"), ("Ada", "yes"),
    "␛[1mHTTP␛[0m/1.1 201\n" + "line\n" * 50, 1.0, False, False,
)  # fmt: skip
VIEW = PresenterView(
    title="Container images",
    slide=1,
    slides=12,
    slide_title="What a registry stores",
    notes="Say **hello**.\n\n" + "".join(f"- item {number}\n" for number in range(30)),
    position=3,
    positions=31,
    phase="prompt",
    step=STEP,
    following=StepView("layers-get", "Read it", ("curl -s x",), (), "", None, True, False),
    last=LastStep("layers-ls", "DRIFTED", "2 lines differ", ("  same", "- was", "+ is")),
    times=Times(187.0, 5.0, 29.0),
    optional=(OptionalStep("layers-get", "Read it", 40.0), OptionalStep("layers-x", "X", 30.0)),
    message="",
    warnings=("no network: steps that need it will fail",),
)


def drawn(view: PresenterView, rows: int = 30, columns: int = 100, since_s: float = 0.0, scroll: int = 0) -> list[str]:
    """The lines of the screen, without colours."""
    frame = draw_notes(view, since_s, rows, columns, scroll, lost=False)
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in frame.lines]


@pytest.mark.parametrize(("rows", "columns"), [(30, 100), (24, 80), (60, 200), (10, 40), (5, 20), (3, 10)])
@pytest.mark.parametrize("notes", [VIEW.notes, ""])
def test_it_fits(rows: int, columns: int, notes: str) -> None:
    """In any size: as many lines as the terminal has, none wider, and the clock on top."""
    lines = drawn(replace(VIEW, notes=notes), rows, columns)
    assert len(lines) == rows
    assert max(wcswidth(line) for line in lines) <= columns
    assert lines[0].startswith("3:07")


def test_what_is_where() -> None:
    """The clock, the notes, this step with what is to be typed and what was recorded, the next, the last, warnings."""
    lines = drawn(VIEW, rows=36)
    assert lines[0].split() == ["3:07", "0:29", "late", "Container", "images", "slide", "2/12", "step", "4/31"]
    assert lines[2:4] == ["What a registry stores", "Say hello."]
    text = "\n".join(lines)
    steps = """now   Write a manifest
      $ cat >m <<END
      > text
      > END
      $ curl localhost
      type: Ada
      type: yes
      HTTP/1.1 201
      line"""
    assert steps in text
    assert "next  Read it   optional\n      $ curl -s x" in text
    assert "last  ≠ layers-ls  2 lines differ\n        same\n      - was\n      + is" in text
    assert lines[-2] == "late: leave out layers-get (0:40), layers-x (0:30) = 1:10"
    assert lines[-1] == "! no network: steps that need it will fail"


def test_the_clock_goes_on_between_views() -> None:
    """What was early when the view was made is late now, and only then something is to be left out."""
    early = replace(VIEW, times=Times(10.0, 0.0, -5.0))
    assert drawn(early)[0].startswith("0:10   0:05 early")
    assert "leave out" not in "\n".join(drawn(early))
    lines = drawn(early, since_s=65.0)
    assert lines[0].startswith("1:15   1:00 late")
    assert "leave out" in "\n".join(lines)


def test_notes_are_scrolled() -> None:
    """As far as there are more; what is below stays where it is."""
    top = drawn(VIEW)
    frame = draw_notes(VIEW, 0.0, 30, 100, 10_000, lost=False)
    end = drawn(VIEW, scroll=frame.longest_scroll)
    assert re.search(r"↓ \d+ more lines", "\n".join(top))
    assert "item 29" in "\n".join(end)
    assert "↓" not in "\n".join(end)
    assert top.index("now   Write a manifest") == end.index("now   Write a manifest")
