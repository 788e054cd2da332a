"""Decks as templates see them: pictures with the addresses of the page, texts with the HTML they may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.deck.html.addresses import Link, link_css
from quarterdeck.deck.icons.draw import link_and_draw, render_icon
from quarterdeck.deck.model import Background, Box, Deck, Item, Logo

if TYPE_CHECKING:
    from markupsafe import Markup

LinkAt = Callable[..., Link]
"""Links the addresses in the value at some keys of the deck file."""


class MetadataView(NamedTuple):
    """`deck.metadata` in templates."""

    title: str | Markup | None
    subtitle: str | Markup | None
    author: str | Markup | None
    favicon: str | None
    title_slug: str | None
    background: Background
    box: Box
    logo: Logo


class EventView(NamedTuple):
    """`deck.event` in templates."""

    name: str | Markup | None
    link: str | None
    logo: str | None
    logo_style: str | None


class ItemView(NamedTuple):
    """A line of `deck.agenda` or `deck.summary` in templates."""

    icon: Markup | None
    """HTML; None for no icon."""
    text: str | Markup


class UpcomingEventView(NamedTuple):
    """A line of `deck.events` in templates."""

    date: str | Markup | None
    title: str | Markup | None
    link: str | None
    homepage: str | None
    name: str | Markup | None
    type: str | Markup | None


class DeckView(NamedTuple):
    """`deck` in templates. Templates escape texts that are not markup."""

    name: str
    title: str
    metadata: MetadataView
    date: str | Markup | None
    event: EventView
    custom_style: Markup | None
    agenda: tuple[ItemView, ...]
    summary: tuple[ItemView, ...]
    events: tuple[UpcomingEventView, ...]


def make_view(deck: Deck, link_at: LinkAt) -> DeckView:
    """*deck* as templates see it, with its addresses linked."""
    metadata, event = deck.metadata, deck.event

    def picture(value: str | None, *keys: str) -> str | None:
        return link_at(*keys).load(value) if value else value

    def prose(value: str | None, *keys: str | int) -> str | Markup | None:
        return _prose(value, link_at(*keys))

    def style(value: str | None, *keys: str) -> str | None:
        return link_css(value, link_at(*keys)) if value else value

    background, box, logo = metadata.background, metadata.box, metadata.logo
    in_background, in_box, in_logo = ("metadata", "background"), ("metadata", "box"), ("metadata", "logo")
    return DeckView(
        name=deck.name,
        title=deck.title,
        metadata=MetadataView(
            title=prose(metadata.title, "metadata", "title"),
            subtitle=prose(metadata.subtitle, "metadata", "subtitle"),
            author=prose(metadata.author, "metadata", "author"),
            favicon=picture(metadata.favicon, "metadata", "favicon"),
            title_slug=metadata.title_slug,
            background=Background(
                picture(background.image, *in_background, "image"),
                style(background.size, *in_background, "size"),
                style(background.position, *in_background, "position"),
            ),
            box=Box(style(box.width, *in_box, "width"), style(box.align, *in_box, "align")),
            logo=Logo(picture(logo.image, *in_logo, "image"), style(logo.style, *in_logo, "style")),
        ),
        date=prose(deck.date, "date"),
        event=EventView(
            name=prose(event.name, "event", "name"),
            link=event.link,
            logo=picture(event.logo, "event", "logo"),
            logo_style=style(event.logo_style, "event", "logo_style"),
        ),
        custom_style=markup((style(deck.custom_style, "custom_style") or "").replace("</", r"<\/")) or None,
        agenda=tuple(_view_item(item, link_at) for item in deck.agenda),
        summary=tuple(_view_item(item, link_at) for item in deck.summary),
        events=tuple(
            UpcomingEventView(
                date=prose(upcoming.date, *upcoming.keys, "date"),
                title=prose(upcoming.title, *upcoming.keys, "title"),
                link=upcoming.link,
                homepage=upcoming.homepage,
                name=prose(upcoming.name, *upcoming.keys, "name"),
                type=prose(upcoming.type, *upcoming.keys, "type"),
            )
            for upcoming in deck.events
        ),
    )


def _view_item(item: Item, link_at: LinkAt) -> ItemView:
    icon = None
    if item.icon and item.icon.strip():
        icon = markup(render_icon(item.icon.strip(), link_at(*item.keys, "icon")))
    return ItemView(icon, _prose(item.text, link_at(*item.keys, "text")) or "")


def _prose(text: str | None, link: Link) -> str | Markup | None:
    """*text*, as markup if it holds HTML."""
    if not text or ("<" not in text and "&" not in text):
        return text
    from quarterdeck.deck.html.inline import inline_html

    return markup(link_and_draw(inline_html(text), link))


def markup(html: str) -> Markup:
    """*html*, which templates do not escape."""
    from markupsafe import Markup

    return Markup(html)
