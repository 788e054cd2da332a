"""Pages: decks and the index as HTML, from slide sources and Jinja2 templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from quarterdeck.deck.ahead import start_colouring
from quarterdeck.deck.assets import AssetStore, Link, link_attribute, link_css, link_html
from quarterdeck.deck.attributes import render_attributes
from quarterdeck.deck.deck import Deck, SlideSource
from quarterdeck.deck.fences import map_fences
from quarterdeck.deck.highlight import Code
from quarterdeck.deck.include import Marker, parse_markers
from quarterdeck.deck.markdown import (
    RawSlide,
    Slide,
    find_code,
    place_blocks,
    prepare_markdown,
    render_slide,
    split_slides,
)
from quarterdeck.deck.sources import find_decks
from quarterdeck.deck.templates import TemplateAssets, Templates
from quarterdeck.errors import Place, Problems
from quarterdeck.project import Project

if TYPE_CHECKING:
    from markupsafe import Markup

    from quarterdeck.deck.blocks import BlockMaker

_TAKEN_IDS = frozenset({"title", "agenda", "summary", "events"})
"""What templates call the slides that they make themselves."""


@dataclass(frozen=True, slots=True)
class PageSlide:
    """A slide as templates see it."""

    html: Markup
    """What stands inside its `<section>`."""
    attributes: Markup
    """What stands in the tag of its `<section>`, each attribute with a blank before it; the id is among them."""
    id: str
    """From `.slide:` or its first heading, unique in the deck; empty for none."""


@dataclass(frozen=True, slots=True)
class Page:
    """A file to be published."""

    name: str
    """`NAME.html`."""
    html: str


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A deck as the index lists it."""

    name: str
    title: str
    subtitle: str | None
    event: str | None
    date: str | None
    url: str
    slides: int
    """How many slides its sources make."""


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A slide source, but for what depends on the deck that shows it."""

    stacks: tuple[tuple[RawSlide, ...], ...]
    figures: Mapping[int, str]
    codes: tuple[Code, ...]


class PageMaker:
    """Renders the decks of one run; what they share is read and parsed once."""

    def __init__(self, project: Project, problems: Problems) -> None:
        self._project = project
        self._problems = problems
        self._templates = Templates(project)
        self._parsed: dict[Path, _Parsed] = {}
        self._rendered: dict[tuple[Path, tuple[tuple[str, str], ...]], tuple[tuple[Slide, ...], ...]] = {}
        self._pages = frozenset(f"{name}.html" for name in (*find_decks(project), "index"))
        self.assets = AssetStore(project, problems, self._templates.folders)

    def render_deck(self, deck: Deck) -> Page:
        """The page of *deck*.

        Raises:
            SourceError: Its theme or a template of the project is missing or wrong.
            UsageError: A file that comes with quarterdeck is missing.
        """
        self._get_ready(deck)
        ids = _unique_ids(slide for source in deck.sources for stack in self._render(source, deck) for slide in stack)
        parts = {
            name: [
                [self._page_slide(slide, next(ids)) for slide in stack]
                for source in sources
                for stack in self._render(source, deck)
            ]
            for name, sources in (
                ("pre_stacks", deck.pre_slides),
                ("stacks", deck.slides),
                ("post_stacks", deck.post_slides),
            )
        }
        assets = TemplateAssets(self.assets, self._templates.folders, deck.theme, deck.located.place("theme"))
        options = _markup(json.dumps(deck.reveal, ensure_ascii=False).replace("</", "<\\/"))
        html = self._templates.render(
            "deck.html.j2", deck=self._link_deck(deck), assets=assets, reveal_options=options, **parts
        )
        return Page(f"{deck.name}.html", html)

    def render_index(self, decks: Sequence[Deck]) -> Page:
        """The page that lists *decks*."""
        entries = [
            IndexEntry(
                name=deck.name,
                title=deck.title,
                subtitle=deck.metadata.subtitle,
                event=deck.event.name,
                date=deck.date,
                url=f"{deck.name}.html",
                slides=sum(len(stack) for source in deck.sources for stack in self._parse(source).stacks),
            )
            for deck in decks
        ]
        assets = TemplateAssets(self.assets, self._templates.folders, self._project.theme, Place("quarterdeck.toml", 0))
        return Page("index.html", self._templates.render("index.html.j2", decks=entries, assets=assets))

    def _get_ready(self, deck: Deck) -> None:
        """Import and set up what rendering needs, while another process colours the code."""
        sources = [source for source in deck.sources if self._key(source, deck) not in self._rendered]
        ahead = start_colouring([code for source in sources for code in self._parse(source).codes])
        try:
            self._templates.prepare("deck.html.j2")
            prepare_markdown()
        finally:
            if ahead:
                ahead.collect()

    def _parse(self, source: SlideSource) -> _Parsed:
        if source.path not in self._parsed:
            lines = source.text.split("\n")
            fences = map_fences(lines)
            markers = parse_markers(lines, source.shown, fences, self._problems)
            figures = self._render_blocks(markers, source) if markers else {}
            stacks = split_slides(place_blocks(lines, markers), source.shown, fences, self._problems)
            self._parsed[source.path] = _Parsed(stacks, figures, tuple(find_code(lines, fences)))
        return self._parsed[source.path]

    @cached_property
    def _blocks(self) -> BlockMaker:
        from quarterdeck.catalogue import Catalogue
        from quarterdeck.deck.blocks import BlockMaker

        return BlockMaker(self._project, Catalogue(self._project, self._problems), self._problems)

    def _render_blocks(self, markers: Mapping[int, Marker], source: SlideSource) -> Mapping[int, str]:
        """The HTML for each of *markers*. Demos are read only for decks that show some: that takes a while."""
        from quarterdeck.deck.blocks import render_blocks

        return render_blocks(markers, source.folder, self._blocks, self._project)

    def _render(self, source: SlideSource, deck: Deck) -> tuple[tuple[Slide, ...], ...]:
        key = self._key(source, deck)
        if key not in self._rendered:
            parsed = self._parse(source)
            self._rendered[key] = tuple(
                tuple(self._link(render_slide(raw, parsed.figures, deck.variables), source) for raw in stack)
                for stack in parsed.stacks
            )
        return self._rendered[key]

    def _key(self, source: SlideSource, deck: Deck) -> tuple[Path, tuple[tuple[str, str], ...]]:
        """What the slides of *source* depend on, for the decks of one run."""
        return source.path, tuple(sorted(deck.variables.items()))

    def _link(self, slide: Slide, source: SlideSource) -> Slide:
        link = self.assets.linker(source.folder, lambda url: _place_of(url, slide, source), self._pages)
        attributes = {name: link_attribute(name, value, link) for name, value in slide.attributes.items()}
        return replace(slide, html=link_html(slide.html, link), attributes=attributes)

    def _page_slide(self, slide: Slide, name: str) -> PageSlide:
        attributes = {**slide.attributes, "id": name} if name else dict(slide.attributes)
        return PageSlide(_markup(slide.html), _markup(render_attributes(attributes)), name)

    def _link_deck(self, deck: Deck) -> Deck:
        """*deck* with its pictures as the page links them, and its style as markup."""
        meta, event = deck.metadata, deck.event

        def linked(value: str | None, *keys: str) -> str | None:
            return self._deck_link(deck, *keys)(value) if value else value

        style = link_css(deck.custom_style, self._deck_link(deck, "custom_style")) if deck.custom_style else None
        return replace(
            deck,
            metadata=replace(
                meta,
                favicon=linked(meta.favicon, "metadata", "favicon"),
                background=replace(
                    meta.background, image=linked(meta.background.image, "metadata", "background", "image")
                ),
                logo=replace(meta.logo, image=linked(meta.logo.image, "metadata", "logo", "image")),
            ),
            event=replace(event, logo=linked(event.logo, "event", "logo")),
            custom_style=_markup(style) if style else None,
        )

    def _deck_link(self, deck: Deck, *keys: str) -> Link:
        return self.assets.linker(self._project.slides, lambda _: deck.located.place(*keys), self._pages)


def _markup(html: str) -> Markup:
    from markupsafe import Markup

    return Markup(html)


def _unique_ids(slides: Iterator[Slide]) -> Iterator[str]:
    """The id of each of *slides*; those that say theirs keep it."""
    known = list(slides)
    taken = {slide.attributes["id"] for slide in known if "id" in slide.attributes} | _TAKEN_IDS
    for slide in known:
        if "id" in slide.attributes:
            yield slide.attributes["id"]
            continue
        slug = name = _slug(slide.heading)
        number = 2
        while name in taken:
            name, number = f"{slug}-{number}", number + 1
        if name:
            taken.add(name)
        yield name


def _slug(text: str) -> str:
    """*text* as an id; reveal.js takes an id of digits alone for the number of a slide."""
    slug = re.sub(r"[\W_]+", "-", text.lower()).strip("-")
    return f"slide-{slug}" if slug.isdecimal() else slug


def _place_of(url: str, slide: Slide, source: SlideSource) -> Place:
    """Where *url* stands in *source*, from the first line of *slide* on; else that line."""
    lines = source.text.split("\n")
    for row in range(slide.at.line - 1, len(lines)):
        if url in lines[row] or unquote(url) in lines[row]:
            return Place(source.shown, row + 1)
    return slide.at
