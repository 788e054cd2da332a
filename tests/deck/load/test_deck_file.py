"""What deck files may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems, SourceError, UsageError
from quarterdeck.base.project import load_project
from quarterdeck.deck.load.deck_file import find_decks, load_deck
from quarterdeck.deck.model import Background, Box, Deck, Event, Item, Logo, Metadata, UpcomingEvent
from support.projects import MakeProject
from support.values import without_keys

FULL = """\
metadata:
  title: Container images
  subtitle: What is inside
  author: N. N.
  favicon: logo.png
  title_slug: images
  background: {image: sea.jpg, size: 50%, position: center}
  box: {width: 60%, align: left}
  logo: {image: logo.png, style: "height: 2em"}
date: 2026-xx-yy
event: {name: A conference, link: https://a.b, logo: conf.svg, logo_style: "height: 1em"}
custom_style: |
  h2 { color: red }
pre_slides: [a.md]
slides:
- b/c.md
- {path: d.md, if: self-paced}
post_slides:
- root.md
agenda:
- {icon: fa-solid fa-ship, text: Images}
summary:
- {icon: off, text: 22:22}
events:
- {date: 2026-12-01, title: T, link: https://c.d, homepage: https://e.f, name: N, type: workshop}
theme: day-watch
reveal: {transition: none, controls: false}
variables: {EVENT: A conference, YEAR: 2026}
"""
SOURCES = {"slides/a.md": "# A", "slides/b/c.md": "# C", "slides/d.md": "# D", "root.md": "# R"}


def load(root: Path, name: str = "talk", audience: frozenset[str] = frozenset()) -> tuple[Deck, Problems]:
    """The deck and what is wrong with it."""
    problems = Problems()
    return load_deck(load_project(root), name, problems, audience=audience), problems


def test_every_key_is_read(make_project: MakeProject) -> None:
    """A deck with all keys of the contract loads without a word; scalars are YAML 1.2's."""
    deck, problems = load(make_project({"slides/talk.yaml": FULL, **SOURCES}))
    assert (problems.errors, problems.warnings) == ([], [])
    assert deck.metadata == Metadata(
        title="Container images",
        subtitle="What is inside",
        author="N. N.",
        favicon="logo.png",
        title_slug="images",
        background=Background("sea.jpg", "50%", "center"),
        box=Box("60%", "left"),
        logo=Logo("logo.png", "height: 2em"),
    )
    assert (deck.name, deck.title, deck.date, deck.theme) == ("talk", "Container images", "2026-xx-yy", "day-watch")
    assert deck.event == Event("A conference", "https://a.b", "conf.svg", "height: 1em")
    assert deck.custom_style == "h2 { color: red }\n"
    assert [source.shown for source in deck.sources] == ["slides/a.md", "slides/b/c.md", "root.md"]
    assert without_keys(deck.agenda) == (Item("fa-solid fa-ship", "Images"),)
    assert without_keys(deck.summary) == (Item("off", "22:22"),)
    assert without_keys(deck.events) == (
        UpcomingEvent("2026-12-01", "T", "https://c.d", "https://e.f", "N", "workshop"),
    )
    assert deck.reveal == {"transition": "none", "controls": False}
    assert deck.variables == {"EVENT": "A conference", "YEAR": "2026"}
    assert deck.conditions == {"self-paced"}


def test_entries_for_an_audience(make_project: MakeProject) -> None:
    """An entry with `if` is shown to that audience only, in its place."""
    deck, _ = load(make_project({"slides/talk.yaml": FULL, **SOURCES}), audience=frozenset({"self-paced"}))
    assert [source.shown for source in deck.slides] == ["slides/b/c.md", "slides/d.md"]


def test_empty_keys_are_absent(make_project: MakeProject) -> None:
    """A key without a value is as if it were not there."""
    text = "metadata:\n  title:\n  background:\ndate:\nevent:\nagenda:\nslides: []\n"
    deck, problems = load(make_project({"slides/talk.yaml": text}))
    assert (problems.errors, problems.warnings) == ([], [])
    assert (deck.title, deck.metadata, deck.event, deck.agenda) == ("talk", Metadata(), Event(), ())


def test_what_is_wrong_is_said_at_its_line(make_project: MakeProject) -> None:
    """Unknown keys are warnings, ill-typed values and missing sources errors, each with the nearest name."""
    text = """\
metdata: {title: x}
metadata:
  background:
    positon: center
  title: [a, b]
slides:
- b/cc.md
- {path: a.md, when: x}
- {if: x}
- [a.md, [b/c.md]]
agenda: text
event: [a, b]
reveal: 3
variables: {A: [1, 2]}
title: x
reveal: {transtion: none, slidenumber: c, myPlugin: {x: 1}}
"""
    _, problems = load(make_project({"slides/talk.yaml": text, **SOURCES}))
    assert [str(error) for error in problems.errors] == [
        "slides/talk.yaml:5: 'metadata.title' is text, not a list",
        "slides/talk.yaml:12: 'event' is a table of name, link, logo, logo_style, not a list",
        "slides/talk.yaml:14: 'variables.A' is text, not a list",
        "slides/talk.yaml:7: no slide source 'b/cc.md'\n  hint: did you mean 'b/c.md'?",
    ]
    assert [str(warning) for warning in problems.warnings] == [
        "slides/talk.yaml:16: the key 'reveal' is given twice: this one counts\n  hint: keep one of them",
        "slides/talk.yaml:1: unknown key 'metdata'\n  hint: did you mean 'metadata'?",
        "slides/talk.yaml:4: unknown key 'metadata.background.positon'\n  hint: did you mean 'position'?",
        "slides/talk.yaml:8: unknown key 'slides[1].when'\n  hint: known: if, path",
        "slides/talk.yaml:15: unknown key 'title'\n  hint: it belongs under 'metadata'",
        "slides/talk.yaml:16: unknown option 'reveal.transtion'\n  hint: did you mean 'transition'?",
        "slides/talk.yaml:16: unknown option 'reveal.slidenumber'\n  hint: did you mean 'slideNumber'?",
    ]


def test_another_canvas_than_that_of_the_theme(make_project: MakeProject) -> None:
    """Everything on it would have the wrong size, unless the project has a theme for it."""
    deck = {"slides/talk.yaml": "theme: own\nreveal:\n  width: 960\n  height: 1080\nslides: []\n"}
    _, problems = load(make_project(deck))
    assert [str(warning) for warning in problems.warnings] == [
        "slides/talk.yaml:3: slides of width 960: the shipped themes are made for 1920 x 1080\n"
        "  hint: leave it out, and give sizes in pixels of that canvas; or make a theme for it"
    ]
    _, problems = load(make_project({**deck, "templates/themes/own/theme.css": ""}))
    assert problems.warnings == []


def test_entry_without_path(make_project: MakeProject) -> None:
    """An entry that is shown has a path."""
    _, problems = load(make_project({"slides/talk.yaml": "slides:\n- {}\n- ''\n"}))
    hint = "name a slide source, such as 010_intro/slides.md"
    assert [str(error) for error in problems.errors] == [
        f"slides/talk.yaml:2: an entry without a path\n  hint: {hint}",
        f"slides/talk.yaml:3: an entry without a path\n  hint: {hint}",
    ]


@pytest.mark.parametrize("entry", ["../../outside.md", "link.md"])
def test_sources_outside_the_project_are_refused(make_project: MakeProject, tmp_path: Path, entry: str) -> None:
    """Neither a path nor a link leads out of the project."""
    (tmp_path / "outside.md").write_text("secret", "utf-8")
    root = make_project({})
    inner = root / "inner"
    (inner / "slides").mkdir(parents=True)
    (inner / "slides" / "talk.yaml").write_text(f"slides: ['{entry}']", "utf-8")
    (inner / "slides" / "link.md").symlink_to(tmp_path / "outside.md")
    deck, problems = load(inner)
    assert list(deck.sources) == []
    assert len(problems.errors) == 1
    assert "leads out of the project" in problems.errors[0].what


@pytest.mark.parametrize("name", ["talk", "talk.yaml", "slides/talk.yaml"])
def test_names_of_a_deck(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A deck is asked for by name or by path, from the root or from where the user is."""
    root = make_project({"slides/talk.yaml": "slides: []"})
    assert load(root, name)[0].name == "talk"
    monkeypatch.chdir(root / "slides")
    assert load(root, "talk.yaml")[0].name == "talk"


def test_deck_of_one_source(make_project: MakeProject) -> None:
    """A Markdown file is a deck; its title is the first heading outside of code."""
    text = '```\n# no\n```\n\n<!-- .slide: -->\n## Yes <!-- .element: id="x" --> ##\n'
    deck, _ = load(make_project({"slides/one.md": text}), "slides/one.md")
    assert (deck.name, deck.title, deck.metadata.title) == ("one", "Yes", None)
    assert [source.shown for source in deck.sources] == ["slides/one.md"]


def test_no_such_deck(make_project: MakeProject) -> None:
    """The nearest name is in the hint."""
    root = make_project({"slides/talk.yaml": "slides: []", "slides/data.yaml": "a: 1\nnested:\n  slides: 3"})
    assert find_decks(load_project(root)) == ("talk",)
    with pytest.raises(UsageError) as raised:
        load(root, "tlak")
    assert str(raised.value) == "no deck 'tlak'\n  hint: did you mean 'talk'?"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("talk", "slides: [", "slides/talk.yaml:1: bad YAML: "),
        ("talk", "slides: []\nx: &a {b: *a}", "slides/talk.yaml:2: bad YAML: "),
        ("talk", "title: x", "slides/talk.yaml:1: not a deck: it has no key 'slides'"),
        ("talk", "- slides: x", "slides/talk.yaml:1: not a deck: it has no key 'slides'"),
        ("index", "slides: []", "slides/index.yaml: a deck cannot be called 'index'"),
    ],
)
def test_what_is_no_deck(make_project: MakeProject, name: str, text: str, message: str) -> None:
    """Bad YAML, other YAML and the name of the index are refused with their place."""
    root = make_project({f"slides/{name}.yaml": text})
    with pytest.raises(SourceError) as raised:
        load(root, name)
    assert str(raised.value).startswith(message)
