"""What differs between two builds of a page, and which slide is which: without a browser."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.deck.build import make_site
from quarterdeck.deck.cache.slide_renderer import SlideRenderer
from quarterdeck.deck.model import BuildOptions
from quarterdeck.deck.page.page_parts import ShownSlide, split_page
from quarterdeck.deck.page.site import SiteMemory
from quarterdeck.serve.identities import follow_slides
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.site_builder import SiteBuilder
from support.projects import MakeProject

DECK = "metadata: {title: A talk, author: Somebody}\nagenda: [{icon: ship, text: A}]\nslides: [talk.md]\n"
TALK = "## One\n\ntext\n\n---\n\n## Two\n\n--\n\n## Three\n\n![](a.svg)\n\n---\n\n## Four\n"
FILES = {
    "slides/talk.yaml": DECK,
    "slides/talk.md": TALK,
    "slides/a.svg": "<svg/>",
    "templates/own.css": "a { color: red }",
}


class Deck:
    """A deck that is built again and again."""

    def __init__(self, make_project: MakeProject) -> None:
        self.root = make_project(FILES)
        project = load_project(self.root)
        self._builder, self.site = SiteBuilder(project, BuildOptions()), LiveSite(project)
        self.site.take(self._builder.build(first=True))

    def save(self, name: str, text: str) -> Any:
        """Save a file; what the page of the deck is sent."""
        (self.root / name).write_text(text)
        outcome = self._builder.build()
        assert outcome.report.errors == ()
        return self.site.take(outcome).get("talk.html")


@pytest.fixture
def deck(make_project: MakeProject) -> Deck:
    """A deck with a title, an agenda, and four slides, two of them in a stack."""
    return Deck(make_project)


def test_the_numbers_of_slides(deck: Deck) -> None:
    """Those that templates add are slides, too, and each knows its source."""
    page = deck.site.pages["talk.html"]
    assert page.numbers == (1, 2, 3, 4, 5, 6)
    places = [deck.site.find_slide("talk.html", number)[0] for number in page.numbers]
    assert places == ["slides/talk.yaml:1"] * 2 + [f"slides/talk.md:{line}" for line in (1, 6, 10, 16)]


def test_nothing_changed(deck: Deck) -> None:
    """A save that changes no page sends nothing, but moves the sources of slides."""
    assert deck.save("slides/talk.md", TALK.replace("---\n\n## Four", "---\n\n\n## Four")) is None
    assert deck.save("templates/own.css", "a { color: blue }") is None


def test_a_changed_slide(deck: Deck) -> None:
    """Only that slide is sent."""
    message = deck.save("slides/talk.md", TALK.replace("text", "other text"))
    assert (message["kind"], message["slides"].keys(), "order" in message) == ("update", {3}, False)
    assert message["slides"][3]["attributes"] == {"id": "one"}
    assert "other text" in message["slides"][3]["html"]


def test_a_slide_of_a_template(deck: Deck) -> None:
    """The title slide and the agenda change in place; the head of the page does not reload it."""
    message = deck.save("slides/talk.yaml", DECK.replace("A talk", "Another talk").replace("text: A", "text: B"))
    assert (message["kind"], message["slides"].keys(), message["title"]) == ("update", {1, 2}, "Another talk")


def test_slides_added_moved_and_removed(deck: Deck) -> None:
    """The order is sent; a slide keeps its number."""
    message = deck.save("slides/talk.md", "## Zero\n\n---\n\n" + TALK)
    assert message["order"] == [(None, [1]), (None, [2]), (None, [7]), (None, [3]), ({}, [4, 5]), (None, [6])]
    assert message["slides"].keys() == {7}
    message = deck.save("slides/talk.md", "## Four\n\n---\n\n## One\n\ntext\n")
    assert message["order"] == [(None, [1]), (None, [2]), (None, [6]), (None, [3])]


def test_a_picture(deck: Deck) -> None:
    """It has another name, so that its slide has changed."""
    assert deck.save("slides/a.svg", "<svg><g/></svg>")["slides"].keys() == {5}


def test_style_and_theme(deck: Deck) -> None:
    """Sent as styles and addresses; the page stays."""
    message = deck.save("slides/talk.yaml", DECK + "theme: day-watch\ncustom_style: 'h2 { color: red }'\n")
    assert message.keys() == {"kind", "from", "to", "styleSheets", "styles"}
    assert message["styles"] == ("\nh2 { color: red }\n",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("slides/talk.yaml", DECK + "reveal: {progress: false}\n"),
        ("slides/talk.md", TALK + "\n$$x$$\n"),
        ("slides/talk.md", TALK + "\n<script>alert(1)</script>\n"),
        ("slides/talk.md", TALK + '\n<button onclick="go()">Go</button>\n'),
        ("templates/title.html.j2", "<section>unclosed"),
    ],
)
def test_what_needs_a_new_page(deck: Deck, name: str, text: str) -> None:
    """Options, scripts of the page and of slides, and templates that leave tags open."""
    assert deck.save(name, text) == {"kind": "reload"}


def test_icons(deck: Deck) -> None:
    """The drawing of a new icon comes with its slide."""
    message = deck.save("slides/talk.md", TALK + "\n:lucide-anchor:\n")
    assert 'id="icon_lucide_anchor"' in message["symbols"]
    assert message["slides"].keys() == {6}


def test_html_decks(make_project: MakeProject) -> None:
    """Their slides are not those of slide sources, and change in place all the same."""
    html = (
        '<html><body><div class="reveal"><div class="slides"><section><h2>{}</h2></section></div></div></body></html>'
    )
    deck = Deck(make_project)
    (deck.root / "slides" / "talk.yaml").unlink()
    assert deck.save("slides/talk.html", html.format("One")) == {"kind": "reload"}
    message = deck.save("slides/talk.html", html.format("Two"))
    assert [slide["html"] for slide in message["slides"].values()] == ["<h2>Two</h2>"]


def test_after_an_interruption(deck: Deck) -> None:
    """A page that shows an older version gets the difference; one that the server does not know reloads."""
    version = deck.site.pages["talk.html"].version
    deck.save("slides/talk.md", TALK.replace("text", "other text"))
    deck.save("slides/talk.md", "## Zero\n\n---\n\n" + TALK)
    numbers, update = deck.site.catch_up("talk.html", version)
    assert numbers == {"kind": "slides", "numbers": (1, 2, 3, 4, 5, 6)}
    assert (update["from"], update["slides"].keys()) == (version, {7})
    assert list(deck.site.catch_up("talk.html", "unknown")) == [{"kind": "reload"}]
    assert list(deck.site.catch_up("none.html", version)) == [{"kind": "reload"}]


SLIDES = {name: ShownSlide(f' id="{name}"', f"<h2>{name}</h2>\n<p>text of {name}</p>") for name in "abcdefgh"}
EDITED = {name.upper(): ShownSlide(f' id="new-{name}"', slide.html + "\nmore") for name, slide in SLIDES.items()}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("abcd", "1234"),
        ("xabcd", "51234"),
        ("bcd", "234"),
        ("abdc", "1243"),
        ("dabc", "4123"),
        ("aBcd", "1234"),
        ("aBCd", "1234"),
        ("xaBcd", "51234"),
        ("axBcd", "15234"),
        ("aBxcd", "12534"),
        ("", ""),
        ("xy", "12"),
        ("abcdabcd", "12345678"),
    ],
)
def test_which_slide_is_which(now: str, expected: str) -> None:
    """Capitals are edited slides with another title, x and y are new; before, there were a, b, c and d: 1, 2, 3, 4."""
    new = {name: ShownSlide(f' id="{name}"', f"<h2>Something else: {name}</h2>") for name in "xy"}
    before = [SLIDES[name] for name in "abcd"]
    slides = [{**SLIDES, **EDITED, **new}[name] for name in now]
    numbers = follow_slides(before, (1, 2, 3, 4), slides, itertools.count(5))
    assert "".join(map(str, numbers)) == expected


def test_builds_that_remember(make_project: MakeProject) -> None:
    """A build in a process that has built before gives the same pages, files and warnings as one in a new process."""
    files = {**FILES, "slides/talk.md": TALK + "\n![](https://example.com/x.png)\n:fa-nonesuch:\n"}
    root = make_project(files)
    renderer, memory = SlideRenderer(), SiteMemory()
    edits = (
        {},
        {"slides/talk.md": TALK.replace("One", "Uno")},
        {"slides/a.svg": "<svg><g/></svg>"},
        {"templates/title.html.j2": "<section>own title</section>"},
        {"templates/themes/night-watch/theme.css": '@import "../../own.css";'},
        {"templates/own.css": "a { color: blue }"},
        {"slides/talk.md": files["slides/talk.md"]},
    )
    for edit in edits:
        for name, text in edit.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        results = []
        for kept in ({"renderer": renderer, "memory": memory}, {}):
            problems = Problems()
            made = make_site(load_project(root), BuildOptions(), problems, **kept)  # type: ignore[arg-type]
            results.append((made.pages, sorted(made.assets), sorted(map(str, problems.warnings))))
        renderer.next_build()
        assert results[0] == results[1]


def test_parts_are_the_same_when_only_slides_differ(deck: Deck) -> None:
    """Reading the frame again is saved; what comes out is not another page."""
    first = deck.site.pages["talk.html"].parts
    deck.save("slides/talk.md", TALK.replace("text", "other text"))
    page = make_site(load_project(deck.root), BuildOptions(), Problems()).pages[0]
    place = deck.site.pages["talk.html"].slides[0].at
    assert split_page(page, place, first) == split_page(page, place) == deck.site.pages["talk.html"].parts
