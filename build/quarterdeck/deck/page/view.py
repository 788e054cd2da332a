"""Decks as templates see them: pictures as the page links them, texts with the little HTML that they may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from quarterdeck.deck.html.addresses import Link, link_css, link_html
from quarterdeck.deck.model import Deck, Item

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from markupsafe import Markup

    _Part = TypeVar("_Part", bound=DataclassInstance)

LinkAt = Callable[..., Link]
"""Takes the keys that lead to a value of the deck file, and gives what links its addresses."""

_ADDRESSES = frozenset({"favicon", "link", "homepage", "title_slug", "icon", "style", "logo", "logo_style"})
"""Fields whose text is no prose."""


def link_deck(deck: Deck, link_at: LinkAt) -> Deck:
    """*deck* with its pictures as the page links them, and with HTML and styles as markup."""
    meta, event = deck.metadata, deck.event

    def picture(value: str | None, *keys: str | int) -> str | None:
        return link_at(*keys).load(value) if value else value

    style = link_css(deck.custom_style, link_at("custom_style")) if deck.custom_style else None
    return replace(
        deck,
        metadata=replace(
            _with_prose(meta, link_at, "metadata"),
            favicon=picture(meta.favicon, "metadata", "favicon"),
            background=replace(
                meta.background, image=picture(meta.background.image, "metadata", "background", "image")
            ),
            logo=replace(meta.logo, image=picture(meta.logo.image, "metadata", "logo", "image")),
        ),
        date=_prose(deck.date, link_at("date")),
        event=replace(_with_prose(event, link_at, "event"), logo=picture(event.logo, "event", "logo")),
        agenda=tuple(_link_item(item, link_at) for item in deck.agenda),
        summary=tuple(_link_item(item, link_at) for item in deck.summary),
        events=tuple(_with_prose(one, link_at, *one.keys) for one in deck.events),
        custom_style=markup(style) if style else None,
    )


def _link_item(item: Item, link_at: LinkAt) -> Item:
    icon = None
    if item.icon and item.icon.strip():
        from quarterdeck.deck.icons.item_icons import render_icon

        icon = markup(render_icon(item.icon.strip(), link_at(*item.keys, "icon")))
    return Item(icon, _prose(item.text, link_at(*item.keys, "text")) or "")


def _with_prose(part: _Part, link_at: LinkAt, *keys: str | int) -> _Part:
    changed: dict[str, Any] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, str) and field.name not in _ADDRESSES:
            changed[field.name] = _prose(value, link_at(*keys, field.name))
    return replace(part, **changed) if changed else part


def _prose(text: str | None, link: Link) -> str | None:
    """*text* as markup if there is any HTML in it; templates escape it otherwise."""
    if not text or ("<" not in text and "&" not in text):
        return text
    from quarterdeck.deck.html.inline import inline_html

    return markup(link_html(inline_html(text), link))


def markup(html: str) -> Markup:
    """*html* as templates take it without escaping it."""
    from markupsafe import Markup

    return Markup(html)
