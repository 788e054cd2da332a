"""Save a file, and see it in an open page that keeps its place: real saves, a real server, a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.serving import VISIBLE, Server, open_served, save, serving, wait_for, wrong_in

DECK = "metadata: {title: A talk}\nslides: [talk.md]\n"
TALK = """\
## First

Text of the first slide

---

## Current

Text of the current slide

- one {.fragment}
- two {.fragment}
- three {.fragment}

![](dot.svg)

Note: say this

---

## Last

<!-- include: hello-0.command -->
"""
HIDDEN = '<!-- .slide: data-visibility="hidden" -->\n\n## Hidden\n\n---\n\n'
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle r="{}"/></svg>'
FILES = {
    "slides/talk.yaml": DECK,
    "slides/talk.md": TALK,
    "slides/dot.svg": DOT.format(1),
    "commands/hello.demo": "# Hello\n\n# Say it\necho hello\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one deck."""
    root = tmp_path_factory.mktemp("served") / "project"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with serving(root) as server:
        yield server


@pytest.fixture
def deck(shared_page: Any, server: Server) -> Any:
    """The deck as it was at first, at its second slide with two of three fragments."""
    for name, text in FILES.items():
        if (server.root / name).read_text() != text:
            save(server.root / name, text)
    for name in ("templates/themes", "slides/more.md"):
        assert not (server.root / name).exists()
    shared_page.wrong.clear()
    open_served(shared_page, server, "talk.html")
    wait_for(shared_page, "document.querySelectorAll('.slides section').length === 4")
    wait_for(shared_page, "document.body.textContent.includes('Text of the current slide')")
    shared_page.evaluate("Reveal.slide(2, 0, 1)")
    shared_page.evaluate("window.sameDocument = true")
    shared_page.evaluate("window.firstPicture = document.querySelector('section.present img').src")
    assert shared_page.evaluate(VISIBLE) == place()
    return shared_page


def place(heading: str = "Current", visible: tuple[str, ...] = ("one", "two"), **other: bool) -> dict[str, Any]:
    """What the screen shows."""
    shown = {"connected": True, "seen": True, "heading": heading, "visible": list(visible)}
    return {**shown, "overview": False, "paused": False, **other}


Edit = Callable[[str], str]

EDITS: dict[str, tuple[str, Edit, str, dict[str, Any], bool]] = {
    "text": (
        "slides/talk.md",
        lambda text: text.replace("Text of the current", "New text of the current"),
        "document.body.textContent.includes('New text of the current')",
        place(),
        True,
    ),
    "title": (
        "slides/talk.md",
        lambda text: text.replace("## Current", "## Renamed"),
        "document.querySelector('#renamed')",
        place("Renamed"),
        True,
    ),
    "a slide above": (
        "slides/talk.md",
        lambda text: "## New\n\n---\n\n" + text,
        "document.querySelector('#new')",
        place(),
        True,
    ),
    "the current slide deleted": (
        "slides/talk.md",
        lambda text: text[: text.index("## Current")] + text[text.index("## Last") :],
        "!document.querySelector('#current')",
        place("Last", ()),
        True,
    ),
    "moved": (
        "slides/talk.md",
        lambda text: "\n---\n\n".join([text.split("\n---\n\n")[number].rstrip() + "\n" for number in (1, 0, 2)]),
        "document.querySelector('#current + #first')",
        place(),
        True,
    ),
    "a hidden slide": (
        "slides/talk.md",
        lambda text: (
            '<!-- .slide: data-visibility="hidden" -->\n\n## Hidden\n\n---\n\n'
            + text.replace("Text of the current", "New")
        ),
        "document.body.textContent.includes('New slide')",
        place(),
        True,
    ),
    "a stack": (
        "slides/talk.md",
        lambda text: text.replace("---\n\n## Current", "--\n\n## Current"),
        "document.querySelector('section > section#current')",
        place(),
        True,
    ),
    "a fragment": (
        "slides/talk.md",
        lambda text: text.replace("- three", "- another {.fragment}\n- three"),
        "document.body.textContent.includes('another')",
        place(),
        True,
    ),
    "a picture": (
        "slides/dot.svg",
        lambda _: DOT.format(2),
        "document.querySelector('section.present img').src !== window.firstPicture",
        place(),
        True,
    ),
    "a deck's style": (
        "slides/talk.yaml",
        lambda text: text + "custom_style: '.reveal .slides h2 { letter-spacing: 3px }'\n",
        "getComputedStyle(document.querySelector('section.present h2')).letterSpacing === '3px'",
        place(),
        False,
    ),
    "a theme": (
        "slides/talk.yaml",
        lambda text: text + "theme: day-watch\n",
        "getComputedStyle(document.body).colorScheme === 'light' || document.querySelector('link[href*=theme]').href",
        place(),
        True,
    ),
    "a deck file": (
        "slides/talk.yaml",
        lambda text: text.replace("A talk", "Another talk"),
        "document.querySelector('.title-slide h1').textContent === 'Another talk'",
        place(),
        True,
    ),
    "options": (
        "slides/talk.yaml",
        lambda text: text + "reveal: {progress: false}\n",
        "window.Reveal?.isReady() && !Reveal.getConfig().progress && Reveal.getCurrentSlide().id === 'current'",
        place(),
        False,
    ),
    "a demo": (
        "commands/hello.demo",
        lambda text: text.replace("echo hello", "echo good morning"),
        "document.querySelector('.commands').textContent.includes('good morning')",
        place(),
        True,
    ),
}
"""What is saved, what the page then shows, and where; whether the page is the same document, changed in place."""


@pytest.mark.parametrize("kind", EDITS)
def test_the_place_is_kept(kind: str, deck: Any, server: Server) -> None:
    """What was saved is seen; the slide and its visible fragments stay, and nothing goes wrong in the page."""
    name, edit, claim, expected, in_place = EDITS[kind]
    path = server.root / name
    save(path, edit(path.read_text()))
    wait_for(deck, claim)
    wait_for(deck, f"({VISIBLE})().heading === {expected['heading']!r}")
    assert deck.evaluate(VISIBLE) == expected
    if in_place:
        assert deck.evaluate("window.sameDocument === true")
    assert wrong_in(deck) == []
