"""An older talk as a value: the page that its author wrote, taken to pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quarterdeck.deck.model import SlideSource


@dataclass(frozen=True, slots=True)
class Separators:
    """What an older talk says stands between slides: regular expressions of its own."""

    stacks: str
    """Between stacks: `data-separator`."""
    slides: str | None
    """Between the slides of a stack: `data-separator-vertical`."""
    notes: str
    """Before speaker notes: `data-separator-notes`."""


@dataclass(frozen=True, slots=True)
class MarkdownSection:
    """A `<section data-markdown>` of an older talk."""

    source: SlideSource | None
    """None where its file is not there."""
    attributes: Mapping[str, str]
    """What its slides get: all of its attributes but those that say where the Markdown is and how to split it."""


@dataclass(frozen=True, slots=True)
class OlderTalk:
    """A reveal.js page that its author wrote as HTML, without what belongs to reveal.js itself."""

    text: str
    """The whole file, for places in messages."""
    lang: str
    head: str
    """HTML: description, author, icon and styles of its own."""
    body: tuple[str | MarkdownSection, ...]
    """What stands in its `<body>`: HTML as it is, and Markdown to be rendered."""
    body_class: str
    scripts: str
    """HTML: scripts of its own, for the end of the page."""
    plain: int
    """How many slides it has that are HTML."""
