"""The pages of HTML decks: the HTML of their authors, with the slides that their Markdown makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from quarterdeck.deck.html.addresses import Link, link_attribute
from quarterdeck.deck.html.comments import merge_attributes, render_attributes
from quarterdeck.deck.html.tokens import Tag, find_end, read_tags, read_tokens
from quarterdeck.deck.icons.draw import link_and_draw
from quarterdeck.deck.markdown.extensions.footnotes import own_footnotes
from quarterdeck.deck.model import HtmlDeck, MarkdownSection, SlideSource, Stacks
from quarterdeck.deck.page.slide_ids import unique_ids
from quarterdeck.deck.page.view import markup
from quarterdeck.deck.steps.raw_code import finish_code

if TYPE_CHECKING:
    from markupsafe import Markup


class HtmlDeckPage(NamedTuple):
    """An HTML deck as its template sees it."""

    lang: str
    head: Markup
    body: Markup
    body_class: str
    scripts: Markup


def render_html_deck(html_deck: HtmlDeck, slides_of: Callable[[SlideSource], Stacks], link: Link) -> HtmlDeckPage:
    """The parts of the page of *html_deck*, with linked addresses."""
    sections = [part for part in html_deck.body if isinstance(part, MarkdownSection) and part.source]
    slides = [slide for one in sections if one.source for stack in slides_of(one.source) for slide in stack]
    taken = {
        tag.attributes["id"]
        for part in html_deck.body
        if isinstance(part, str)
        for tag in read_tokens(part, plain=False)
        if isinstance(tag, Tag) and "id" in tag.attributes
    }
    ids = unique_ids(slides, taken | {"reveal-options"})
    body = "".join(
        link_and_draw(finish_code(part), link)
        if isinstance(part, str)
        else "\n".join(_render_section(part, slides_of, ids, link))
        for part in html_deck.body
    )
    head, scripts = (markup(link_and_draw(html, link)) for html in (html_deck.head, html_deck.scripts))
    return HtmlDeckPage(html_deck.lang or "en", head, markup(body), html_deck.body_class, scripts)


def first_slide(body: str) -> str:
    """The first slide in the body of an HTML deck, with its tag; empty for none."""
    tags = read_tags(body)
    sections = [at for at, tag in enumerate(tags) if tag.name == "section" and not tag.closing]
    for at, following in zip_longest(sections, sections[1:], fillvalue=len(tags)):
        end = find_end(tags, at)
        if end < following:
            return body[tags[at].start : tags[end].end]
    return ""


def _render_section(
    section: MarkdownSection, slides_of: Callable[[SlideSource], Stacks], ids: Iterator[str], link: Link
) -> Iterable[str]:
    """The sections that the Markdown makes; those at the top get the attributes of the one that it stood in."""
    if section.source is None:
        return
    own = {name: link_attribute(name, value, link) for name, value in section.attributes.items()}
    for stack in slides_of(section.source):
        if len(stack) > 1:
            yield f"<section{render_attributes(own)}>"
        for slide in stack:
            attributes = dict(own) if len(stack) == 1 else {}
            attributes = merge_attributes(attributes, list(slide.attributes.items()))
            if name := next(ids):
                attributes.setdefault("id", name)
            html = own_footnotes(slide.html, attributes.get("id", ""))
            yield f"<section{render_attributes(attributes)}>\n{html}\n</section>"
        if len(stack) > 1:
            yield "</section>"
        own.pop("id", None)  # of several slides the first one has it
