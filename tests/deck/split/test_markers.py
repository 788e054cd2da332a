"""Markers and what is almost one."""

from __future__ import annotations

import pytest

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import Marker, parse_markers


def parse(text: str) -> tuple[list[Marker], list[str], list[str]]:
    """The markers, errors and warnings of a slide source."""
    problems = Problems()
    lines = text.split("\n")
    markers = parse_markers(lines, "a.md", map_fences(lines), problems)
    return (
        list(markers.values()),
        [str(error) for error in problems.errors],
        [str(warning) for warning in problems.warnings],
    )


def test_marker_with_all_pairs() -> None:
    """Each pair is read; the order does not matter."""
    text = "<!-- include: layers-3.command lang=sh caption=none fragment=no highlight=1|3-5 output=12 -->"
    marker = Marker(
        at=Place("a.md", 1),
        indent="",
        column=0,
        reference="layers-3.command",
        output=12,
        highlight="1|3-5",
        fragment=False,
        caption=False,
        lang="sh",
    )
    assert parse(text) == ([marker], [], [])


def test_markers_are_found_outside_of_code_only() -> None:
    """A marker may be indented and have no blanks inside; in a fence it is text."""
    text = "```\n<!-- include: a-0.command -->\n```\n    <!--include:a-1.command-->  \n- b\n      <!-- directory -->\n"
    markers, errors, warnings = parse(text)
    assert [(marker.at.line, marker.indent, marker.column, marker.reference) for marker in markers] == [
        (4, "    ", 0, "a-1.command"),
        (6, "      ", 2, None),
    ]
    assert (errors, warnings) == ([], [])


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ("outptu=3", "a.md:1: unknown pair 'outptu=3' in a marker\n  hint: did you mean 'output'?"),
        ("output", "a.md:1: 'output' in a marker has no value\n  hint: write output=VALUE, without blanks"),
        ("output=0", "a.md:1: 'output' in a marker is none or a number of lines, not '0'"),
        ("output=many", "a.md:1: 'output' in a marker is none or a number of lines, not 'many'"),
        ("highlight=1|x", "a.md:1: 'highlight' in a marker is lines such as 1|3-5, not '1|x'"),
        ("fragment=false", "a.md:1: 'fragment' in a marker is no or yes, not 'false'"),
        ("caption=no", "a.md:1: 'caption' in a marker is none, not 'no'"),
        ('lang="', "a.md:1: 'lang' in a marker is the name of a language, not '\"'"),
    ],
)
def test_wrong_pairs_are_errors(pairs: str, message: str) -> None:
    """An unknown or ill-typed pair is an error at the marker's line."""
    _, errors, _ = parse(f"<!-- include: layers-3.command {pairs} -->")
    assert errors == [message]


def test_marker_without_name_is_an_error() -> None:
    """A marker names a step."""
    assert parse("<!-- include: -->")[1] == [
        "a.md:1: a marker without the name of a step\n  hint: write <!-- include: DEMO-STEP.command -->"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "<!-- inclde: layers-3.command -->",
        "<!-- include layers-3.command -->",
        "<!-- Include: layers-3.command -->",
        "<!-- include : layers-3.command -->",
        "<!-- includes: something -->",
        "<!-- directroy -->",
        "<!-- directory: x -->",
        "- <!-- include: layers-3.command -->",
        "See <!-- include: layers-3.command --> here",
        "<!-- include: layers-3.command",
    ],
)
def test_near_markers_are_reported(line: str) -> None:
    """A comment that is almost a marker stays a comment, and the author is told."""
    markers, errors, warnings = parse(line)
    assert (markers, errors, len(warnings)) == ([], [], 1)
    assert warnings[0].startswith("a.md:1: a ")


@pytest.mark.parametrize(
    "line",
    [
        "<!-- a note -->",
        '<!-- .slide: class="x" -->',
        "<!-- TODO: include the registry -->",
        "Write `<!-- include: layers-3.command -->` on a line of its own",
        "<!-- prettier-ignore -->",
        "```md\n<!-- inclde: x.command -->\n```",
    ],
)
def test_other_comments_are_left_alone(line: str) -> None:
    """Other comments, inline code and code fences are no near markers."""
    assert parse(line) == ([], [], [])
