"""The verdicts of a run for programs: JSON, annotations of GitHub Actions, the summary of a job."""

from __future__ import annotations

import json
import re

import pytest

from quarterdeck.base.errors import Place, SourceError
from quarterdeck.check.line_diff import Evidence, Kind
from quarterdeck.check.report.json_report import (
    mute_commands,
    render_annotations,
    render_error_annotations,
    render_json,
    render_markdown,
)
from quarterdeck.check.verdict import RunVerdicts, Verdict
from quarterdeck.demo.recording import Exited
from support.judged_runs import demo_of, verdicts_of

DEMO = demo_of("a", "b")
EVIDENCE = (Evidence(Kind.STATUS, "exit status 22, expected 0"), Evidence(Kind.SCREEN, "100%"))
WRONG = [(DEMO, verdicts_of(DEMO, Verdict.PASSED, Verdict.FAILED, evidence=EVIDENCE, ending=Exited(22)))]


def test_json_has_everything_that_the_report_has() -> None:
    """Demos with their steps: verdict, evidence, hint, place, exit status, seconds; and a version."""
    document = json.loads(render_json(RunVerdicts(WRONG, took_s=1.234)))
    hint = "try it by hand: `quarterdeck shell layers`; if that status is right, say so with `exit: 22`"
    place = {"path": "commands/layers.demo", "seconds": 0.3}
    assert document == {
        "quarterdeck": 1,
        "fine": False,
        "seconds": 1.23,
        "steps": {"FAILED": 1, "PASSED": 1},
        "demos": [
            {
                "demo": "layers",
                "title": "Layers",
                "path": "commands/layers.demo",
                "line": 1,
                "verdict": "FAILED",
                "recorded": False,
                "seconds": 0.6,
                "steps": [
                    {"step": "0", "number": 0, "caption": "Step 0", "line": 3, **place}
                    | {"verdict": "PASSED", "exit": 0, "evidence": [], "hint": None},
                    {"step": "1", "number": 1, "caption": "Step 1", "line": 6, **place}
                    | {"verdict": "FAILED", "exit": 22, "hint": hint}
                    | {"evidence": ["exit status 22, expected 0", "| 100%"]},
                ],
            }
        ],
    }


def test_json_of_demos_that_were_recorded_anew_is_fine() -> None:
    """With `--update`, the answer is yes; the verdict says why it was done."""
    judged = [(DEMO, verdicts_of(DEMO, Verdict.PASSED, Verdict.DRIFTED))]
    document = json.loads(render_json(RunVerdicts(judged, accepted=frozenset({"layers"}), took_s=0)))
    assert (document["fine"], document["demos"][0]["verdict"], document["demos"][0]["recorded"]) == (
        True,
        "DRIFTED",
        True,
    )


def test_annotations_stand_at_the_step() -> None:
    """One for each wrong step, with its evidence and hint on one line, escaped as GitHub asks."""
    assert list(render_annotations(RunVerdicts(WRONG), "talks/")) == [
        "::error file=talks/commands/layers.demo,line=6,title=FAILED layers-1::exit status 22, expected 0%0A| 100%25"
        "%0Ahint: try it by hand: `quarterdeck shell layers`; if that status is right, say so with `exit: 22`"
    ]


def test_annotations_of_mistakes() -> None:
    """Commas and colons in a path do not end it; a mistake of a whole file has no line."""
    errors = [
        SourceError(Place("a,b:c.demo", 3), "unknown step option 'timout'", "did you mean 'timeout'?"),
        SourceError(Place("x.yaml", 0), "not UTF-8\r"),
    ]
    assert list(render_error_annotations(errors)) == [
        "::error file=a%2Cb%3Ac.demo,line=3,title=quarterdeck::unknown step option 'timout'"
        "%0Ahint: did you mean 'timeout'?",
        "::error file=x.yaml,title=quarterdeck::not UTF-8␍",
    ]


@pytest.mark.parametrize("line", ["::error::x", "a ##[add-matcher]x", "  ::set-output name=a::b"])
def test_a_job_obeys_nothing_that_an_output_says(line: str) -> None:
    """Commands are stopped around a report that could hold one, and taken again after it."""
    assert mute_commands(line, "word") == f"::stop-commands::word\n{line}\n::word::"
    assert mute_commands("plain: text", "word") == "plain: text"


def test_the_summary_of_a_job_is_markdown() -> None:
    """What is wrong in a fence longer than any in it, then a table."""
    demo = demo_of("a")
    judged = [(demo, verdicts_of(demo, Verdict.DRIFTED, evidence=(Evidence(Kind.ADDED, "```` |"),)))]
    assert render_markdown(RunVerdicts(judged, took_s=2.0)) == (
        "### quarterdeck check: 1 step of 1 demo in 2.0 s: 1 drifted\n"
        "\n"
        "`````text\n"
        "commands/layers.demo:3: DRIFTED layers-0 (Step 0)\n"
        "    + ```` |\n"
        "  hint: if that is right, `quarterdeck check --update layers` accepts it\n"
        "`````\n"
        "\n"
        "| demo | verdict | steps | seconds |\n"
        "| --- | --- | --- | --- |\n"
        "| layers | ✗ DRIFTED | 1 | 0.3 |\n"
    )


def test_a_summary_is_no_longer_than_github_takes() -> None:
    """GitHub drops what is above 1 MiB, all of it; so we say that it was too long."""
    demo = demo_of("a")
    judged = [(demo, verdicts_of(demo, Verdict.DRIFTED, evidence=tuple("x" * 1000 for _ in range(1100))))]
    assert re.fullmatch(
        r"### quarterdeck check: .*\n\nToo long to show here\.\n", render_markdown(RunVerdicts(judged, took_s=1.0))
    )
