"""Decks as templates see them: pictures with the addresses of the page, texts with the HTML they may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from markupsafe import Markup

from quarterdeck.deck.html.addresses import Link, link_css
from quarterdeck.deck.icons.draw import link_and_draw, render_icon
from quarterdeck.deck.model import Background, Box, Deck, Event, Item, Logo, Metadata, UpcomingEvent

LinkAt = Callable[..., Link]
"""Links the addresses in the value at some keys of the deck file."""


class DeckView(NamedTuple):
    """`deck` in templates, which escape texts that are not `Markup`."""

    name: str
    title: str
    metadata: Metadata
    date: str | None
    event: Event
    custom_style: Markup | None
    agenda: tuple[Item, ...]
    summary: tuple[Item, ...]
    events: tuple[UpcomingEvent, ...]


def make_view(deck: Deck, link_at: LinkAt) -> DeckView:
    """*deck* as templates see it, with its addresses linked."""

    def picture(value: str | None, *keys: str) -> str | None:
        return link_at(*keys).load(value) if value else value

    def style(value: str | None, *keys: str) -> str | None:
        return link_css(value, link_at(*keys)) if value else value

    def prose(value: str | None, *keys: str | int) -> str | None:
        """*value*, as markup if it holds HTML."""
        if not value or ("<" not in value and "&" not in value):
            return value
        from quarterdeck.deck.html.inline import inline_html

        return Markup(link_and_draw(inline_html(value), link_at(*keys)))

    def view_item(item: Item) -> Item:
        icon = (item.icon or "").strip()
        if icon:
            icon = Markup(render_icon(icon, link_at(*item.keys, "icon")))
        return item._replace(icon=icon or None, text=prose(item.text, *item.keys, "text") or "")

    def view_event(event: UpcomingEvent) -> UpcomingEvent:
        names = ("date", "title", "name", "type")
        texts: dict[str, Any] = {name: prose(getattr(event, name), *event.keys, name) for name in names}
        return event._replace(**texts)

    metadata, event = deck.metadata, deck.event
    background, box, logo = metadata.background, metadata.box, metadata.logo
    in_background, in_box, in_logo = ("metadata", "background"), ("metadata", "box"), ("metadata", "logo")
    return DeckView(
        name=deck.name,
        title=deck.title,
        metadata=Metadata(
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
        event=event._replace(
            name=prose(event.name, "event", "name"),
            logo=picture(event.logo, "event", "logo"),
            logo_style=style(event.logo_style, "event", "logo_style"),
        ),
        custom_style=Markup((style(deck.custom_style, "custom_style") or "").replace("</", r"<\/")) or None,
        agenda=tuple(map(view_item, deck.agenda)),
        summary=tuple(map(view_item, deck.summary)),
        events=tuple(map(view_event, deck.events)),
    )
