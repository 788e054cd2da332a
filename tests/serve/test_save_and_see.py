"""Save a file, and see it in an open page that keeps its place: real saves, a real server, a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.recording import DemoResult, Exited, StepResult, make_recording, save_recording
from support.browser import watched_page
from support.serving import VISIBLE, Server, open_served, save, serving, visit, wait_for, wrong_in
from support.waiting import wait_until

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
EXTRA = """\
## Code

```yaml [1|2-3]
one: 1
two: 2
three: 3
```

---

## A formula

Sum: $a + b$

---

## A diagram

```mermaid
graph LR; A-->B
```
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle r="{}"/></svg>'
FILES = {
    "slides/talk.yaml": DECK,
    "slides/talk.md": TALK,
    "slides/dot.svg": DOT.format(1),
    "slides/extra.yaml": "slides: [extra.md]\n",
    "slides/extra.md": EXTRA,
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
    record(root)
    FILES["commands/hello.recording.yaml"] = (root / "commands" / "hello.recording.yaml").read_text()
    with serving(root) as server:
        yield server


def record(root: Path) -> None:
    """Record the demo as if it had been run."""
    catalogue = Catalogue(load_project(root), Problems())
    demo = catalogue.find_demo("hello")
    assert demo is not None
    steps = (StepResult(demo.steps[0], Exited(0), 0.1, "hello"),)
    save_recording(demo, make_recording(DemoResult(demo, steps), catalogue.input_digests(demo), "2026-11-23"))


@pytest.fixture(scope="module")
def first_html(server: Server) -> str:
    """The page as it was at first."""
    return server.fetch("talk.html")


@pytest.fixture
def deck(shared_page: Any, server: Server, first_html: str) -> Any:
    """The deck as it was at first, at its second slide with two of three fragments."""
    shared_page.goto("about:blank")
    for name, text in FILES.items():
        if (server.root / name).read_text() != text:
            save(server.root / name, text)
    wait_until(lambda: server.fetch("talk.html") == first_html)
    open_served(shared_page, server, "talk.html")
    shared_page.evaluate("Reveal.slide(2, 0, 1)")
    shared_page.evaluate("window.sameDocument = true")
    shared_page.evaluate("window.firstPicture = document.querySelector('section.present img').src")
    wait_until(lambda: shared_page.evaluate(VISIBLE) == place())  # fragments appear slowly
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
        True,
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
    "a recording": (
        "commands/hello.recording.yaml",
        lambda text: text.replace("hello", "good evening").replace("demo: good evening", "demo: hello"),
        "document.querySelector('.terminal')?.textContent.includes('good evening')",
        place(),
        True,
    ),
    "a demo": (
        "commands/hello.demo",
        lambda text: text.replace("echo hello", "echo good morning"),
        "document.querySelector('.commands').textContent.includes('good morning')"
        " && document.querySelector('.mark').textContent === 'changed since it was recorded'",
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


def test_overview_and_pause_are_kept(deck: Any, server: Server) -> None:
    """In the overview every slide is seen; a slide above moves the others along."""
    deck.evaluate("Reveal.toggleOverview(true)")
    change(server, lambda text: "## New\n\n---\n\n" + text)
    wait_for(deck, "document.querySelector('#new')")
    assert deck.evaluate("Reveal.isOverview() && Reveal.getCurrentSlide().id") == "current"
    deck.evaluate("Reveal.toggleOverview(false)")
    deck.evaluate("Reveal.togglePause(true)")
    change(server, lambda text: text.replace("Text of the current", "Other text of the current"))
    wait_for(deck, "document.querySelector('#current').textContent.includes('Other text')")
    shown = deck.evaluate(VISIBLE)
    assert (shown["paused"], shown["heading"], shown["visible"]) == (True, "Current", ["one", "two"])


def test_scroll_view_is_kept(deck: Any, server: Server) -> None:
    """Its pages are wrapped; after a slide is added they still are."""
    visit(deck, f"{server.address}/talk.html?view=scroll")
    wait_for(deck, "window.Reveal?.isReady() && window.Live?.isCurrent")
    change(server, lambda text: "## New\n\n---\n\n" + text.replace("Text of the current", "Other text"))
    wait_for(deck, "document.querySelector('.scroll-page #new')")
    assert deck.evaluate("Reveal.isScrollView()")
    assert deck.evaluate("document.querySelector('.scroll-page #current').textContent.includes('Other text')")
    assert wrong_in(deck) == []


def test_what_scripts_prepare(shared_page: Any, server: Server) -> None:
    """Steps in code, formulas and diagrams of a slide that was changed in place are those of a new page."""
    open_served(shared_page, server, "extra.html")
    shared_page.evaluate("window.sameDocument = true; Reveal.slide(1, 0, 0)")
    edited = EXTRA.replace("three: 3", "three: 4").replace("a + b", "a + c").replace("A-->B", "A-->Changed")
    save(server.root / "slides" / "extra.md", edited)
    wait_for(shared_page, "document.querySelector('#code').textContent.includes('three: 4')")
    lit = "Array.from(document.querySelectorAll('#code .line.lit'), line => line.textContent).join()"
    wait_for(shared_page, f"{lit} === 'two: 2,three: 4'")
    assert shared_page.evaluate("document.querySelectorAll('#code .code-step').length") == 1
    assert shared_page.evaluate("document.querySelectorAll('#a-formula .katex').length") == 1
    wait_for(shared_page, "document.querySelector('#a-diagram .diagram svg')?.textContent.includes('Changed')")
    assert shared_page.evaluate("window.sameDocument === true")
    assert wrong_in(shared_page) == []


def test_mistakes_are_shown_over_the_last_good_deck(deck: Any, server: Server) -> None:
    """As text, with the line and a hint; the deck below stays as it is. When they are fixed they go."""
    problems = "document.querySelector('#quarterdeck-problems')"
    texts = f"Array.from({problems}.shadowRoot.querySelectorAll('p'), p => p.textContent)"
    change(server, lambda text: text + "\n<!-- include: <img/src=x/onerror=alert(1)>.command -->\n")
    wait_for(deck, "document.querySelector('#quarterdeck-problems')?.shadowRoot.querySelector('.errors')")
    (what, *_) = deck.evaluate(texts)
    assert what.startswith("slides/talk.md:25: no step '<img/src=x/onerror=alert(1)>.command'")
    assert deck.evaluate(VISIBLE)["visible"] == ["one", "two"]
    change(server, lambda text: text.replace("Text of the current", "Fixed text"))
    wait_for(deck, "!document.querySelector('#quarterdeck-problems').shadowRoot.querySelector('.errors')")
    wait_for(deck, "document.querySelector('#current').textContent.includes('Fixed text')")
    # Warnings are a count until it is clicked.
    save(server.root / "commands" / "hello.demo", FILES["commands/hello.demo"] + "echo again\n")
    wait_for(deck, "document.querySelector('#quarterdeck-problems').shadowRoot.querySelector('.count')")
    deck.locator("#quarterdeck-problems button.count").click()
    what = "slides/talk.md:23: 'hello-0' has no recorded output: it has changed since it was recorded"
    assert deck.evaluate(texts) == [what, "hint: quarterdeck record hello"]
    assert deck.evaluate("window.sameDocument === true")
    assert wrong_in(deck) == []


def test_a_deck_that_is_wrong_at_first(browser: Any, tmp_path: Path) -> None:
    """The server starts, shows what is wrong, and then the deck."""
    root = tmp_path / "project"
    (root / "slides").mkdir(parents=True)
    (root / "slides" / "talk.yaml").write_text(DECK)
    with serving(root) as server, watched_page(browser, offline=False) as page:
        visit(page, server.page("talk.html"))
        wait_for(page, "document.querySelector('#quarterdeck-problems')?.shadowRoot.querySelector('.errors')")
        (root / "slides" / "talk.md").write_text("## Here\n")
        wait_for(page, "document.querySelector('section h2')?.textContent === 'Here'")
    assert "slides/talk.yaml:2: " in server.printed.read_text()
    assert server.process.returncode == 130


def test_the_speaker_window_and_other_pages_follow(deck: Any, server: Server) -> None:
    """Notes, current and upcoming slide in reveal.js's window; another page at another slide; the list of decks."""
    with deck.context.expect_page() as opened:
        deck.keyboard.press("s")
    speaker, other, index = opened.value, deck.context.new_page(), deck.context.new_page()
    other.wrong = index.wrong = speaker.wrong = []
    open_served(other, server, "talk.html")
    visit(index, f"{server.address}/")
    heading = "f.contentWindow.Reveal?.getCurrentSlide()?.querySelector('h2')?.textContent"
    headings = f"Array.from(document.querySelectorAll('iframe'), f => {heading}).join()"
    notes = "document.querySelector('.speaker-controls-notes .value').textContent.trim()"
    count = "f.contentDocument?.querySelectorAll('#current .visible').length"
    visible = f"Array.from(document.querySelectorAll('iframe'), f => {count})"
    try:
        wait_for(speaker, f"{headings} === 'Current,Current' && {visible}.join() === '2,3' && {notes} === 'say this'")
        wait_for(
            speaker,
            "Array.from(document.querySelectorAll('iframe')).every(f => f.contentWindow.Live?.isCurrent)",
        )
        change(server, lambda text: text.replace("say this", "say that"))
        wait_for(speaker, f"{notes} === 'say that'")
        change(server, lambda text: "## New\n\n---\n\n" + text.replace("say this", "say that"))
        everywhere = (
            "Array.from(document.querySelectorAll('iframe')).every(f => f.contentDocument.querySelector('#new'))"
        )
        wait_for(speaker, everywhere)
        wait_for(speaker, f"{headings} === 'Current,Current' && {visible}.join() === '2,3' && {notes} === 'say that'")
        assert deck.evaluate(VISIBLE) == place()
        wait_for(other, "document.querySelector('#new')")
        assert other.evaluate("Reveal.getCurrentSlide().matches('.title-slide')")
        save(server.root / "slides" / "talk.yaml", DECK.replace("A talk", "Another talk"))
        for part in ("main a", ".thumbnail h1"):
            texts = f"Array.from(document.querySelectorAll('{part}'), element => element.textContent)"
            wait_for(index, f"{texts}.includes('Another talk')")
    finally:
        for page in (speaker, other, index):
            page.close()


def test_a_reload_of_the_deck_keeps_the_speaker_window(deck: Any, server: Server) -> None:
    """After a change that needs a new page, reveal.js connects them again, and the frames show the new deck."""
    with deck.context.expect_page() as opened:
        deck.keyboard.press("s")
    speaker = opened.value
    speaker.wrong = []
    frames = "Array.from(document.querySelectorAll('iframe'), f => f.contentWindow)"
    try:
        wait_for(speaker, f"{frames}.length === 2 && {frames}.every(w => w.Live?.isCurrent)")
        save(server.root / "slides" / "talk.yaml", DECK + "reveal: {progress: false}\n")
        wait_for(deck, "window.sameDocument === undefined && Reveal.getCurrentSlide()?.id === 'current'")
        wait_for(speaker, f"{frames}.every(w => w.Live?.isCurrent && !w.Reveal.getConfig().progress)")
        deck.evaluate("Reveal.next()")
        deck.evaluate("Reveal.next()")
        wait_for(speaker, f"{frames}[0].Reveal.getCurrentSlide().id === 'last'")
        assert deck.evaluate("Reveal.getCurrentSlide().id") == "last"
    finally:
        speaker.close()


def test_the_edit_key(deck: Any, server: Server) -> None:
    """It tells where the slide's source is, or opens it in the editor of the settings."""
    deck.bring_to_front()
    deck.keyboard.press("e")
    text = "document.querySelector('#quarterdeck-problems')?.shadowRoot.textContent"
    wait_for(deck, f"{text}?.includes('slides/talk.md:6 ')")
    (server.root / "quarterdeck.toml").write_text('editor = "vscode"\n')
    change(server, lambda text: text.replace("Text of the current", "Other text"))
    wait_for(deck, "document.querySelector('#current').textContent.includes('Other text')")
    deck.evaluate("window.opened = ''; HTMLAnchorElement.prototype.click = function () { window.opened = this.href; }")
    deck.keyboard.press("e")
    wait_for(deck, f"window.opened === 'vscode://file{server.root}/slides/talk.md:6'")
    (server.root / "quarterdeck.toml").unlink()


def test_a_page_survives_the_server(browser: Any, tmp_path: Path) -> None:
    """After a restart the page is connected again, and still changed in place, though slides were added before."""
    root = tmp_path / "project"
    (root / "slides").mkdir(parents=True)
    (root / "slides" / "talk.yaml").write_text(DECK)
    source = root / "slides" / "talk.md"
    source.write_text("## One\n\n---\n\n## Two\n")
    with watched_page(browser, offline=False) as page:
        with serving(root) as server:
            open_served(page, server, "talk.html")
            page.evaluate("window.sameDocument = true; Reveal.slide(2)")
            source.write_text("## Zero\n\n---\n\n## One\n\n---\n\n## Two\n")
            wait_for(page, "document.querySelector('#zero')")
        with serving(root, "--port", str(server.port)):
            wait_for(page, "document.querySelector('#zero') && Live.numbers().join() === '1,2,3,4'")
            source.write_text("## Zero\n\n---\n\n## One\n\nText of one\n\n---\n\n## Two\n\nText of two\n")
            wait_for(page, "document.body.textContent.includes('Text of two')")
            assert page.evaluate("document.querySelector('#one').textContent.includes('Text of one')")
            assert page.evaluate("window.sameDocument && Reveal.getCurrentSlide().id") == "two"


def change(server: Server, edit: Edit) -> None:
    """Save the slide source of the deck, edited from what it was at first."""
    save(server.root / "slides" / "talk.md", edit(TALK))
