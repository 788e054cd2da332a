"""Pages: decks as HTML, from slide sources and Jinja2 templates."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quarterdeck import __version__
from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_store import AssetStore
from quarterdeck.deck.cache.slide_renderer import SlideRenderer, task_of
from quarterdeck.deck.html.addresses import Link, link_attribute, link_html, link_icons
from quarterdeck.deck.html.comments import render_attributes
from quarterdeck.deck.load.deck_file import find_decks
from quarterdeck.deck.load.locate import find_in_value, find_place
from quarterdeck.deck.load.markdown_options import MarkdownOptions
from quarterdeck.deck.markdown.extensions.footnotes import own_footnotes
from quarterdeck.deck.markdown.extensions.registry import find_needs
from quarterdeck.deck.markdown.render import RawSlide, Slide, place_blocks, split_slides
from quarterdeck.deck.model import Deck, SlideSource
from quarterdeck.deck.page.page_templates import TemplateAssets, Templates
from quarterdeck.deck.page.slide_ids import doubled_ids, unique_ids
from quarterdeck.deck.page.view import link_deck, markup
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import Marker, parse_markers

if TYPE_CHECKING:
    from markupsafe import Markup

    from quarterdeck.deck.html_deck_model import OlderTalk
    from quarterdeck.deck.page.html_deck_page import OlderPage
    from quarterdeck.deck.steps.block import BlockMaker

_Key = tuple[Path | SlideSource, tuple[tuple[str, str], ...], MarkdownOptions]
_TAKEN_IDS = frozenset({"title", "agenda", "summary", "events", "reveal-options"})
"""What templates call the slides that they make themselves."""


_NOT_PASSED_ON = frozenset({"plugins", "dependencies", "markdown"})
"""Options of reveal.js that load something, or that mean what is done when a deck is built."""


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
class _Parsed:
    """A slide source, but for what depends on the deck that shows it."""

    stacks: tuple[tuple[RawSlide, ...], ...]
    figures: Mapping[int, str]
    raw_code: bool
    """Whether there may be code in it that is written as HTML."""


class PageMaker:
    """Renders the decks of one run; what they share is read and parsed once."""

    def __init__(self, project: Project, problems: Problems, renderer: SlideRenderer | None = None) -> None:
        self._renderer = renderer or SlideRenderer()
        self.project = project
        self._problems = problems
        self.templates = Templates(project)
        self._parsed: dict[Path | SlideSource, _Parsed] = {}
        self._rendered: dict[_Key, tuple[tuple[Slide, ...], ...]] = {}
        self.theme = project.theme
        self._template_assets: dict[str, dict[str, str]] = {}
        self._linked: dict[str, Deck] = {}
        self._older: dict[str, OlderPage] = {}
        self._pages = frozenset(f"{name}.html" for name in (*find_decks(project), "index"))
        self.assets = AssetStore(project, problems, self.templates.folders)

    def render_deck(self, deck: Deck) -> Page:
        """The page of *deck*.

        Raises:
            SourceError: Its theme or a template of the project is missing or wrong.
            UsageError: A file that comes with quarterdeck is missing.
        """
        if deck.older:
            older = self.older_page(deck, deck.older)
            return self._finish_page(deck, "older.html.j2", older=older, needs=find_needs([older.body]))
        slides = [slide for source in deck.sources for stack in self._render(source, deck) for slide in stack]
        taken = _TAKEN_IDS | {deck.metadata.title_slug or "title"}
        ids = unique_ids(slides, taken)
        self._warn_doubled(deck, slides, taken)
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
        needs = find_needs(slide.html for stacks in parts.values() for stack in stacks for slide in stack)
        return self._finish_page(deck, "deck.html.j2", needs=needs, **parts)

    def _warn_doubled(self, deck: Deck, slides: Sequence[Slide], taken: Collection[str]) -> None:
        """Warn on slides that no link leads to, each at the line of its id."""
        texts = {source.shown: source.text for source in deck.sources}
        for slide in doubled_ids(slides, taken):
            name = slide.attributes["id"]
            at = find_place(name, texts[slide.at.path], slide.at)
            owner = "of a slide that every deck may have" if name in taken else "that of an earlier slide, too"
            self._problems.warn(at, f"the id '{name}' is {owner}", "give this slide another one")

    def _finish_page(self, deck: Deck, template: str, **parts: Any) -> Page:
        options = markup(json.dumps(self._options(deck), ensure_ascii=False).replace("</", "<\\/"))
        parts = {"pre_stacks": [], "stacks": [], "post_stacks": [], **parts}
        html = self.templates.render(
            template,
            deck=self.link_deck(deck),
            assets=self.template_assets(deck),
            reveal_options=options,
            version=__version__,
            source=deck.located.path,
            **parts,
        )
        if self.templates.own:  # which may show icons themselves
            html = link_icons(html, self._deck_link(deck))
        return Page(f"{deck.name}.html", self.with_symbols(html, self.template_assets(deck)))

    def with_symbols(self, html: str, assets: TemplateAssets) -> str:
        """The page *html* with what the icons in it need."""
        if "icon_" not in html:
            return html
        from quarterdeck.deck.icons.draw import STYLE_SHEET, add_symbols

        return add_symbols(html, lambda: assets[STYLE_SHEET])

    def _options(self, deck: Deck) -> Mapping[str, Any]:
        """What reveal.js is told; it loads nothing but what comes with the page."""
        options = {name: value for name, value in deck.reveal.items() if name not in _NOT_PASSED_ON}
        if isinstance(picture := options.get("parallaxBackgroundImage"), str):
            options["parallaxBackgroundImage"] = self._deck_link(deck, "reveal", "parallaxBackgroundImage").load(
                picture
            )
        return options

    @contextmanager
    def unnoticed(self) -> Iterator[None]:
        """Forget what is noted meanwhile."""
        errors, warnings = len(self._problems.errors), len(self._problems.warnings)
        try:
            yield
        finally:
            del self._problems.errors[errors:], self._problems.warnings[warnings:]

    def template_assets(self, deck: Deck) -> TemplateAssets:
        """The files that the templates of *deck* ask for by name."""
        known = self._template_assets.setdefault(deck.theme, {})
        return TemplateAssets(self.assets, self.templates.folders, deck.theme, deck.located.place("theme"), known)

    def index_assets(self) -> TemplateAssets:
        """The files that the template of the index asks for by name."""
        known = self._template_assets.setdefault(self.theme, {})
        return TemplateAssets(self.assets, self.templates.folders, self.theme, Place("quarterdeck.toml", 0), known)

    def older_page(self, deck: Deck, older: OlderTalk) -> OlderPage:
        """The page of *deck*, which is *older*, as its template sees it."""
        if deck.name in self._older:
            return self._older[deck.name]
        from quarterdeck.deck.page.html_deck_page import render_older

        def place(url: str) -> Place:
            return find_place(url, older.text, Place(deck.located.path, 1))

        link = self.assets.linker(self.project.slides, place, self._pages)
        self._older[deck.name] = render_older(older, lambda source: self._render(source, deck), link)
        return self._older[deck.name]

    def prepare(self, decks: Sequence[Deck]) -> None:
        """Render the slides of *decks*, on all cores, and get the templates ready meanwhile."""
        tasks = (
            task_of(raw, parsed.figures, deck.variables, deck.markdown)
            for deck in decks
            for source in deck.sources
            for parsed in (self._parse(source),)
            for stack in parsed.stacks
            for raw in stack
        )
        self._renderer.render_ahead(tasks, lambda: self.templates.prepare("deck.html.j2"))

    def count_slides(self, deck: Deck) -> int:
        """How many slides the sources of *deck* make, or the page of an older talk."""
        plain = deck.older.plain if deck.older else 0
        return plain + sum(len(stack) for source in deck.sources for stack in self._parse(source).stacks)

    def _parse(self, source: SlideSource) -> _Parsed:
        key = _identity(source)
        if key not in self._parsed:
            lines = source.text.split("\n")
            fences = map_fences(lines)
            markers = parse_markers(lines, source.shown, fences, self._problems)
            figures = self._render_blocks(markers, source) if markers else {}
            lines = place_blocks(lines, markers)
            if source.separators:
                from quarterdeck.deck.split.separators import split_by

                stacks = split_by("\n".join(lines), source.separators, source.shown, fences, self._problems)
            else:
                stacks = split_slides(lines, source.shown, fences, self._problems)
            self._parsed[key] = _Parsed(stacks, figures, "<code" in source.text.lower())
        return self._parsed[key]

    @cached_property
    def _blocks(self) -> BlockMaker:
        from quarterdeck.deck.steps.block import BlockMaker
        from quarterdeck.demo.catalogue import Catalogue

        return BlockMaker(self.project, Catalogue(self.project, self._problems), self._problems)

    def _render_blocks(self, markers: Mapping[int, Marker], source: SlideSource) -> Mapping[int, str]:
        """The HTML for each of *markers*. Demos are read only for decks that show some: that takes a while."""
        from quarterdeck.deck.steps.block import render_blocks

        return render_blocks(markers, source.folder, self._blocks, self.project)

    def _render(self, source: SlideSource, deck: Deck) -> tuple[tuple[Slide, ...], ...]:
        key = self._key(source, deck)
        if key not in self._rendered:
            parsed = self._parse(source)
            parts = parsed.figures, deck.variables, deck.markdown
            self._rendered[key] = tuple(
                tuple(self._link(self._renderer.render(raw, *parts), source) for raw in stack)
                for stack in parsed.stacks
            )
            self._warn(self._rendered[key], source)
        return self._rendered[key]

    def _warn(self, stacks: Sequence[Sequence[Slide]], source: SlideSource) -> None:
        for slide in (slide for stack in stacks for slide in stack if slide.warnings):
            for row, what, hint in slide.warnings:
                self._problems.warn(Place(source.shown, slide.at.line + row), what, hint)

    def _key(self, source: SlideSource, deck: Deck) -> _Key:
        """What the slides of *source* depend on, for the decks of one run."""
        return _identity(source), tuple(sorted(deck.variables.items())), deck.markdown

    def _link(self, slide: Slide, source: SlideSource) -> Slide:
        def place(url: str) -> Place:
            return find_place(url, source.text, slide.at)

        link = self.assets.linker(source.folder, place, self._pages)
        attributes = {name: link_attribute(name, value, link) for name, value in slide.attributes.items()}
        html = slide.html
        if "<pre" in html and self._parsed[_identity(source)].raw_code:
            from quarterdeck.deck.steps.raw_code import finish_code

            html = finish_code(html)
        return replace(slide, html=link_html(html, link), attributes=attributes)

    def _page_slide(self, slide: Slide, name: str) -> PageSlide:
        attributes = {**slide.attributes, "id": name} if name else dict(slide.attributes)
        return PageSlide(markup(own_footnotes(slide.html, name)), markup(render_attributes(attributes)), name)

    def link_deck(self, deck: Deck) -> Deck:
        """*deck* as templates see it."""
        if deck.name not in self._linked:
            self._linked[deck.name] = link_deck(deck, lambda *keys: self._deck_link(deck, *keys))
        return self._linked[deck.name]

    def _deck_link(self, deck: Deck, *keys: str | int) -> Link:
        def place(word: str) -> Place:
            return find_in_value(word, deck.located, self.project, *keys)

        return self.assets.linker(self.project.slides, place, self._pages)


def _identity(source: SlideSource) -> Path | SlideSource:
    """What tells *source* from the others of a run: its path, but for the pieces of older talks."""
    return source if source.separators else source.path
