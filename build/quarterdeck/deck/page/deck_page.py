"""The page of a deck, from its view and its slides."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from quarterdeck import __version__
from quarterdeck.base.errors import Problems
from quarterdeck.deck.html.comments import render_attributes
from quarterdeck.deck.icons.draw import draw_icons
from quarterdeck.deck.load.locate import find_place
from quarterdeck.deck.markdown.extensions.footnotes import own_footnotes
from quarterdeck.deck.markdown.extensions.registry import find_needs
from quarterdeck.deck.model import Deck, DeckSlides, Page, PageSlide, Slide
from quarterdeck.deck.page.html_deck_page import HtmlDeckPage
from quarterdeck.deck.page.site import Site
from quarterdeck.deck.page.slide_ids import doubled_ids, unique_ids
from quarterdeck.deck.page.view import DeckView, markup

_TAKEN_IDS = frozenset({"title", "agenda", "summary", "events", "reveal-options"})
"""The ids of the slides that templates add."""
_NOT_PASSED_ON = frozenset({"plugins", "dependencies", "markdown"})
"""Options of reveal.js that load something, or that apply when a deck is built."""


def render_deck_page(deck: Deck, view: DeckView, slides: DeckSlides, site: Site, problems: Problems) -> Page:
    """The page of *deck*.

    Raises:
        SourceError: Its theme or a template of the project is missing or wrong.
        UsageError: A file that comes with quarterdeck is missing.
    """
    every = [slide for stacks in slides for stack in stacks for slide in stack]
    taken = _TAKEN_IDS | {deck.metadata.title_slug or "title"}
    _warn_doubled_ids(deck, every, taken, problems)
    ids = unique_ids(every, taken)
    pre, main, post = ([[_page_slide(slide, next(ids)) for slide in stack] for stack in stacks] for stacks in slides)
    needs = find_needs(slide.html for slide in every)
    return _render(deck, view, site, "deck.html.j2", needs=needs, pre_stacks=pre, stacks=main, post_stacks=post)


def render_html_deck_page(deck: Deck, view: DeckView, page: HtmlDeckPage, site: Site) -> Page:
    """The page of an HTML deck; raises as `render_deck_page`."""
    needs = find_needs([page.body])
    return _render(deck, view, site, "html_deck.html.j2", html_deck=page, needs=needs)


def _render(deck: Deck, view: DeckView, site: Site, template: str, **parts: Any) -> Page:
    assets = site.template_assets(deck)
    html = site.templates.render(
        template,
        deck=view,
        assets=assets,
        reveal_options=markup(json.dumps(_reveal_options(deck, site), ensure_ascii=False).replace("</", "<\\/")),
        version=__version__,
        source=deck.located.path,
        **{"pre_stacks": [], "stacks": [], "post_stacks": [], **parts},
    )
    if site.templates.own:  # which may show icons themselves
        html = draw_icons(html, site.link_deck_file(deck)().warn)
    return Page(f"{deck.name}.html", site.with_symbols(html, assets))


def _reveal_options(deck: Deck, site: Site) -> Mapping[str, Any]:
    """The options of `Reveal.initialize`, which loads only what comes with the page."""
    options = {name: value for name, value in deck.reveal.items() if name not in _NOT_PASSED_ON}
    key = "parallaxBackgroundImage"
    if isinstance(picture := options.get(key), str):
        options[key] = site.link_deck_file(deck)("reveal", key).load(picture)
    return options


def _page_slide(slide: Slide, name: str) -> PageSlide:
    attributes = {**slide.attributes, "id": name} if name else dict(slide.attributes)
    return PageSlide(markup(own_footnotes(slide.html, name)), markup(render_attributes(attributes)), name)


def _warn_doubled_ids(deck: Deck, slides: Sequence[Slide], taken: Collection[str], problems: Problems) -> None:
    """Warn about slides that no link leads to, each at the line of its id."""
    texts = {source.shown: source.text for source in deck.sources}
    for slide in doubled_ids(slides, taken):
        name = slide.attributes["id"]
        at = find_place(name, texts[slide.at.path], slide.at)
        owner = "of a slide that every deck may have" if name in taken else "that of an earlier slide, too"
        problems.warn(at, f"the id '{name}' is {owner}", "give this slide another one")
