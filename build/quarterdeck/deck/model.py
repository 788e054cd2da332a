"""The values of this room, from a deck file to what a build has written.

They are named tuples: creating a frozen dataclass takes Python a millisecond, which thirty of them would add to every
cold build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.base.errors import Place
from quarterdeck.base.yaml_positions import Located, Path_

if TYPE_CHECKING:
    from markupsafe import Markup


class Background(NamedTuple):
    """The background of the title slide, in CSS values."""

    image: str | None = None
    size: str | None = None
    position: str | None = None


class Box(NamedTuple):
    """The box of the title slide's text, in CSS values."""

    width: str | None = None
    align: str | None = None


class Logo(NamedTuple):
    """A picture on the title slide."""

    image: str | None = None
    style: str | None = None


class Metadata(NamedTuple):
    """The key `metadata` of a deck file."""

    title: str | None = None
    subtitle: str | None = None
    author: str | None = None
    favicon: str | None = None
    title_slug: str | None = None
    background: Background = Background()
    box: Box = Box()
    logo: Logo = Logo()


class Event(NamedTuple):
    """The occasion of the deck. The logo wins over link and name, which win over the name."""

    name: str | None = None
    link: str | None = None
    logo: str | None = None
    logo_style: str | None = None


class Item(NamedTuple):
    """A line of the agenda or of the summary."""

    icon: str | None = None
    """As written (a name, classes, HTML, a character, the address of a picture); in templates, HTML."""
    text: str = ""
    keys: Path_ = ()
    """Its keys in the deck file."""


class UpcomingEvent(NamedTuple):
    """A line of the list of upcoming events."""

    date: str | None = None
    title: str | None = None
    link: str | None = None
    homepage: str | None = None
    name: str | None = None
    type: str | None = None
    keys: Path_ = ()
    """Its keys in the deck file."""


class MarkdownOptions(NamedTuple):
    """How the Markdown of a deck is rendered."""

    smartypants: bool = False
    """Typographic quotes, dashes and ellipses."""
    breaks: bool = False
    """A line break for each line feed in a paragraph."""
    gfm: bool = True
    """Tables, strikethrough, task lists and bare links."""
    animate_lists: bool = False
    """Each list item is a fragment."""


PLAIN = MarkdownOptions()
"""The defaults."""


class Separators(NamedTuple):
    """The regular expressions, in JavaScript's syntax, that separate slides where a deck has its own."""

    stacks: str
    """Between stacks: `data-separator`."""
    slides: str | None
    """Between the slides of a stack: `data-separator-vertical`."""
    notes: str
    """Before speaker notes: `data-separator-notes`."""


class SlideSource(NamedTuple):
    """A Markdown file that a deck shows, or a piece of Markdown in an HTML deck."""

    path: Path
    shown: str
    """The path as shown in messages."""
    text: str
    """The Markdown, with its line numbers: blank lines replace what precedes a piece."""
    separators: Separators | None = None
    """None for `---` and `--` on lines of their own, and `Note:` at the start of a line."""


class MarkdownSection(NamedTuple):
    """A `<section data-markdown>` of an HTML deck."""

    source: SlideSource | None
    """None if its file does not exist."""
    attributes: Mapping[str, str]
    """The attributes of its slides: all but those about the Markdown itself."""


class HtmlDeck(NamedTuple):
    """A reveal.js page that is a deck, without the parts of reveal.js itself."""

    text: str
    """The whole file, for places in messages."""
    lang: str
    head: str
    """HTML: description, author, icon and styles of its own."""
    body: tuple[str | MarkdownSection, ...]
    """The content of its `<body>`: HTML as it is, and Markdown to be rendered."""
    body_class: str
    scripts: str
    """HTML: scripts of its own, for the end of the page."""
    plain: int
    """The number of slides in HTML."""


class Deck(NamedTuple):
    """A presentation, as its file describes it."""

    name: str
    """The name of its file without suffix; its page is `NAME.html`."""
    title: str
    """`metadata.title`, else the first heading of a deck that is one slide source, else the name."""
    located: Located
    """The YAML, for places in messages."""
    metadata: Metadata = Metadata()
    date: str | None = None
    duration_s: float | None = None
    """How long it is planned to take."""
    event: Event = Event()
    custom_style: str | None = None
    pre_slides: tuple[SlideSource, ...] = ()
    slides: tuple[SlideSource, ...] = ()
    post_slides: tuple[SlideSource, ...] = ()
    agenda: tuple[Item, ...] = ()
    summary: tuple[Item, ...] = ()
    events: tuple[UpcomingEvent, ...] = ()
    theme: str = ""
    reveal: Mapping[str, Any] = MappingProxyType({})
    """Options of `Reveal.initialize`."""
    markdown: MarkdownOptions = PLAIN
    variables: Mapping[str, str] = MappingProxyType({})
    conditions: frozenset[str] = frozenset()
    """Every NAME in an `if: NAME` of its entries."""
    html_deck: HtmlDeck | None = None
    """Its page, if it is an HTML deck; the page's Markdown is in `slides`, too."""

    @property
    def sources(self) -> Iterator[SlideSource]:
        """All slide sources, in the order of the slides."""
        yield from (*self.pre_slides, *self.slides, *self.post_slides)


class RawSlide(NamedTuple):
    """The Markdown of one slide."""

    at: Place
    """Its first line."""
    body: str
    notes: str | None
    """Speaker notes, without `Note:`; None for none."""

    @property
    def notes_row(self) -> int:
        """The row on which the text of the speaker notes starts; the slide's first row is 0."""
        notes = self.notes or ""
        before = self.body.count("\n") + 1 if self.body else 0
        return before + notes[: len(notes) - len(notes.lstrip())].count("\n")


class Slide(NamedTuple):
    """One slide as HTML."""

    at: Place
    html: str
    """The content of its `<section>`, speaker notes included."""
    attributes: Mapping[str, str]
    """The attributes from `.slide:` comments."""
    heading: str
    """The text of its first heading; empty for none."""
    warnings: tuple[tuple[int, str, str], ...] = ()
    """Row (the slide's first is 0), what is wrong, and hint of each warning."""


Stacks = tuple[tuple[Slide, ...], ...]
DeckSlides = tuple[Stacks, Stacks, Stacks]
"""The slides of a deck: of `pre_slides`, `slides` and `post_slides`."""
StacksOf = Callable[[SlideSource], Stacks]
"""Gives the slides of a source in a deck."""


class PageSlide(NamedTuple):
    """A slide as templates see it."""

    html: Markup
    """The content of its `<section>`."""
    attributes: Markup
    """The attributes of its `<section>`, each after a blank; the id is among them."""
    id: str
    """From `.slide:` or its first heading, unique in the deck; empty for none."""
    at: Place = Place("", 0)
    """The first line of its source."""


class Page(NamedTuple):
    """An HTML file to be published."""

    name: str
    """`NAME.html`."""
    html: str
    slides: tuple[PageSlide, ...] = ()
    """The slides in it that come from slide sources, in their order; none for an HTML deck."""


class Thumbnail(NamedTuple):
    """The first slide of a deck as the index shows it."""

    slide: Markup
    """A section without links, ids and media."""
    ground: str
    """CSS for the element around it: the slide's background and the colours of its theme."""
    style: Markup
    """The deck's own style, scoped to the thumbnail; empty for none."""


class IndexEntry(NamedTuple):
    """A deck as the index lists it."""

    name: str
    title: str
    subtitle: str | None
    event: str | None
    date: str | None
    url: str
    """The address of its page, relative to the index."""
    slides: int
    """The number of slides that its sources make."""
    thumbnail: Thumbnail | None
    """Its first slide; None if it cannot be rendered."""


class BuildOptions(NamedTuple):
    """What to build, and how."""

    names: tuple[str, ...] = ()
    """Names of decks, or paths to deck files or slide sources; empty for all decks."""
    audience: frozenset[str] = frozenset()
    """Entries with `if: NAME` are shown if NAME is in it."""
    strict: bool = False
    """Treat warnings as errors."""
    single_file: bool = False
    """Put everything that a page needs into the page."""


class BuildResult(NamedTuple):
    """What a build has written."""

    pages: tuple[Path, ...]
    """The page of each deck that was built, in the order of the request."""
    changed: tuple[Path, ...] = ()
    """The files that were written because their contents are new."""
    removed: tuple[Path, ...] = ()
    """Files of earlier builds to which no page refers any more."""
    digests: Mapping[Path, bytes] = MappingProxyType({})
    """The SHA-256 of every page of this build, changed or not."""
    used: frozenset[Path] = frozenset()
    """The files of the project that went into the pages: slide sources, pictures and styles among them."""
    entries: tuple[IndexEntry, ...] = ()
    """How the index lists the decks that were built."""
