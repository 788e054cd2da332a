"""A deck as a value: what its file says, before any of it is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quarterdeck.base.yaml_positions import Located, Path_
from quarterdeck.deck.load.markdown_options import PLAIN, MarkdownOptions

if TYPE_CHECKING:
    from quarterdeck.deck.html_deck_model import OlderTalk, Separators


@dataclass(frozen=True, slots=True)
class Background:
    """What is behind the title slide, as CSS has it."""

    image: str | None = None
    size: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """Where the text of the title slide stands, as CSS has it."""

    width: str | None = None
    align: str | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture on the title slide."""

    image: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a deck says of itself."""

    title: str | None = None
    subtitle: str | None = None
    author: str | None = None
    favicon: str | None = None
    title_slug: str | None = None
    background: Background = Background()
    box: Box = Box()
    logo: Logo = Logo()


@dataclass(frozen=True, slots=True)
class Event:
    """The occasion that the deck is for; the logo wins over link and name, which win over the name."""

    name: str | None = None
    link: str | None = None
    logo: str | None = None
    logo_style: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the agenda or of the summary."""

    icon: str | None = None
    """As it is written: a name, classes, HTML, a sign, the address of a picture."""
    text: str = ""
    keys: Path_ = field(default=(), compare=False)
    """What leads to it in the deck file."""


@dataclass(frozen=True, slots=True)
class UpcomingEvent:
    """A line of the list of upcoming events."""

    date: str | None = None
    title: str | None = None
    link: str | None = None
    homepage: str | None = None
    name: str | None = None
    type: str | None = None
    keys: Path_ = field(default=(), compare=False)
    """What leads to it in the deck file."""


@dataclass(frozen=True, slots=True)
class SlideSource:
    """A Markdown file that a deck shows, or a piece of Markdown in an older talk."""

    path: Path
    shown: str
    """The path as its author knows it: relative to the root."""
    text: str
    """The Markdown, each line where it is in its file: blank lines stand for what is before a piece."""
    separators: Separators | None = None
    """None for `---` and `--`, each on a line of its own, and `Note:` at the start of one."""

    @property
    def folder(self) -> Path:
        """Where it stands: markers and pictures are looked for there first."""
        return self.path.parent


@dataclass(frozen=True, slots=True)
class Deck:
    """A presentation, before any of it is rendered."""

    name: str
    """The name of its file without the suffix: it is published as `NAME.html`."""
    title: str
    """`metadata.title`, else the first heading of a deck that is one slide source, else the name."""
    located: Located
    """The YAML, for places in messages."""
    metadata: Metadata = Metadata()
    date: str | None = None
    event: Event = Event()
    custom_style: str | None = None
    pre_slides: tuple[SlideSource, ...] = ()
    slides: tuple[SlideSource, ...] = ()
    post_slides: tuple[SlideSource, ...] = ()
    agenda: tuple[Item, ...] = ()
    summary: tuple[Item, ...] = ()
    events: tuple[UpcomingEvent, ...] = ()
    theme: str = ""
    reveal: Mapping[str, Any] = field(default_factory=dict)
    """Passed to `Reveal.initialize` as it is."""
    markdown: MarkdownOptions = PLAIN
    variables: Mapping[str, str] = field(default_factory=dict)
    conditions: frozenset[str] = frozenset()
    """Every NAME in an `if: NAME` of its entries."""
    older: OlderTalk | None = None
    """The page of an older talk; its Markdown is in `slides` too."""

    @property
    def sources(self) -> Iterator[SlideSource]:
        """All slide sources, in the order in which they are shown."""
        yield from (*self.pre_slides, *self.slides, *self.post_slides)
