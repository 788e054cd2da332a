"""The pages of decks and of HTML decks, from their views and slides."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from quarterdeck import __version__
from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.html.addresses import Link, link_attribute
from quarterdeck.deck.html.comments import merge_attributes, render_attributes
from quarterdeck.deck.html.tokens import Tag, read_tokens
from quarterdeck.deck.icons.draw import draw_icons, link_and_draw
from quarterdeck.deck.load.locate import find_place
from quarterdeck.deck.markdown.extensions.footnotes import SLIDE, own_footnotes
from quarterdeck.deck.markdown.extensions.registry import find_needs
from quarterdeck.deck.model import Deck, DeckSlides, HtmlDeck, MarkdownSection, Page, PageSlide, Slide, StacksOf
from quarterdeck.deck.page.site import Site
from quarterdeck.deck.page.view import DeckView
from quarterdeck.deck.steps.raw_code import finish_code

_TAKEN_IDS = frozenset({"title", "agenda", "summary", "events", "reveal-options"})
"""The ids of the slides that templates add."""
_NOT_PASSED_ON = frozenset({"plugins", "dependencies", "markdown"})
"""Options of reveal.js that load something, or that apply when a deck is built."""


class HtmlDeckPage(NamedTuple):
    """An HTML deck as its template sees it."""

    lang: str
    head: Markup
    body: Markup
    body_class: str
    scripts: Markup


def render_deck_page(deck: Deck, view: DeckView, slides: DeckSlides, site: Site, problems: Problems) -> Page:
    """The page of *deck*.

    Raises:
        SourceError: Its theme or a template of the project is missing or wrong.
        UsageError: A file that comes with quarterdeck is missing.
    """
    every = [slide for stacks in slides for stack in stacks for slide in stack]
    taken = _TAKEN_IDS | {deck.metadata.title_slug or "title"}
    _warn_doubled_ids(deck, every, taken, problems)
    ids = _unique_ids(every, taken)
    pre, main, post = ([[_page_slide(slide, next(ids)) for slide in stack] for stack in stacks] for stacks in slides)
    needs = find_needs(slide.html for slide in every)
    page = _render(deck, view, site, "deck.html.j2", needs=needs, pre_stacks=pre, stacks=main, post_stacks=post)
    return page._replace(slides=tuple(slide for stacks in (pre, main, post) for stack in stacks for slide in stack))


def render_html_deck_page(deck: Deck, view: DeckView, page: HtmlDeckPage, site: Site) -> Page:
    """The page of an HTML deck; raises as `render_deck_page`."""
    needs = find_needs([page.body])
    return _render(deck, view, site, "html_deck.html.j2", html_deck=page, needs=needs)


def render_html_deck(deck: Deck, html_deck: HtmlDeck, stacks_of: StacksOf, site: Site) -> HtmlDeckPage:
    """The parts of the page of *html_deck*, with linked addresses."""
    top = Place(deck.located.path, 1)
    link = site.link_from(site.project.slides, lambda url: find_place(url, html_deck.text, top))
    texts = [part for part in html_deck.body if isinstance(part, str)]
    tags = (token for text in texts for token in read_tokens(text, plain=False) if isinstance(token, Tag))
    taken = {tag.attributes["id"] for tag in tags if "id" in tag.attributes}
    sources = [part.source for part in html_deck.body if not isinstance(part, str) and part.source]
    slides = [slide for source in sources for stack in stacks_of(source) for slide in stack]
    ids = _unique_ids(slides, taken | {"reveal-options"})
    body = "".join(
        link_and_draw(finish_code(part), link)
        if isinstance(part, str)
        else "\n".join(_render_section(part, stacks_of, ids, link))
        for part in html_deck.body
    )
    head, scripts = (Markup(link_and_draw(html, link)) for html in (html_deck.head, html_deck.scripts))
    return HtmlDeckPage(html_deck.lang or "en", head, Markup(body), html_deck.body_class, scripts)


def _render_section(section: MarkdownSection, stacks_of: StacksOf, ids: Iterator[str], link: Link) -> Iterable[str]:
    """The sections that the Markdown of *section* makes; the topmost ones get its attributes."""
    if section.source is None:
        return
    outer = {name: link_attribute(name, value, link) for name, value in section.attributes.items()}
    for stack in stacks_of(section.source):
        if len(stack) > 1:
            yield f"<section{render_attributes(outer)}>"
        for slide in stack:
            attributes = dict(outer) if len(stack) == 1 else {}
            attributes = merge_attributes(attributes, list(slide.attributes.items()))
            if name := next(ids):
                attributes.setdefault("id", name)
            html = own_footnotes(slide.html, attributes.get("id", ""))
            yield f"<section{render_attributes(attributes)}>\n{html}\n</section>"
        if len(stack) > 1:
            yield "</section>"
        outer.pop("id", None)  # of several slides the first has it


def _render(deck: Deck, view: DeckView, site: Site, template: str, **parts: Any) -> Page:
    assets = site.template_assets(deck)
    html = site.templates.render(
        template,
        deck=view,
        assets=assets,
        reveal_options=Markup(json.dumps(_reveal_options(deck, site), ensure_ascii=False).replace("</", "<\\/")),
        version=__version__,
        source=deck.located.path,
        **{"pre_stacks": [], "stacks": [], "post_stacks": [], **parts},
    )
    if site.templates.are_own:  # which may show icons themselves
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
    return PageSlide(Markup(own_footnotes(slide.html, name)), Markup(render_attributes(attributes)), name, slide.at)


def _unique_ids(slides: Sequence[Slide], taken: Collection[str]) -> Iterator[str]:
    """The id of each of *slides*, which is its address (`talk.html#/layers`): its own, else made from its heading."""
    used = {slide.attributes["id"] for slide in slides if "id" in slide.attributes} | set(taken)
    for slide in slides:
        if "id" in slide.attributes:
            yield slide.attributes["id"]
            continue
        slug = re.sub(r"[\W_]+", "-", slide.heading.lower()).strip("-")
        if slug.isdecimal():  # reveal.js takes it for the number of a slide
            slug = f"slide-{slug}"
        slug = name = slug or ("footnotes" if SLIDE in slide.html else "")
        number = 2
        while name in used:
            name, number = f"{slug}-{number}", number + 1
        if name:
            used.add(name)
        yield name


def _warn_doubled_ids(deck: Deck, slides: Sequence[Slide], taken: Collection[str], problems: Problems) -> None:
    """Warn about slides that no link leads to, since their id is taken: each at the line of its id."""
    texts = {source.shown: source.text for source in deck.sources}
    used = set(taken)
    for slide in slides:
        name = slide.attributes.get("id")
        if name in used:
            at = find_place(name, texts[slide.at.path], slide.at)
            owner = "of a slide that every deck may have" if name in taken else "that of an earlier slide, too"
            problems.warn(at, f"the id '{name}' is {owner}", "give this slide another one")
        elif name:
            used.add(name)
