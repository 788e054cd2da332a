"""How a preflight judges what it has gathered: the page, line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import StageError
from quarterdeck.check.report.paint import strip_paint
from quarterdeck.check.verdict import Verdict
from quarterdeck.preflight.facts import DeckFacts, Facts, PageState, TerminalSize
from quarterdeck.preflight.network_needs import Need, network_needs
from quarterdeck.preflight.preflight_page import render_page, render_readiness_json
from quarterdeck.preflight.readiness import judge_readiness
from quarterdeck.present.running_order import RunningOrder, StepKey
from support.preflight_facts import ENGINE, GB, facts_of, recorded_order, two_runs
from support.running_orders import order_of

BASE, ZERO, HIDDEN, TWO, THREE = ("base", 0), ("main", 0), ("main", 1), ("main", 2), ("main", 3)
FINE = """\
talk: 5 steps

✓ engine      Docker 28.0.1
✓ images      there: stage:1
✓ disk        50.0 GB free
✓ memory      16.0 GB free, enough for a second stage
✓ terminal    120 x 40 characters
✓ steps       5 steps of 2 demos as recorded
✓ network     no step needs it
✓ recordings  fit their steps and are committed
✓ deck        site/talk.html is up to date
· time        1:35 min planned (steps 5 s, recorded 5 s)

GO"""


@pytest.fixture
def order(tmp_path: Path) -> RunningOrder:
    """A deck of which each step is recorded."""
    return recorded_order(tmp_path)


def page_of(facts: Facts) -> str:
    """The page on *facts*, without colours."""
    return strip_paint(render_page(judge_readiness(facts), 100))


def new_lines(facts: Facts) -> list[str]:
    """The lines of the page on *facts* that it does not have when all is fine, without the last."""
    return [line for line in page_of(facts).split("\n")[:-1] if line not in FINE.split("\n")]


def test_all_is_fine(order: RunningOrder) -> None:
    """A line a topic, and go."""
    assert page_of(facts_of(order)) == FINE


def test_a_warning_is_no_reason_to_stay(order: RunningOrder) -> None:
    """It is shown, and the answer stays go."""
    page = page_of(facts_of(order, free_memory=2 * GB))
    assert "! memory      2.0 GB free: no second stage below 4.0 GB, so going back runs steps again\n" in page
    assert page.endswith("\n\nGO")


NO_ENGINE = StageError("no Docker engine answers at unix:///x.sock", "start one")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"engine": replace(ENGINE, images={"a:1": False, "b:2": True, "c:3": False})},
            ["✗ images      2 images of stages missing: a:1, c:3", "fix: docker pull a:1 && docker pull c:3"],
        ),
        (
            {"engine": replace(ENGINE, free_disk=3 * GB)},
            ["! disk        only 3.0 GB of disk free", "fix: `docker system prune` makes room"],
        ),
        (
            {"engine": replace(ENGINE, free_disk=GB // 2)},
            ["✗ disk        only 0.5 GB of disk free", "fix: `docker system prune` makes room"],
        ),
        (
            {"engine": replace(ENGINE, free_disk=None)},
            ["- disk        not judged: the engine's disk is on another machine"],
        ),
        (
            {"terminal": TerminalSize(100, 29)},
            [
                "! terminal    100 x 29 characters, less than 100 x 30",
                "fix: make the window larger, or its letters smaller",
            ],
        ),
        ({"terminal": None}, ["- terminal    not judged: the output goes elsewhere"]),
        (
            {"uncommitted": ("commands/base.recording.yaml",)},
            [
                "! recordings  1 recording not committed: commands/base.recording.yaml",
                "fix: git add commands/base.recording.yaml && git commit",
            ],
        ),
        ({"uncommitted": None}, ["✓ recordings  fit their steps; no git here"]),
        ({"deck": None}, []),
        (
            {"deck": DeckFacts("site/talk.html", PageState.MISSING)},
            ["✗ deck        site/talk.html is missing", "fix: `quarterdeck build talk`"],
        ),
        (
            {"deck": DeckFacts("site/talk.html", PageState.OUTDATED)},
            ["✗ deck        site/talk.html is out of date", "fix: `quarterdeck build talk`"],
        ),
        (
            {"deck": DeckFacts("site/talk.html", None, ("slides/talk.md:3: no file 'a.png'",))},
            [
                "✗ deck        the deck cannot be built: slides/talk.md:3: no file 'a.png'",
                "fix: `quarterdeck build talk` shows all errors",
            ],
        ),
    ],
)
def test_machine_and_files(order: RunningOrder, changes: Mapping[str, Any], expected: list[str]) -> None:
    """What is wrong, with its fix; what cannot be known is not judged."""
    assert [line.strip() for line in new_lines(facts_of(order, **changes))] == expected


def test_no_engine(order: RunningOrder) -> None:
    """The page is there, and says what is not judged."""
    facts = facts_of(order, engine=NO_ENGINE, runs=two_runs(replace(order, cues=())))
    lines = new_lines(facts)
    assert lines[0] == "✗ engine      no Docker engine answers at unix:///x.sock"
    assert lines[1].startswith("              fix: ")
    assert lines[2:] == [
        "- steps       not judged: no engine",
        "- network     not judged: the steps did not run without it",
    ]
    assert page_of(facts).endswith("\nNO GO: no Docker engine answers at unix:///x.sock")
    assert not judge_readiness(facts).ran


def test_a_stage_that_does_not_come_up(order: RunningOrder) -> None:
    """Its demos did not run, the reason is there in one line."""
    runs = replace(two_runs(order), failures={"main": StageError("the stage does not come up:\nlog", "see x\nlog")})
    report = judge_readiness(facts_of(order, runs=runs))
    assert report.reasons == ("1 demo did not run: the stage does not come up",)
    assert [topic.fix for topic in report.topics if topic.name == "steps"] == ["see x"]
    assert not report.ran


def test_steps_that_go_wrong(order: RunningOrder) -> None:
    """Each with its verdict; those after a broken one did not run."""
    usual = {ZERO: Verdict.DRIFTED, HIDDEN: Verdict.BROKEN, TWO: "blocked", BASE: Verdict.SUSPECT}
    assert new_lines(facts_of(order, runs=two_runs(order, usual, usual))) == [
        "✗ steps       4 of 5 steps wrong: base-0 SUSPECT, main-zero DRIFTED, main-1 BROKEN, main-2 not run",
        "              fix: `quarterdeck check base main` shows why",
        "✓ network     no step that went well needs it",
        "· time        1:34 min planned (steps 4 s, recorded 5 s)",
    ]


def test_steps_that_a_missing_tool_skips(order: RunningOrder) -> None:
    """They are no failure, and the audience will not see them run."""
    skipped = {TWO: "needs dive"}
    assert new_lines(facts_of(order, runs=two_runs(order, skipped, skipped))) == [
        "! steps       1 step skipped: a tool is missing on the stage: main-2 (needs dive)",
        "              fix: put the tool into the stage's image",
        "✓ steps       4 steps of 2 demos as recorded",
        "· time        1:34 min planned (steps 4 s, recorded 5 s)",
    ]


def test_steps_without_recordings(tmp_path: Path) -> None:
    """They are named once: not as wrong steps, too."""
    order = order_of(tmp_path)
    new = {cue.key: Verdict.NEW for cue in order.cues}
    assert new_lines(facts_of(order, runs=two_runs(order, new, new)))[:2] == [
        "✗ recordings  5 steps without a recording that fits: base-0, main-zero, main-1, main-2, main-3",
        "              fix: `quarterdeck record base main`",
    ]


@pytest.mark.parametrize(
    ("usual", "cut_off", "expected"),
    [
        ({}, {}, {}),
        ({}, {ZERO: Verdict.FAILED}, {ZERO: Need.NEEDED}),
        ({}, {ZERO: Verdict.DRIFTED}, {ZERO: Need.NEEDED}),
        ({}, {ZERO: Verdict.FAILED, TWO: Verdict.FAILED}, {ZERO: Need.NEEDED, TWO: Need.UNKNOWN}),
        ({}, {BASE: Verdict.SUSPECT, TWO: Verdict.FAILED}, {BASE: Need.NEEDED, TWO: Need.UNKNOWN}),
        (
            {},
            {HIDDEN: Verdict.BROKEN, TWO: "blocked", THREE: "blocked"},
            {HIDDEN: Need.NEEDED, TWO: Need.UNKNOWN, THREE: Need.UNKNOWN},
        ),
        ({ZERO: Verdict.NEW}, {ZERO: Verdict.NEW}, {}),
        ({ZERO: Verdict.NEW}, {ZERO: Verdict.FAILED}, {ZERO: Need.NEEDED}),
        ({ZERO: Verdict.DRIFTED}, {ZERO: Verdict.DRIFTED}, {}),
        ({ZERO: Verdict.FAILED}, {ZERO: Verdict.FAILED}, {ZERO: Need.UNKNOWN}),
        ({TWO: "needs dive"}, {TWO: "needs dive"}, {}),
    ],
)
def test_which_steps_need_the_network(
    order: RunningOrder, usual: dict[StepKey, Any], cut_off: dict[StepKey, Any], expected: dict[StepKey, Need]
) -> None:
    """Those that go well with it and not without it; what follows such a step is not known unless it goes well."""
    needs = network_needs(order, two_runs(order, usual, cut_off))
    assert {key: need for key, need in needs.items() if need is not Need.NOT_NEEDED} == expected


def test_stages_that_cannot_be_cut_off(order: RunningOrder) -> None:
    """On the user's own machine it is not known; a stage without a network needs none."""
    for stage, expected in (({"kind": "host"}, Need.UNKNOWN), ({"network": False}, Need.NOT_NEEDED)):
        scripts = {
            name: replace(script, stage=script.stage._replace(**stage)) for name, script in order.scripts.items()
        }
        changed = replace(order, scripts=scripts)
        runs = replace(two_runs(changed), cut_off={})
        assert set(network_needs(changed, runs).values()) == {expected}


def test_the_network_on_the_page(order: RunningOrder) -> None:
    """The steps that need it, and those of which it is not known."""
    runs = two_runs(order, {}, {ZERO: Verdict.FAILED, TWO: Verdict.FAILED})
    assert new_lines(facts_of(order, runs=runs)) == [
        "! network     needed by 1 step: main-zero, main-2 (not known)",
        "              fix: try the network of the room; `preload` in [stage] has images without it",
    ]


def test_steps_wider_than_the_terminal(tmp_path: Path) -> None:
    """Output counts without its colours, a command with its prompt; the width is that of the terminal."""
    order = recorded_order(tmp_path, output=f"␛[31m{'x' * 110}␛[0m\n")
    assert new_lines(facts_of(order)) == []
    assert new_lines(facts_of(order, terminal=None))[1:] == [
        "! width       3 steps wider than 100 columns: main-2 (110), main-3 (110), main-zero (110)",
        "              fix: break the command with a backslash; `cut -c 1-99` shortens output",
    ]
    assert new_lines(facts_of(recorded_order(tmp_path, output=""), terminal=TerminalSize(7, 40)))[2:3] == [
        "! width       3 steps wider than 7 columns: main-2 (8), main-3 (8), main-zero (8)"
    ]


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("2m", ["✓ time        1:35 min planned for a slot of 2:00 min (steps 5 s, recorded 5 s)"]),
        (
            "90s",
            [
                "! time        1:35 min planned for a slot of 1:30 min (steps 5 s, recorded 5 s)",
                "              fix: mark steps that may be left out: `#@ optional: true`",
            ],
        ),
    ],
)
def test_time(tmp_path: Path, duration: str, expected: list[str]) -> None:
    """Slides and steps against the slot."""
    order = recorded_order(tmp_path, f"slides: [talk.md]\nduration: {duration}\n")
    assert new_lines(facts_of(order)) == expected


def test_what_may_be_left_out(tmp_path: Path) -> None:
    """With the time that this saves."""
    order = recorded_order(tmp_path, "slides: [talk.md]\nduration: 90s\n")
    step = order.cues[-1].step
    optional = replace(step, options=replace(step.options, optional=True))
    cues = tuple(replace(cue, step=optional) if cue.key == order.cues[-1].key else cue for cue in order.cues)
    changed = replace(order, cues=cues)
    demo = replace(
        order.cues[-1].demo,
        steps=tuple(optional if step.number == optional.number else step for step in order.cues[-1].demo.steps),
    )
    script = replace(order.scripts["main"], demo=demo)
    changed = replace(changed, scripts={**order.scripts, "main": script})
    assert new_lines(facts_of(changed))[1:] == ["              fix: leave out optional steps"]


def test_slow_steps(order: RunningOrder) -> None:
    """A step that takes as long as a rehearsal calls overdue."""
    lines = new_lines(facts_of(order, runs=two_runs(order, seconds=3.4)))
    assert lines[:2] == [
        "! speed       5 steps much slower than recorded: base-0 (3 s, recorded 1 s), main-zero (3 s,",
        "              recorded 1 s), main-1 (3 s, recorded 1 s), main-2 (3 s, recorded 1 s), main-3 (3 s,",
    ]


def test_everything_wrong_still_fits_one_page(order: RunningOrder) -> None:
    """No more than 30 lines of 100 characters, however many steps there are."""
    cues = tuple(replace(order.cues[0], index=index, step=replace(order.cues[0].step)) for index in range(40))
    many = replace(order, cues=(*order.cues, *cues))
    wrong = {cue.key: Verdict.FAILED for cue in many.cues}
    facts = facts_of(
        many,
        engine=replace(ENGINE, images={f"image-{number}": False for number in range(9)}, free_disk=GB // 2),
        runs=two_runs(many, wrong, wrong, seconds=99),
        free_memory=GB,
        terminal=TerminalSize(80, 24),
        uncommitted=("commands/base.recording.yaml", "commands/main.recording.yaml"),
        deck=DeckFacts("site/talk.html", PageState.MISSING),
    )
    lines = page_of(facts).split("\n")
    assert len(lines) <= 30
    assert max(map(len, lines[:-1])) <= 100
    assert "image-5, and 3 more" in " ".join(" ".join(lines).split())


def test_json(order: RunningOrder) -> None:
    """Everything on the page, and each step once."""
    runs = two_runs(order, {TWO: Verdict.FAILED}, {TWO: Verdict.FAILED})
    document = json.loads(render_readiness_json(judge_readiness(facts_of(order, runs=runs))))
    assert document["go"] is False
    assert document["reasons"] == ["1 of 5 steps wrong"]
    assert document["seconds"] == {"slides": 90.0, "steps": 5.0, "recorded": 5.0, "slot": None}
    assert [step["step"] for step in document["steps"]] == ["base-0", "main-zero", "main-1", "main-2", "main-3"]
    assert document["steps"][3] == {
        "step": "main-2",
        "demo": "main",
        "slide": 0,
        "shown": True,
        "optional": False,
        "verdict": "FAILED",
        "seconds": 1.0,
        "recorded": 1.0,
        "network": "not known",
    }
    assert {
        "topic": "steps",
        "status": "wrong",
        "text": "1 of 5 steps wrong",
        "details": ["main-2 FAILED"],
        "fix": "`quarterdeck check main` shows why",
    } in document["topics"]
