"""From slide sources to slides: each source is parsed once in a build, and each slide is rendered once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.html.addresses import link_attribute
from quarterdeck.deck.icons.draw import link_and_draw
from quarterdeck.deck.load.locate import find_place
from quarterdeck.deck.markdown.render import render_slide
from quarterdeck.deck.model import Deck, DeckSlides, MarkdownOptions, RawSlide, Slide, SlideSource, Stacks
from quarterdeck.deck.page.site import Site
from quarterdeck.deck.page.slide_memory import NotingLink
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import Marker, parse_markers, place_blocks
from quarterdeck.deck.split.slides import split_by, split_slides
from quarterdeck.deck.steps.raw_code import finish_code

if TYPE_CHECKING:
    from quarterdeck.deck.steps.block import BlockMaker


class Task(NamedTuple):
    """All that a rendered slide depends on."""

    raw: RawSlide
    figures: Mapping[int, str]
    variables: Mapping[str, str]
    options: MarkdownOptions


class Renderer(Protocol):
    """Renders slides; the slides of a task are the same whoever renders it."""

    def render_ahead(self, tasks: Iterable[Task], meanwhile: Callable[[], None]) -> None:
        """Render *tasks* before `render` is called for them, and call *meanwhile* once."""

    def render(self, task: Task) -> Slide:
        """The slide of *task*."""


class _Parsed(NamedTuple):
    """A slide source, without what depends on the deck that shows it."""

    stacks: tuple[tuple[RawSlide, ...], ...]
    figures: Mapping[int, str]
    raw_code: bool
    """Whether it may hold code in HTML."""


class SlideMaker:
    """Makes the slides of the decks of one build."""

    def __init__(self, site: Site, problems: Problems, renderer: Renderer | None = None) -> None:
        """Without a *renderer*, slides are rendered one at a time."""
        self._site = site
        self._renderer = renderer
        self._problems = problems
        self._memory = site.memory.slides if site.memory else None
        self._parsed: dict[SlideSource, _Parsed] = {}
        self._slides: dict[tuple[object, ...], Stacks] = {}

    def render_ahead(self, decks: Sequence[Deck]) -> None:
        """Render the slides of *decks*, on all cores if the renderer can, and compile the templates meanwhile."""
        if self._renderer:
            self._renderer.render_ahead(self._tasks(decks), self._site.templates.prepare)

    def slides_of(self, deck: Deck) -> DeckSlides:
        """The slides of *deck*, with linked addresses."""
        pre, main, post = (
            tuple(stack for source in sources for stack in self.stacks_of(source, deck))
            for sources in (deck.pre_slides, deck.slides, deck.post_slides)
        )
        return pre, main, post

    def stacks_of(self, source: SlideSource, deck: Deck) -> Stacks:
        """The stacks of slides of *source* in *deck*, with linked addresses."""
        key = (source, tuple(sorted(deck.variables.items())), deck.markdown)
        if key not in self._slides:
            parsed = self._parse(source)
            self._slides[key] = tuple(
                tuple(self._finish(self._render(_task(raw, parsed, deck)), source) for raw in stack)
                for stack in parsed.stacks
            )
        return self._slides[key]

    def count_slides(self, deck: Deck) -> int:
        """The number of slides of *deck*, without those that templates add."""
        plain = deck.html_deck.plain if deck.html_deck else 0
        return plain + sum(len(stack) for source in deck.sources for stack in self._parse(source).stacks)

    def _tasks(self, decks: Sequence[Deck]) -> Iterator[Task]:
        for deck in decks:
            for source in deck.sources:
                parsed = self._parse(source)
                yield from (_task(raw, parsed, deck) for stack in parsed.stacks for raw in stack)

    def _render(self, task: Task) -> Slide:
        return self._renderer.render(task) if self._renderer else render_slide(*task)

    def _parse(self, source: SlideSource) -> _Parsed:
        if source not in self._parsed and self._memory and (kept := self._memory.parsed.get(source)):
            self._parsed[source] = kept
        if source not in self._parsed:
            problems = len(self._problems.errors) + len(self._problems.warnings)
            lines = source.text.split("\n")
            fences = map_fences(lines)
            markers = parse_markers(lines, source.shown, fences, self._problems)
            figures = self._render_figures(markers, source) if markers else {}
            lines = place_blocks(lines, markers)
            if source.separators:
                stacks = split_by("\n".join(lines), source.separators, source.shown, fences, self._problems)
            else:
                stacks = split_slides(lines, source.shown, fences, self._problems)
            self._parsed[source] = _Parsed(stacks, figures, "<code" in source.text.lower())
            same = problems == len(self._problems.errors) + len(self._problems.warnings)
            if self._memory and same and not markers:
                self._memory.parsed.put(source, self._parsed[source])
        return self._parsed[source]

    def _render_figures(self, markers: Mapping[int, Marker], source: SlideSource) -> Mapping[int, str]:
        # Parsing demos and colouring code take a while, and decks without markers need neither.
        from quarterdeck.deck.steps.block import render_blocks

        return render_blocks(markers, source.path.parent, self._blocks, self._site.project)

    @cached_property
    def _blocks(self) -> BlockMaker:
        from quarterdeck.deck.steps.block import BlockMaker
        from quarterdeck.demo.catalogue import Catalogue

        project = self._site.project
        return BlockMaker(project, Catalogue(project, self._problems), self._problems)

    def _finish(self, slide: Slide, source: SlideSource) -> Slide:
        """*slide* with linked addresses and finished code; its warnings are reported."""
        for row, what, hint in slide.warnings:
            self._problems.warn(Place(source.shown, slide.at.line + row), what, hint)
        raw_code = self._parse(source).raw_code
        key = slide.html, tuple(slide.attributes.items()), raw_code
        if self._memory and (kept := self._memory.finished.get(key)):
            return slide._replace(html=kept[0], attributes=kept[1])
        noting = NotingLink(
            self._site.link_from(source.path.parent, lambda url: find_place(url, source.text, slide.at))
        )
        link = noting.link
        attributes = {name: link_attribute(name, value, link) for name, value in slide.attributes.items()}
        html = slide.html
        if "<pre" in html and raw_code:
            html = finish_code(html)
        html = link_and_draw(html, link)
        if self._memory and not noting.used:
            self._memory.finished.put(key, (html, attributes))
        return slide._replace(html=html, attributes=attributes)


def _task(raw: RawSlide, parsed: _Parsed, deck: Deck) -> Task:
    return Task(raw, parsed.figures, deck.variables, deck.markdown)
