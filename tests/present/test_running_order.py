"""Running orders: which steps are performed when, and what each needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.present.running_order import Scripts, order_demo
from support.demo_projects import write_demos
from support.running_orders import DEMOS, order_of


def test_cues_come_after_what_they_need(tmp_path: Path) -> None:
    """Ancestors, earlier steps and hidden ones first; a step that comes a second time is marked so."""
    order = order_of(tmp_path)
    assert [(cue.slide, cue.name, cue.shown, cue.again) for cue in order.cues] == [
        (0, "base-0", False, False),
        (0, "main-zero", False, False),
        (0, "main-1", False, False),
        (0, "main-2", True, False),
        (1, "main-3", True, False),
        (2, "main-zero", True, True),
        (2, "main-2", True, True),
    ]
    assert order.needed(order.cues[3]) == (("base", 0), ("main", 0), ("main", 1))
    assert order.needed(order.cues[4], frozenset({("main", 1)})) == (("base", 0), ("main", 0), ("main", 2))


def test_slides_have_titles_notes_and_times(tmp_path: Path) -> None:
    """Hidden slides are left out."""
    slides = order_of(tmp_path).slides
    assert [(slide.title, slide.notes, slide.planned_s) for slide in slides] == [
        ("First", "Say *hello*.", 0.0),
        ("Second", "", 90.0),
        ("Again", "", 0.0),
    ]


def test_a_deck_may_have_a_duration(tmp_path: Path) -> None:
    """In seconds; without one there is none."""
    assert order_of(tmp_path, "slides: [talk.md]\nduration: 45m\n").planned_s == 2700.0
    assert order_of(tmp_path).planned_s is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("4", "main-2"),
        ("main-3", "main-3"),
        ("zero", "main-zero"),
        ("three", "main-3"),
        ("second", "main-3"),
        ("9", None),
        (" ", None),
    ],
)
def test_a_cue_is_found_by_what_a_presenter_types(tmp_path: Path, text: str, name: str | None) -> None:
    """A number from 1, the name of a step, a part of a caption or of a slide's title."""
    cue = order_of(tmp_path).find(text)
    assert (cue.name if cue else None) == name


def test_a_demo_shows_its_own_steps(tmp_path: Path) -> None:
    """Those that are hidden, and those of the demos before it, only prepare."""
    project, problems = load_project(write_demos(tmp_path, DEMOS)), Problems()
    catalogue = Catalogue(project, problems)
    main = catalogue.find_demo("main")
    assert main is not None
    order = order_demo(main, Scripts(catalogue))
    assert [(cue.name, cue.shown) for cue in order.cues] == [
        ("base-0", False),
        ("main-zero", True),
        ("main-1", False),
        ("main-2", True),
        ("main-3", True),
    ]
