"""Talk files as people write them: every shape that can be meant in one way only is read that way."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.base.errors import Problems, SourceError, SourceErrors
from quarterdeck.base.project import load_project
from quarterdeck.deck.load.deck_file import load_deck
from quarterdeck.deck.load.schema import DECK_KEYS
from quarterdeck.deck.model import Background, Box, Deck, Event, Item, Logo, UpcomingEvent
from support.building import build
from support.projects import MakeProject
from support.values import without_keys


def load(make_project: MakeProject, text: str) -> tuple[Deck, Problems]:
    """The deck of a talk file, and what is wrong with it."""
    root = make_project({"slides/talk.yaml": text, "slides/a.md": "# A", "slides/b/c.md": "# C"})
    problems = Problems()
    return load_deck(load_project(root), "talk", problems), problems


def load_clean(make_project: MakeProject, text: str) -> Deck:
    """The deck of a talk file with which nothing is wrong."""
    deck, problems = load(make_project, text)
    assert [str(one) for one in (*problems.errors, *problems.warnings)] == []
    return deck


def paths(deck: Deck) -> list[str]:
    """The slide sources of a deck."""
    return [source.shown for source in deck.sources]


@pytest.mark.parametrize(
    "slides",
    [
        "slides: [a.md, b/c.md]",
        "slides:\n- a.md\n- b/c.md",
        "slides:\n  - path: a.md\n  - path: ./b/../b/c.md\n",
        "slides: [[a.md], [[b/c.md]], null, []]",
        "x-common: &common [a.md]\nslides:\n- *common\n- b/c.md",
        "x-one: &one {path: a.md}\nslides:\n- *one\n- {<<: *one, path: b/c.md}",
        "pre_slides: a.md\nslides: {path: b/c.md}",
        "pre_slides:\nslides: a.md\npost_slides: b/c.md",
    ],
)
def test_shapes_of_slides(make_project: MakeProject, slides: str) -> None:
    """Lists, tables, one alone, lists in lists as aliases make them, and merge keys."""
    assert paths(load_clean(make_project, slides)) == ["slides/a.md", "slides/b/c.md"]


def test_names_in_place_of_tables(make_project: MakeProject) -> None:
    """What a table would be about may stand alone."""
    deck = load_clean(
        make_project, "metadata: {background: sea.jpg, box: 60%, logo: x.svg}\nevent: DevOps Days\nslides: []\n"
    )
    assert deck.metadata.background == Background(image="sea.jpg")
    assert deck.metadata.box == Box(width="60%")
    assert deck.metadata.logo == Logo(image="x.svg")
    assert deck.event == Event(name="DevOps Days")


def test_text_is_what_was_written(make_project: MakeProject) -> None:
    """Numbers, dates, booleans and versions stay as they are; several authors are a line, several styles are lines."""
    deck = load_clean(
        make_project,
        "metadata:\n  title: 1.10\n  subtitle: [007]\n  author:\n  - A. A.\n  - B. B.\n  title_slug: 2026\n"
        "date: 2026-xx-yy\ncustom_style:\n- 'a {}'\n- 'b {}'\n"
        "variables: {V: 1.20, YES: yes, ON: true, NONE: }\nslides: []\n",
    )
    meta = deck.metadata
    assert (meta.title, meta.subtitle, meta.author, meta.title_slug) == ("1.10", "007", "A. A., B. B.", "2026")
    assert (deck.title, deck.date, deck.custom_style) == ("1.10", "2026-xx-yy", "a {}\nb {}")
    assert deck.variables == {"V": "1.20", "YES": "yes", "ON": "true", "NONE": ""}


def test_shapes_of_lists_with_icons(make_project: MakeProject) -> None:
    """Icons as elements, as classes, as names, as signs and as pictures; lines without any; one line alone."""
    deck = load_clean(
        make_project,
        """\
agenda:
- icon: <i class="fa-duotone fa-box-open"></i>
  text: one
- {icon: "<i class='fab fa-docker' aria-hidden='true'></i>", text: two}
- {icon: ship, text: three}
- {icon: 🚢}
- {icon: a.svg, text: 5}
- six
-
summary: {icon: off, text: alone}
events: [{date: 2026-12-01, title: T, type: workshop}, Some day]
slides: []
""",
    )
    assert without_keys(deck.agenda) == (
        Item('<i class="fa-duotone fa-box-open"></i>', "one"),
        Item("<i class='fab fa-docker' aria-hidden='true'></i>", "two"),
        Item("ship", "three"),
        Item("🚢", ""),
        Item("a.svg", "5"),
        Item(None, "six"),
    )
    assert without_keys(deck.summary) == (Item("off", "alone"),)
    assert without_keys(deck.events) == (
        UpcomingEvent("2026-12-01", "T", type="workshop"),
        UpcomingEvent(title="Some day"),
    )


def test_files_from_windows(make_project: MakeProject) -> None:
    """Line ends, a byte order mark, comments and a document start are no part of what is said."""
    root = make_project({"slides/a.md": "# A"})
    text = "\ufeff---\n# a talk\nmetadata:\n  title: T   # its title\ncustom_style: |\n  a {\n  }\nslides:\n- a.md\n"
    (root / "slides" / "talk.yaml").write_bytes(text.replace("\n", "\r\n").encode())
    problems = Problems()
    deck = load_deck(load_project(root), "talk", problems)
    assert (problems.errors, problems.warnings) == ([], [])
    assert (deck.title, deck.custom_style, paths(deck)) == ("T", "a {\n}\n", ["slides/a.md"])


def test_keys_from_an_anchor_are_reported_where_they_stand(make_project: MakeProject) -> None:
    """A misspelt key that was merged in is reported at the line of the anchor."""
    text = "x-base: &base\n  tilte: A\nmetadata:\n  <<: *base\n  title: B\nslides: []\n"
    deck, problems = load(make_project, text)
    assert deck.title == "B"
    assert [str(warning) for warning in problems.warnings] == [
        "slides/talk.yaml:2: unknown key 'metadata.tilte'\n  hint: did you mean 'title'?"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata: text\nslides: []", "1: 'metadata' is a table of title, subtitle, favicon, title_slug, author,"),
        ("slides: []\nmetadata:\n  logo: {image: [a, b]}", "3: 'metadata.logo.image' is text, not a list"),
        ("slides: []\nmetadata:\n  title: {a: b}", "3: 'metadata.title' is text, not a table"),
        ("slides: []\nagenda:\n- text: a\n- text: [a, b]", "4: 'agenda[1].text' is text, not a list"),
        ("slides: []\nreveal: none", "2: 'reveal' is a table, not 'none'"),
        ("slides: []\nvariables: [a]", "2: 'variables' is a table, not a list"),
        ("slides:\n- a.md\n- 3", "3: no slide source '3'"),
    ],
)
def test_values_that_cannot_be_meant(make_project: MakeProject, text: str, message: str) -> None:
    """They are errors at their line."""
    _, problems = load(make_project, text)
    assert len(problems.errors) == 1
    assert str(problems.errors[0]).startswith(f"slides/talk.yaml:{message}")


def test_what_the_deck_shows(make_project: MakeProject) -> None:
    """A little HTML in texts stays, other signs are escaped; a logo wins over link and name; pictures are found."""
    root = make_project(
        {
            "slides/talk.yaml": """\
metadata:
  title: Shapes<br>& <em>sizes</em> < 3
  subtitle: R & D, &copy; Vec<T>
  background: {image: p.svg, size: 40%, position: right}
event: {name: Conf, link: https://conf.example, logo: p.svg, logo_style: "height: 2em"}
custom_style: |
  @import url(https://fonts.example/css);
  h1 > a { background: url( "p.svg" ) }
agenda:
- {icon: p.svg, text: 'a <code>b</code> <img src="p.svg">'}
summary:
- {icon: '<i class="fa-solid fa-ship"></i>', text: x < y}
reveal: {parallaxBackgroundImage: p.svg, keyboard: {27: null}, dependencies: [{src: x.js}]}
slides: []
""",
            "slides/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        }
    )
    problems = Problems()
    build(load_project(root), [], problems=problems)
    assert [str(one) for one in problems.warnings] == [
        "slides/talk.yaml:7: 'https://fonts.example/css' was not included: decks load nothing from other machines\n"
        "  hint: copy it into the project, or link to it"
    ]
    page = (root / "site" / "talk.html").read_text("utf-8")
    picture = next((root / "site" / "assets").glob("p.*.svg")).name
    for part in (
        "<title>Shapes &amp; sizes &lt; 3</title>",
        "<h1>Shapes<br>&amp; <em>sizes</em> &lt; 3</h1>",
        '<p class="subtitle">R &amp; D, &copy; Vec&lt;T&gt;</p>',
        f'data-background-image="assets/{picture}" data-background-size="40%" data-background-position="right"',
        f'<a href="https://conf.example"><img src="assets/{picture}" alt="Conf" style="height: 2em"></a>',
        "@import url('data:text/css,');",
        f"url( 'assets/{picture}' )",
        f'<span>a <code>b</code> <img src="assets/{picture}"></span>',
        f'<img src="assets/{picture}" alt=""></span><span>a ',
        "<span>x &lt; y</span>",
        f'{{"parallaxBackgroundImage": "assets/{picture}", "keyboard": {{"27": null}}}}',
    ):
        assert part in page
    assert page.count('<span class="icon" aria-hidden="true"><i class="fa-solid fa-ship"><svg') == 1


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a.md", "<b", "&", "{{x}}", "1.10"])
)
NAMES = st.sampled_from(
    ["path", "if", "icon", "text", "image", "name", "link", "title", "date", "<<", "x-a", "1", "a.b"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
DECK = st.dictionaries(st.sampled_from(sorted(DECK_KEYS)), VALUES, max_size=6)
META = st.dictionaries(st.sampled_from(["title", "logo", "background", "box", "author", "favicon"]), VALUES, max_size=3)


def test_lines_without_a_value(make_project: MakeProject) -> None:
    """What says nothing makes neither a line nor a slide, and what follows it keeps its place."""
    deck = load_clean(make_project, "agenda: [{icon: , text: }, a]\nsummary: [{}]\nevents: {}\nslides: []\n")
    assert (without_keys(deck.agenda), deck.summary, deck.events) == ((Item(None, "a"),), (), ())
    text = "agenda:\n- {}\n-\n- a\n- icon: fa-nobody-has-it\nslides: []\n"
    root = make_project({"slides/talk.yaml": text})
    problems = Problems()
    build(load_project(root), [], problems=problems)
    assert [str(one.at) for one in problems.warnings] == ["slides/talk.yaml:5"]


def test_addresses_in_texts_of_many_lines(make_project: MakeProject) -> None:
    """They are reported where they stand, not at their key."""
    style = "custom_style: |\n  /* url(no.png) */\n  a { b: 'url(no.png)' }\n  c { d: URL(gone.png) }\n"
    root = make_project({"slides/talk.yaml": f"x-a: gone.png\n{style}slides: []\n"})
    with pytest.raises(SourceErrors) as errors:
        build(load_project(root), [], problems=Problems())
    assert [str(error.at) for error in errors.value.errors] == ["slides/talk.yaml:5"]


@settings(max_examples=100)
@given(DECK, META)
def test_no_value_is_too_odd(
    tmp_path_factory: pytest.TempPathFactory, deck: dict[str, object], meta: dict[str, object]
) -> None:
    """Whatever stands at a key: it loads and its page is made, or what is wrong is said at its line."""
    root = tmp_path_factory.mktemp("odd")
    (root / "slides").mkdir()
    text = yaml.safe_dump({"slides": [], "metadata": meta, **deck})
    (root / "slides" / "talk.yaml").write_text(text, "utf-8")
    wrong: tuple[SourceError, ...] = ()
    try:
        build(load_project(root), [], problems=Problems())
    except SourceErrors as errors:
        wrong = errors.errors
    assert all(error.at.path == "slides/talk.yaml" and error.at.line for error in wrong)
    assert (root / "site" / "talk.html").is_file() == (not wrong)
