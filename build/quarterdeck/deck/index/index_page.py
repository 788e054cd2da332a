"""The index: the page that lists all decks of a project, the newest first, each with its title slide in small."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from quarterdeck import __version__
from quarterdeck.deck.index.thumbnail import Thumbnail, make_thumbnail
from quarterdeck.deck.model import Deck
from quarterdeck.deck.page.page_maker import Page, PageMaker

_ISO = r"\s*(\d{4})(?:-([\dXx?]{1,2}))?(?:-([\dXx?]{1,2}))?(?![^\W_])"
_DOTTED = r"\s*(?:(\d{1,2})\.\s?)?(\d{1,2})\.\s?(\d{4})(?!\d)"
_YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)"
_MONTH = r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
_DAY = r"(?<![\d.:])([1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d.:])"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNKNOWN = 99
"""A month or day that is not known yet, as in `2026-xx-yy`, comes after all that are."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A deck as the index lists it."""

    name: str
    title: str
    subtitle: str | None
    event: str | None
    date: str | None
    url: str
    """The address of its page, relative to the index."""
    slides: int
    """How many slides its sources make."""
    thumbnail: Thumbnail | None
    """Its first slide; None where that cannot be rendered."""


def render_index(maker: PageMaker, entries: Iterable[IndexEntry]) -> Page:
    """The page that lists *entries*, the newest first.

    Raises:
        SourceError: The template of the project is wrong.
    """
    ordered = sorted(entries, key=lambda entry: entry.name)
    ordered.sort(key=lambda entry: date_key(entry.date or entry.name), reverse=True)
    assets = maker.index_assets()
    html = maker.templates.render("index.html.j2", decks=ordered, assets=assets, version=__version__)
    return Page("index.html", maker.with_symbols(html, assets))


def make_entry(maker: PageMaker, deck: Deck) -> IndexEntry:
    """How the index lists *deck*."""
    linked = maker.link_deck(deck)
    return IndexEntry(
        name=deck.name,
        title=deck.title,
        subtitle=linked.metadata.subtitle,
        event=linked.event.name,
        date=linked.date,
        url=f"{quote(deck.name)}.html",
        slides=maker.count_slides(deck),
        thumbnail=make_thumbnail(maker, deck, linked),
    )


def date_key(text: str) -> tuple[int, int, int]:
    """What orders decks by date: year, month, day. No year at all comes before all others.

    `2026-11-23`, `2026-xx-yy`, `23.11.2026`, `23 November 2026` and a file name that starts with a date are read.
    """
    if not any(sign.isdigit() for sign in text):
        return 0, 0, 0
    if match := re.match(_ISO, text):
        return int(match[1]), _number(match[2]), _number(match[3])
    if match := re.match(_DOTTED, text):
        return int(match[3]), int(match[2]), _number(match[1])
    year, month = re.search(_YEAR, text), re.search(_MONTH, text)
    if year is None:
        return 0, 0, 0
    if month is None:
        return int(year[1]), _UNKNOWN, _UNKNOWN
    day = re.search(_DAY, text)
    return int(year[1]), _MONTHS.index(month[1].lower()) + 1, int(day[1]) if day else _UNKNOWN


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else _UNKNOWN
