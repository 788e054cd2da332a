"""The parts of a page: its slides, its styles, and the frame around them.

Two builds of a page are compared by these parts, to change only what differs in a page that is open in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import NamedTuple

from quarterdeck.base.errors import Place
from quarterdeck.deck.html.tokens import Tag, find_end, read_tags
from quarterdeck.deck.model import Page, PageSlide

_NOWHERE = Place("", 0)
_PLACEHOLDER = re.compile('data-part="\ue000([0-9]+)"')
"""An attribute of the section that stands for a slide whose text is known; a private character."""
_TITLE = re.compile(r"(?s)<title>(.*?)</title>")
_STYLE_SHEET = re.compile(r'\n?<link rel="stylesheet" href="([^"]*)">')
_STYLE = re.compile(r"(?s)\n?<style>(.*?)</style>")
_SYMBOLS = re.compile(r'(?s)(?<=>)\n<svg aria-hidden="true" style="display: none">(.*?)</svg>')


class ShownSlide(NamedTuple):
    """A slide in a page: a `<section>` that contains no other slide."""

    attributes: str
    """The attributes of its tag, each after a blank, as written."""
    html: str
    """The content of its `<section>`."""
    at: Place = _NOWHERE
    """The first line of its source; the deck file for slides that templates add."""
    from_source: bool = False
    """Whether it comes from a slide source."""


class ShownStack(NamedTuple):
    """Slides at one horizontal position."""

    slides: tuple[ShownSlide, ...]
    attributes: str | None
    """Those of the `<section>` around them; None for a slide that stands alone."""


class PageParts(NamedTuple):
    """A page, taken apart."""

    frame: str
    """The page without the other parts."""
    title: str
    """The text of its `<title>`."""
    style_sheets: tuple[str, ...]
    """The addresses of its style sheets."""
    styles: tuple[str, ...]
    """The contents of the `<style>` elements in its head."""
    symbols: str
    """The drawings of its icons; empty for none."""
    stacks: tuple[ShownStack, ...]
    after_slides: int
    """The index in the page's HTML of the end of the element that holds the slides."""
    text: str
    """The page with placeholders for the slides that come from slide sources."""
    length: int
    """Of the page's HTML."""


def split_page(page: Page, source: Place = _NOWHERE, last: PageParts | None = None) -> PageParts | None:
    """The parts of *page*; None for a page without slides, or with unclosed tags.

    Args:
        page: The page.
        source: Its deck file.
        last: The parts of an earlier build of it, which save the reading where only slides differ.
    """
    text, from_sources = _with_placeholders(page)
    if last is not None and last.text == text:
        after = last.after_slides + len(page.html) - last.length
        return last._replace(stacks=_put_in(last.stacks, from_sources), after_slides=after, length=len(page.html))
    tags = read_tags(text)
    start = next((index for index, tag in enumerate(tags) if not tag.closing and "slides" in tag.classes), None)
    if start is None or (end := find_end(tags, start)) == len(tags):
        return None
    stacks: list[ShownStack] = []
    between: list[str] = []
    at = tags[start].end
    index = start + 1
    while index < end:
        tag = tags[index]
        if tag.name != "section" or tag.closing:
            index += 1
            continue
        closing = find_end(tags, index)
        if closing >= end:
            return None
        between.append(text[at : tag.start].strip())
        at, stack = tags[closing].end, _read_stack(text, tags, index, closing, from_sources, source)
        if stack is None:
            return None
        stacks.append(stack)
        index = closing + 1
    between.append(text[at : tags[end].start].strip())
    frame = text[: tags[start].end] + "\0".join(filter(None, between)) + text[tags[end].start :]
    after = len(page.html) - (len(text) - tags[end].end)
    return _take_head(frame)._replace(stacks=tuple(stacks), after_slides=after, text=text, length=len(page.html))


def _put_in(stacks: Sequence[ShownStack], from_sources: Sequence[PageSlide]) -> tuple[ShownStack, ...]:
    """*stacks* with the slides *from_sources* instead of those that were there."""
    numbers = iter(from_sources)
    return tuple(
        stack._replace(slides=tuple(_shown(next(numbers)) if slide.from_source else slide for slide in stack.slides))
        for stack in stacks
    )


def _shown(slide: PageSlide) -> ShownSlide:
    return ShownSlide(str(slide.attributes), f"\n{slide.html}\n", slide.at, from_source=True)


def _with_placeholders(page: Page) -> tuple[str, Sequence[PageSlide]]:
    """The text of *page* with short sections in place of known slides, and these; none if a template changes them."""
    html, pieces, at = page.html, [], 0
    for number, slide in enumerate(page.slides):
        section = f"<section{slide.attributes}>\n{slide.html}\n</section>"
        start = html.find(section, at)
        if start < 0:
            return html, ()
        pieces += [html[at:start], f'<section data-part="\ue000{number}"></section>']
        at = start + len(section)
    return "".join([*pieces, html[at:]]), page.slides


def _read_stack(
    text: str, tags: Sequence[Tag], first: int, last: int, from_sources: Sequence[PageSlide], source: Place
) -> ShownStack | None:
    """The slides of the section from *first* to *last*; None if it contains anything beside slides."""
    inner = first + 1
    nested = tags[inner].name == "section" and not tags[inner].closing
    if not nested or text[tags[first].end : tags[inner].start].strip():
        return ShownStack((_read_slide(text, tags[first], tags[last], from_sources, source),), None)
    slides = []
    while inner < last:
        end = find_end(tags, inner)
        if tags[inner].name != "section" or tags[inner].closing or end >= last:
            return None
        slides.append(_read_slide(text, tags[inner], tags[end], from_sources, source))
        if text[tags[end].end : tags[end + 1].start].strip():
            return None
        inner = end + 1
    return ShownStack(tuple(slides), _attributes_text(tags[first]))


def _read_slide(text: str, tag: Tag, end: Tag, from_sources: Sequence[PageSlide], source: Place) -> ShownSlide:
    attributes = _attributes_text(tag)
    if from_sources and (match := _PLACEHOLDER.fullmatch(attributes.strip())):
        return _shown(from_sources[int(match[1])])
    return ShownSlide(attributes, text[tag.end : end.start], source)


def _attributes_text(tag: Tag) -> str:
    return tag.text[tag.start + len("<section") : tag.end - 1]


def read_attributes(text: str) -> Mapping[str, str]:
    """The values of attributes as written in a tag."""
    if not text:
        return {}
    (tag,) = read_tags(f"<section{text}>") or (Tag("<section>", "section", 0, 9),)
    return tag.attributes


def _take_head(frame: str) -> PageParts:
    """*frame* without what its head holds; the slides are missing."""
    head, end_tag, rest = frame.partition("</head>")
    title = _TITLE.search(head)
    styles, sheets = tuple(_STYLE.findall(head)), tuple(map(unescape, _STYLE_SHEET.findall(head)))
    symbols = _SYMBOLS.search(rest)
    head = _STYLE_SHEET.sub("", _STYLE.sub("", _TITLE.sub("", head)))
    rest = _SYMBOLS.sub("", rest, count=1)
    return PageParts(
        frame=head + end_tag + rest,
        title=unescape(title[1]) if title else "",
        style_sheets=sheets,
        styles=styles,
        symbols=symbols[1] if symbols else "",
        stacks=(),
        after_slides=0,
        text="",
        length=0,
    )
