"""The pipeline: load → split → render → link → pages → index → publish."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from quarterdeck.base.errors import Place, Problems, SourceError, UsageError, did_you_mean
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_memory import Asset
from quarterdeck.deck.index.index_page import make_entry, render_index
from quarterdeck.deck.load.deck_file import check_names, find_decks, load_deck
from quarterdeck.deck.model import BuildOptions, BuildResult, Deck, IndexEntry, Page
from quarterdeck.deck.page.deck_page import HtmlDeckPage, render_deck_page, render_html_deck, render_html_deck_page
from quarterdeck.deck.page.site import Site, SiteMemory
from quarterdeck.deck.page.slide_maker import Renderer, SlideMaker
from quarterdeck.deck.page.view import make_view
from quarterdeck.deck.publish import outdated_files, publish_files, remove_stale

RecallEntry = Callable[[str], IndexEntry | None]
"""How the index lists a deck that is not built now, by its name; None if no earlier build has kept that."""


class MadeSite(NamedTuple):
    """What a build publishes: in memory, with nothing written yet."""

    decks: tuple[str, ...]
    """The names of the decks that were built, in the order of the request."""
    others: tuple[str, ...]
    """The names of the other decks of the project."""
    pages: tuple[Page, ...]
    """The page of each of those decks, and the index."""
    assets: tuple[Asset, ...]
    """The files that the pages refer to."""
    used: frozenset[Path]
    """As in `BuildResult`."""
    entries: tuple[IndexEntry, ...]
    """How the index lists the decks that were built."""


def build(
    project: Project,
    options: BuildOptions,
    problems: Problems,
    *,
    renderer: Renderer | None = None,
    recall_entry: RecallEntry = lambda _: None,
) -> BuildResult:
    """Build decks into `site/`, with an index of all decks.

    Args:
        problems: Collects everything that is wrong with the decks.
        renderer: Renders the slides; None: this function does.
        recall_entry: How decks that were built earlier are listed.

    Raises:
        SourceErrors: Anything is wrong with any of the decks; then nothing is written.
        UsageError: An unknown deck or audience.
    """
    made = make_site(project, options, problems, renderer=renderer, recall_entry=recall_entry)
    names = frozenset((*made.decks, *made.others))
    return BuildResult(
        pages=tuple(project.site / f"{name}.html" for name in made.decks),
        changed=publish_files(project.site, made.pages, made.assets),
        removed=() if made.others else remove_stale(project, made.pages, made.assets, names),
        digests={project.site / page.name: hashlib.sha256(page.html.encode()).digest() for page in made.pages},
        used=made.used,
        entries=made.entries,
    )


def make_site(
    project: Project,
    options: BuildOptions,
    problems: Problems,
    *,
    renderer: Renderer | None = None,
    recall_entry: RecallEntry | None = None,
    memory: SiteMemory | None = None,
) -> MadeSite:
    """Everything that `build` publishes; arguments and errors are the same.

    Args:
        recall_entry: None: the index lists only the decks that are built.
        memory: What this process keeps from one build to the next.
    """
    names = find_decks(project)
    decks = _load_decks(project, options, names, problems)
    if memory:
        memory.slides.start()
    site = Site(project, names, problems, memory)
    slides = SlideMaker(site, problems, renderer)
    pages, entries = _make_pages(decks, slides, site, problems)
    others = [name for name in names if name not in {deck.name for deck in decks}]
    other_site = Site(project, names, Problems(), memory)
    listed = [*entries, *(_recall_entries(others, recall_entry, other_site) if recall_entry else ())]
    with problems.collecting():
        pages.append(render_index(site, listed))
    assets = tuple({*site.assets.assets, *other_site.assets.assets})
    if options.single_file:
        from quarterdeck.deck.assets.single_file import inline_pages

        pages, assets = inline_pages(pages, assets, project, problems), ()
    if options.strict:
        problems.warnings_as_errors()
    problems.raise_if_any()
    used = frozenset((*(source.path for deck in decks for source in deck.sources), *site.assets.paths))
    return MadeSite(tuple(deck.name for deck in decks), tuple(others), tuple(pages), assets, used, tuple(entries))


def find_outdated(project: Project, options: BuildOptions, problems: Problems) -> tuple[Path, ...]:
    """The pages of decks, and the files beside these, that a build with *options* would write now; writes nothing.

    The index is left out. Raises what `build` does.
    """
    made = make_site(project, options, problems)
    pages = [page for page in made.pages if page.name.removesuffix(".html") in made.decks]
    return outdated_files(project.site, pages, made.assets)


def _load_decks(project: Project, options: BuildOptions, names: Sequence[str], problems: Problems) -> tuple[Deck, ...]:
    names = tuple(dict.fromkeys(options.names or names))
    if not names:
        raise UsageError("no deck to build: no file slides/*.yaml has a key 'slides'", "make one, or name a .md file")
    decks: dict[str, Deck] = {}
    for name in names:
        with problems.collecting():
            deck = load_deck(project, name, problems, audience=options.audience)
            other = decks.setdefault(deck.name, deck)
            if other.located.path != deck.located.path:
                what = f"the page of {other.located.path} is {project.shown(project.site)}/{deck.name}.html, too"
                problems.add(Place(deck.located.path, 0), what, "rename one of them, or build one at a time")
    conditions = {condition for deck in decks.values() for condition in deck.conditions}
    # Where a deck could not be loaded, an unknown audience may be that of its entries.
    for name in sorted(options.audience - conditions if not problems.errors else ()):
        raise UsageError(f"no slides are for '{name}'", did_you_mean(name, conditions))
    check_names(project, decks.keys() if options.names else (), problems)
    return tuple(decks.values())


def _make_pages(
    decks: Sequence[Deck], slides: SlideMaker, site: Site, problems: Problems
) -> tuple[list[Page], list[IndexEntry]]:
    """The pages of *decks*, and how the index lists them.

    HTML decks come last; their errors are only warnings, since the decks are old.
    """
    pages: list[Page] = []
    entries: list[IndexEntry] = []
    for lenient in (False, True):
        group = [deck for deck in decks if (deck.html_deck is not None) == lenient]
        if group:
            with problems.lenient(lenient):
                slides.render_ahead(group)
        for deck in group:
            with problems.collecting(), problems.lenient(lenient):
                view = make_view(deck, site.link_deck_file(deck))
                html_page = _html_page(deck, slides, site)
                if html_page:
                    pages.append(render_html_deck_page(deck, view, html_page, site))
                else:
                    pages.append(render_deck_page(deck, view, slides.slides_of(deck), site, problems))
                entries.append(make_entry(deck, view, slides.count_slides(deck), html_page, site))
    return pages, entries


def _html_page(deck: Deck, slides: SlideMaker, site: Site) -> HtmlDeckPage | None:
    if deck.html_deck is None:
        return None
    return render_html_deck(deck, deck.html_deck, lambda source: slides.stacks_of(source, deck), site)


def _recall_entries(names: Sequence[str], recall_entry: RecallEntry, site: Site) -> list[IndexEntry]:
    """How the index lists those of the decks *names* that have a page from an earlier build.

    A deck that *recall_entry* does not know is loaded; what is wrong with it is reported when it is built.
    """
    entries = []
    for name in names:
        if not (site.project.site / f"{name}.html").is_file():
            continue
        if (entry := recall_entry(name)) is None:
            problems = Problems()
            slides = SlideMaker(site, problems)
            try:
                deck = load_deck(site.project, name, problems)
                view = make_view(deck, site.link_deck_file(deck))
                entry = make_entry(deck, view, slides.count_slides(deck), _html_page(deck, slides, site), site)
            except SourceError:
                continue
        entries.append(entry)
    return entries
