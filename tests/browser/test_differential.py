"""Our slides beside what reveal.js's own Markdown plugin makes of the same text, in a browser.

Every difference is of a kind that `deck/README.md` lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.files import load_text
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import parse_markers
from support.dialect_cases import CASES, DIFFERENT
from support.differential import KINDS, Comparison, Outcome, Tree
from support.front_end import fetch_packages
from support.slide_corpus import make_sources

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "build" / "quarterdeck" / "deck" / "README.md"
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("slides", "tests/specimen/slides", "tests/deck/markdown/sources")
    for path in (ROOT / folder).rglob("*.md")
)
MADE_UP = ((1, 400, 0.02), (2, 200, 0.1), (3, 150, 0.3))
"""Seeds, how many slide sources, and the share of words in them that Markdown might take for something else."""
SHOWN = 3
"""So many faults are shown."""
OTHERS = ROOT / "tests" / "deck" / "markdown" / "sources"


def _li(*children: Tree) -> Tree:
    return ["li", {"class": "fragment"}, list(children)]


@pytest.fixture(scope="module")
def packages(request: pytest.FixtureRequest) -> Path:
    """Packages of npm, reveal.js among them."""
    assert request.config.cache is not None
    return fetch_packages(request.config.cache)


@pytest.fixture(scope="module")
def comparison(browser: Any, packages: Path) -> Iterator[Comparison]:
    """A page with reveal.js in it."""
    comparison = Comparison(browser, packages)
    yield comparison
    comparison.close()


def without_markers(text: str) -> str:
    """*text* with a comment in place of each marker, since reveal.js knows none."""
    lines = text.split("\n")
    for row in parse_markers(lines, "a.md", map_fences(lines), Problems()):
        lines[row] = re.sub(r"<!--.*?-->", "<!-- a marker -->", lines[row])
    return "\n".join(lines)


def check(*outcomes: Outcome) -> None:
    """Fail if there is a fault in *outcomes*: with the shortest slides, each with its source and both documents."""
    faults = sorted((fault for outcome in outcomes for fault in outcome.faults), key=lambda fault: len(fault.source))
    if faults:
        pytest.fail("\n\n".join([f"{len(faults)} slides differ", *map(str, faults[:SHOWN])]), pytrace=False)


def test_the_cases_are_equal_or_differ_as_intended(comparison: Comparison) -> None:
    """All 122; those that are not equal are the ones that `test_dialect` lists."""
    outcomes = {case["case"]: comparison.compare([case["markdown"]]) for case in CASES}
    check(*outcomes.values())
    assert {name for name, outcome in outcomes.items() if outcome.intended} == set(DIFFERENT)


@pytest.mark.parametrize("name", SOURCES)
def test_slide_sources_are_equal_or_differ_as_intended(comparison: Comparison, name: str) -> None:
    """Those of the workshop, of the documentation and of the specimen, and those written as others write them."""
    outcome = comparison.compare([without_markers(load_text(ROOT / name, ROOT))])
    check(outcome)


@pytest.mark.parametrize(("seed", "count", "odd"), MADE_UP)
def test_made_up_slides_are_equal_or_differ_as_intended(
    comparison: Comparison, seed: int, count: int, odd: float
) -> None:
    """Thousands of slides, the same each time, with what authors write in the end."""
    outcome = comparison.compare(make_sources(count, seed, odd))
    check(outcome)
    assert outcome.slides > 2 * count
    assert outcome.equal > outcome.slides / 2


@pytest.mark.parametrize(
    ("options", "text", "tree", "others"),
    [
        (
            {"smartypants": True},
            '"It\'s" \'so\' -- `--a` --- <b title="--">...</b>\n\n```\n"--"\n```',
            [
                "section",
                {},
                [["p", {}, ["“It’s” ‘so’ – ", ["code", {}, ["--a"]], " — ", ["b", {"title": "--"}, ["…"]]]]],
            ],
            {"html_zoo.md": "a `>` in an attribute is a part of it", "links_zoo.md": "`<a:b>` is an address"},
        ),
        ({"breaks": True}, "a\nb", ["section", {}, [["p", {}, ["a", ["br", {}, []], "b"]]]], {}),
        (
            {"gfm": False},
            "~~a~~ www.b.c\n\n- [ ] d\n\ne | f\n--|--",
            [
                "section",
                {},
                [["p", {}, ["~~a~~ www.b.c"]], ["ul", {}, [["li", {}, ["[ ] d"]]]], ["p", {}, ["e | f --|--"]]],
            ],
            {},
        ),
        (
            {"animateLists": True},
            "- a\n- b **c**",
            ["section", {}, [["ul", {}, [_li("a"), _li("b ", ["strong", {}, ["c"]])]]]],
            {path.name: "reveal.js fails at nested and at loose lists" for path in OTHERS.glob("*.md")},
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) and value else "",
)
def test_options_mean_what_they_mean_in_reveal(
    browser: Any, packages: Path, options: dict[str, bool], text: str, tree: Tree, others: dict[str, str]
) -> None:
    """A text of their own, and all sources written as others write them, but for *others*, with the reason."""
    comparison = Comparison(browser, packages, options)
    shown = comparison.read_ours([text])[0][0][0]
    outcome = comparison.compare(
        [text, *(load_text(path, ROOT) for path in OTHERS.glob("*.md") if path.name not in others)]
    )
    comparison.close()
    assert [shown[0], shown[1], [child for child in shown[2] if child[0] != "pre"]] == tree
    check(outcome)


def test_kinds_are_those_that_the_readme_lists(comparison: Comparison) -> None:
    """At most eight, in the same order, and each is to be seen in one of the cases."""
    rows = [line for line in README.read_text("utf-8").split("\n") if line.startswith("| ")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]] == list(KINDS.values())
    assert len(KINDS) <= 8
    outcome = comparison.compare([case["markdown"] for case in CASES] + ["  a\n\n```js\nb    c\n```", "[a]{.b}"])
    assert set(outcome.intended) == set(KINDS)
