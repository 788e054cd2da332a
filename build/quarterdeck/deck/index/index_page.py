"""The index: the page that lists all decks of a project, the newest first, with thumbnails of their title slides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from quarterdeck import __version__
from quarterdeck.deck.index.thumbnail import make_thumbnail
from quarterdeck.deck.model import Deck, IndexEntry, Page
from quarterdeck.deck.page.html_deck_page import HtmlDeckPage
from quarterdeck.deck.page.site import Site
from quarterdeck.deck.page.view import DeckView

_ISO = r"\s*(\d{4})(?:-([\dXx?]{1,2}))?(?:-([\dXx?]{1,2}))?(?![^\W_])"
_DOTTED = r"\s*(?:(\d{1,2})\.\s?)?(\d{1,2})\.\s?(\d{4})(?!\d)"
_YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)"
_MONTH = r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
_DAY = r"(?<![\d.:])([1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d.:])"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNKNOWN = 99
"""An unknown month or day, as in `2026-xx-yy`, sorts after all others."""


def render_index(site: Site, entries: Iterable[IndexEntry]) -> Page:
    """The page that lists *entries*, the newest first.

    Raises:
        SourceError: The template of the project is wrong.
    """
    ordered = sorted(entries, key=lambda entry: entry.name)
    ordered.sort(key=lambda entry: date_key(entry.date or entry.name), reverse=True)
    assets = site.template_assets(None)
    html = site.templates.render("index.html.j2", decks=ordered, assets=assets, version=__version__)
    return Page("index.html", site.with_symbols(html, assets))


def make_entry(deck: Deck, view: DeckView, slides: int, html_page: HtmlDeckPage | None, site: Site) -> IndexEntry:
    """How the index lists *deck*, which has that many *slides*; *html_page*: its page, if it is an HTML deck."""
    return IndexEntry(
        name=deck.name,
        title=deck.title,
        subtitle=view.metadata.subtitle,
        event=view.event.name,
        date=view.date,
        url=f"{quote(deck.name)}.html",
        slides=slides,
        thumbnail=make_thumbnail(deck, view, html_page, site),
    )


def date_key(text: str) -> tuple[int, int, int]:
    """The sort key of a date: year, month, day. A text without a year sorts first.

    Understands `2026-11-23`, `2026-xx-yy`, `23.11.2026`, `23 November 2026` and file names that start with a date.
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
