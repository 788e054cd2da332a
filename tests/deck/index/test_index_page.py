"""The index: which decks it lists, in which order, with which pictures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.deck.index.index_page import date_key
from support.building import build, build_incrementally
from support.projects import MakeProject

OLD = "<div class='reveal'><div class='slides'><section data-background='#123'><h1>Old</h1></section></div></div>"


def build_index(root: Path, *names: str) -> str:
    """The index of a project."""
    build(load_project(root), names, problems=Problems())
    return (root / "site" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2026-11-23", (2026, 11, 23)),
        ("2026-xx-yy", (2026, 99, 99)),
        ("2026-11", (2026, 11, 99)),
        ("2026", (2026, 99, 99)),
        ("2017-05-03_Talk", (2017, 5, 3)),
        ("23.11.2026", (2026, 11, 23)),
        ("9. 11. 2026", (2026, 11, 9)),
        ("November 2026", (2026, 11, 99)),
        ("23 November 2026", (2026, 11, 23)),
        ("Nov 3rd, 2026", (2026, 11, 3)),
        ("23-25 March 2024", (2024, 3, 23)),
        ("soon", (0, 0, 0)),
        ("1984 slides", (1984, 99, 99)),
        ("12345", (0, 0, 0)),
    ],
)
def test_dates(text: str, key: tuple[int, int, int]) -> None:
    """Dates are read as people write them; what is not known yet comes last."""
    assert date_key(text) == key


def test_the_newest_come_first(make_project: MakeProject) -> None:
    """By date, then by name; those without a date at the end."""
    files = {f"slides/{name}.yaml": f"date: {date}\nslides: []" for name, date in DATES.items()}
    index = build_index(make_project({**files, "slides/2019-01-02_old.html": OLD}))
    assert re.findall(r'<a href="([^"]*)\.html">', index) == ["d", "b", "c", "a", "2019-01-02_old", "e", "f"]


DATES = {"a": "2025-12-01", "b": "2026-01-01", "c": "2026-01-01", "d": "2026-xx-yy", "e": "", "f": ""}


def test_what_is_said_of_a_deck(make_project: MakeProject) -> None:
    """Title, subtitle, event, date and how many slides its sources make."""
    root = make_project(
        {
            "slides/talk.yaml": (
                "metadata: {title: R<br>D, subtitle: S, title_slug: t}\nevent: {name: Conf, link: https://c.d}\n"
                "date: 2026-11-23\ncustom_style: 'h1 { color: gold } @import url(x.css);'\nslides: [a.md]"
            ),
            "slides/x.css": "",
            "slides/a.md": "# A\n---\n# B",
            "slides/2019-01-02_old.html": OLD,
        }
    )
    index = re.sub(r"\n\s*", "", build_index(root))
    cards = re.findall(r"<li>(.*?)</li>", index)
    assert [re.sub(r'<div class="thumbnail".*</section></div></div></div>', "", card) for card in cards] == [
        '<a href="talk.html">R D</a><p class="subtitle">S</p>'
        '<p class="facts"><span>Conf</span><span>2026-11-23</span><span class="count">2 slides</span></p>',
        '<a href="2019-01-02_old.html">Old</a>'
        '<p class="facts"><span>2019-01-02</span><span class="count">1 slide</span></p>',
    ]
    assert '<section class="title-slide">' in cards[0]
    assert "<h1>R<br>D</h1>" in cards[0]
    assert "<style>@scope { h1 { color: gold } }</style>" in cards[0]
    assert '<span class="event">Conf</span>' in cards[0]
    assert 'inert style="background: #123; ">' in cards[1]
    assert "<h1>Old</h1>" in cards[1]


def test_names_of_files_in_addresses(make_project: MakeProject) -> None:
    """Any name of a deck makes an address that a browser reads as that name; links between decks are left alone."""
    names = ("c#", "a b", "50%", "käse")
    linking = "[c](c%23.html) [d](a%20b.html#/2) [e](index.html) <a href='käse.html'>f</a>"
    files = {f"slides/{name}.yaml": "slides: [s.md]" for name in names}
    root = make_project({**files, "slides/s.md": linking})
    index = build_index(root)
    assert sorted(re.findall(r'<a href="([^"]*)">', index)) == [
        "50%25.html",
        "a%20b.html",
        "c%23.html",
        "k%C3%A4se.html",
    ]
    assert sorted(path.name for path in (root / "site").glob("*.html")) == sorted(
        f"{name}.html" for name in (*names, "index")
    )
    assert re.findall(r"href=[\"'](\S+html[^\"']*)", (root / "site" / "c#.html").read_text("utf-8")) == [
        "c%23.html",
        "a%20b.html#/2",
        "index.html",
        "käse.html",
    ]


def test_mistakes_of_other_decks_do_not_matter(make_project: MakeProject) -> None:
    """A deck that is only listed may have lost its pictures, its theme and its steps."""
    root = make_project({"slides/a.yaml": "slides: []", "slides/b.yaml": "slides: []"})
    build_index(root)
    text = "metadata: {title: B, logo: no.svg}\ntheme: none\nslides: [s.md]"
    (root / "slides" / "b.yaml").write_text(text, "utf-8")
    (root / "slides" / "s.md").write_text("<!-- include: no-1.command -->", "utf-8")
    problems = Problems()
    build(load_project(root), ["a"], problems=problems)
    assert (problems.errors, problems.warnings) == ([], [])
    assert '<a href="b.html">B</a>' in (root / "site" / "index.html").read_text("utf-8")


def test_a_build_of_one_deck_does_not_read_the_others(make_project: MakeProject) -> None:
    """The index says of them what it said when their pages were made, until these are made again."""
    meta = "metadata: {title: R<br>D, subtitle: S & T, logo: {image: l.svg}}\nevent: {name: E}\ntheme: day-watch"
    files = {f"slides/{name}.yaml": f"{meta}\nslides: [s.md]" for name in "ab"}
    root = make_project({**files, "slides/s.md": "# A", "slides/l.svg": "<svg/>"})
    index = root / "site" / "index.html"
    project = load_project(root)
    build_incrementally(project, [], problems=Problems())
    first = index.read_text("utf-8")
    (root / "slides" / "b.yaml").write_text("slides: [", "utf-8")
    (root / "slides" / "a.yaml").write_text("metadata: {title: New}\nslides: []", "utf-8")
    build_incrementally(project, ["a"], problems=Problems())
    second = index.read_text("utf-8")
    assert [re.findall(r">(R D|New|b)</a>", text) for text in (first, second)] == [["R D", "R D"], ["New", "R D"]]
    card = re.compile(r"<li>(?:(?!<li>).)*b\.html.*?</li>", re.DOTALL)
    assert card.findall(second) == card.findall(first)
    (root / "slides" / "b.yaml").write_text("metadata: {title: Newer}\nslides: []", "utf-8")
    (root / "site" / "b.html").write_text("by hand", "utf-8")
    (root / "slides" / "a.yaml").write_text("metadata: {title: Newest}\nslides: []", "utf-8")
    build_incrementally(project, ["a"], problems=Problems())
    assert re.findall(r">(R D|New\w*)</a>", index.read_text("utf-8")) == ["Newest", "Newer"]


def test_an_index_that_holds_everything_after_one_that_does_not(make_project: MakeProject) -> None:
    """A thumbnail that was kept names files; in a single file there are none, and the other way round."""
    files = {f"slides/{name}.yaml": "metadata: {logo: {image: l.svg}}\nslides: []" for name in "ab"}
    root = make_project({**files, "slides/l.svg": "<svg/>"})
    project = load_project(root)
    counts = []
    for names, single in ((["a", "b"], False), (["a"], True), (["a", "b"], True), (["a"], False)):
        build_incrementally(project, names, problems=Problems(), single_file=single)
        text = (root / "site" / "index.html").read_text("utf-8")
        counts.append((text.count('src="assets/l.'), text.count('src="data:image/svg+xml;base64')))
    assert counts == [(2, 0), (0, 2), (0, 2), (2, 0)]
    assert [path for path in re.findall(r'src="([^"]+)', text) if not (root / "site" / path).is_file()] == []


def test_a_thumbnail_looks_like_the_slide(make_project: MakeProject, browser: Any) -> None:
    """Made smaller, in the colours of the deck's own theme and style; nobody can stumble into it."""
    picture = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path fill='#f00' d='M0 0h9v9H0z'/></svg>"
    root = make_project(
        {
            "slides/talk.yaml": (
                "metadata: {title: Title, background: {image: p.svg, size: 25% 25%, position: left top}}\n"
                "event: {name: E, link: https://e.f}\ntheme: day-watch\n"
                "custom_style: '.reveal h1 { color: rgb(1, 2, 3) } a { display: none }'\nslides: []"
            ),
            "slides/p.svg": picture,
        }
    )
    build_index(root)
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto((root / "site" / "index.html").as_uri())
    page.wait_for_function("document.fonts.status === 'loaded'")
    box = page.locator(".thumbnail").bounding_box()
    scale = 1920 / box["width"]
    assert (3 < scale < 6, round(box["height"] * scale)) == (True, 1080)
    heading = page.locator(".thumbnail h1")
    assert heading.evaluate("one => getComputedStyle(one).color") == "rgb(1, 2, 3)"
    assert page.locator("main > ul > li > a").evaluate("one => getComputedStyle(one).display") == "block"
    in_index = heading.bounding_box()
    ground = page.locator(".thumbnail").evaluate("one => getComputedStyle(one).backgroundColor")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "talk.html"
    page.goto((root / "site" / "talk.html").as_uri())
    page.wait_for_function("Reveal.isReady() && document.fonts.status === 'loaded'")
    in_deck = page.locator("h1").bounding_box()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    for at, origin in (("x", box["x"]), ("y", box["y"])):
        assert abs((in_index[at] - origin) * scale - in_deck[at]) < 3
    assert abs(in_index["height"] * scale - in_deck["height"]) < 3
    page.close()
