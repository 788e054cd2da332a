"""The index: the page that lists all decks of a project, the newest first, with thumbnails of their title slides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from urllib.parse import quote

from markupsafe import Markup

from quarterdeck import __version__
from quarterdeck.base.errors import SourceError, UsageError
from quarterdeck.base.shipped import load_template
from quarterdeck.deck.html.tokens import Edit, Tag, find_end, read_tags, read_tokens, splice
from quarterdeck.deck.model import Deck, IndexEntry, Page, Thumbnail
from quarterdeck.deck.page.deck_page import HtmlDeckPage
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
_LEFT_OUT = frozenset({"aside", "audio", "iframe", "object", "script", "style", "video"})
_NO_NAMES = frozenset({"data-id", "id", "name", "tabindex"})
"""Attributes that would mean something else in the page of the index."""
_CSS_COMMENT = r"(?s)/\*.*?\*/"


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
        thumbnail=_make_thumbnail(deck, view, html_page, site),
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


def _make_thumbnail(deck: Deck, view: DeckView, html_page: HtmlDeckPage | None, site: Site) -> Thumbnail | None:
    """The first slide of *deck*, from the same template and style sheets; None if it cannot be rendered.

    Thumbnails are part of the index and scaled by CSS, so that no browser is needed to make them and no second page is
    loaded to show them. `@scope` limits a deck's own style to its thumbnail.
    """
    try:
        html = _first_slide(html_page.body) if html_page else _title_slide(deck, view, site)
        colours = _read_colours(deck, site)
    except (SourceError, UsageError):
        return None
    ground = "" if html_page else _background_of(view)
    section = next((token for token in read_tokens(html) if isinstance(token, Tag) and token.name == "section"), None)
    ground = ground or (_read_background(section.attributes) if section else "")
    html = splice(html, _edits(html))
    style = _scoped(str(view.custom_style)) if view.custom_style else ""
    return Thumbnail(Markup(html), ground + colours, Markup(style)) if html else None


def _first_slide(body: str) -> str:
    """The first slide in the body of an HTML deck, with its tag; empty for none."""
    tags = read_tags(body)
    sections = [index for index, tag in enumerate(tags) if tag.name == "section" and not tag.closing]
    for index, following in zip_longest(sections, sections[1:], fillvalue=len(tags)):
        end = find_end(tags, index)
        if end < following:
            return body[tags[index].start : tags[end].end]
    return ""


def _title_slide(deck: Deck, view: DeckView, site: Site) -> str:
    title = view.metadata.title or deck.title
    return site.templates.render(
        "title.html.j2", deck=view, meta=view.metadata, title=title, assets=site.template_assets(deck), small=True
    )


def _background_of(view: DeckView) -> str:
    """The background of the title slide, which its small version does not have."""
    background = view.metadata.background
    if not background.image:
        return ""
    size, position = background.size or "cover", background.position or "center"
    picture = f"background-image: url({_quoted(background.image)}); "
    return f"{picture}background-position: {position}; background-size: {size}; "


def _edits(html: str) -> Iterator[Edit]:
    """What makes a picture of a slide: no links, no ids, and nothing that moves."""
    tokens = iter(read_tokens(html))
    for token in tokens:
        if not isinstance(token, Tag):
            continue
        if token.name in _LEFT_OUT and not token.closing:
            ends = (tag.end for tag in tokens if isinstance(tag, Tag) and tag.closing and tag.name == token.name)
            yield token.start, next(ends, len(html)), ""
        elif token.name == "a":
            yield token.start, token.end, "</span>" if token.closing else "<span>"
        else:
            names = (attribute for attribute in token.attribute_list if attribute.name in _NO_NAMES)
            yield from ((attribute.start, attribute.end, "") for attribute in names)


def _read_background(attributes: Mapping[str, str]) -> str:
    """What reveal.js makes of a section's background attributes, as CSS."""
    prefix = "data-background"
    values = {name[len(prefix) :].strip("-"): value for name, value in attributes.items() if name.startswith(prefix)}
    background = values.get("", "")
    declarations = [f"background: {background}"] if background and "." not in background else []
    if picture := values.get("image") or (background if "." in background else ""):
        declarations += [f"background-image: url({_quoted(picture)})", "background-size: cover"]
        declarations.append("background-position: center")
    if gradient := values.get("gradient"):
        declarations.append(f"background-image: {gradient}")
    declarations += [f"background-{name}: {values[name]}" for name in ("color", "size", "position") if values.get(name)]
    return "".join(f"{declaration}; " for declaration in declarations)


def _quoted(url: str) -> str:
    return '"' + url.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read_colours(deck: Deck, site: Site) -> str:
    """The variables of the deck's theme, if it is not that of the index."""
    if deck.theme == site.project.theme:
        return ""
    theme = site.template_assets(deck).theme_file()
    if theme is None:
        return ""
    css = re.sub(_CSS_COMMENT, "", load_template(theme, site.project))
    return " ".join(" ".join(block.split()) for block in re.findall(r":root\s*\{([^{}]*)\}", css))


def _scoped(css: str) -> str:
    css = re.sub(r"@(?:import|charset|namespace)\b[^;]*;", "", re.sub(_CSS_COMMENT, "", css)).strip()
    depth = 0
    for sign in re.findall(r"[{}]", css):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return ""
    return f"<style>@scope {{ {css} }}</style>" if css and depth == 0 and "</" not in css else ""
