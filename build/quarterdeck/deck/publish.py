"""Publishing: all decks are rendered, then files are written, and only those that changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from quarterdeck.base.errors import Place, Problems, SourceError, UsageError, did_you_mean
from quarterdeck.base.files import save_bytes, save_text
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_store import FOLDER, PUBLISHED_NAME, Asset
from quarterdeck.deck.build_result import Published
from quarterdeck.deck.cache.cache_store import Store
from quarterdeck.deck.cache.slide_renderer import SlideRenderer
from quarterdeck.deck.index.entry_cache import find_entries, keep_entries
from quarterdeck.deck.index.index_page import IndexEntry, make_entry, render_index
from quarterdeck.deck.load.deck_file import check_names, find_decks, load_deck
from quarterdeck.deck.model import Deck
from quarterdeck.deck.page.page_maker import Page, PageMaker

_GENERATOR = r'<meta name="generator" content="quarterdeck\b[^"]*"(?: data-source="(?P<source>[^"]*)")?>'
"""In the head of every page that a build made from a shipped template."""
_REFERENCE = re.compile(rf"{FOLDER}/([^\"'\s<>?#]+)")


def build(
    project: Project,
    names: Sequence[str],
    *,
    audience: frozenset[str] = frozenset(),
    problems: Problems,
    renderer: SlideRenderer | None = None,
    store: Store | None = None,
    strict: bool = False,
    single_file: bool = False,
) -> Published:
    """Build the decks called *names*, or all decks of the project when there are none, into `site/`.

    Args:
        project: The project.
        names: Names of decks, or paths to deck files or Markdown files.
        audience: Entries with `if: NAME` are shown when NAME is one of these.
        problems: Takes everything that is wrong with the decks.
        renderer: Renders the slides; it may know some from earlier builds.
        store: Where what the index says of a deck is kept for later builds of other decks.
        strict: Whether a warning is as bad as an error.
        single_file: Whether each page holds everything that it needs.

    Raises:
        SourceErrors: Anything is wrong with any of them; then nothing is written.
        UsageError: There is no such deck, or no entry is for such an audience.
    """
    known = find_decks(project)
    wanted = tuple(dict.fromkeys(names or known))
    if not wanted:
        raise UsageError("no deck to build: no file slides/*.yaml has a key 'slides'", "make one, or name a .md file")
    decks = _load_decks(project, wanted, audience, problems)
    check_names(project, {deck.name for deck in decks} if names else (), problems)
    maker = PageMaker(project, problems, renderer)
    others = [name for name in known if name not in {deck.name for deck in decks}]
    pages = _render_decks(maker, decks, problems)
    built = [make_entry(maker, deck) for deck in decks]
    # What is kept names files of that build, which a page that holds everything would need.
    store = None if single_file else store
    entries = [*built, *find_entries(project, others, store, maker)]
    pages += _render_index(maker, entries, problems)
    assets = maker.assets.assets
    if single_file:
        from quarterdeck.deck.assets.single_file import inline_pages

        pages, assets = inline_pages(pages, assets, project, problems), ()
    if strict:
        problems.errors += problems.warnings
        problems.warnings.clear()
    problems.raise_if_any()
    changed = _write(project.site, pages, assets)
    if store:
        keep_entries(project, built, store)
    removed = _remove_stale(project, pages, assets, frozenset(known)) if not others else ()
    return Published(
        tuple(project.site / f"{deck.name}.html" for deck in decks),
        changed,
        removed,
        {project.site / page.name: hashlib.sha256(page.html.encode()).digest() for page in pages},
        frozenset((*(source.path for deck in decks for source in deck.sources), *maker.assets.paths)),
    )


def _load_decks(
    project: Project, names: Sequence[str], audience: frozenset[str], problems: Problems
) -> tuple[Deck, ...]:
    decks: dict[str, Deck] = {}
    for name in names:
        try:
            deck = load_deck(project, name, problems, audience=audience)
        except SourceError as error:
            problems.note(error)
        else:
            other = decks.setdefault(deck.name, deck)
            if other.located.path != deck.located.path:
                what = f"the page of {other.located.path} is {project.shown(project.site)}/{deck.name}.html, too"
                problems.add(Place(deck.located.path, 0), what, "rename one of them, or build one at a time")
    conditions = {condition for deck in decks.values() for condition in deck.conditions}
    for name in sorted(audience - conditions if not problems.errors else ()):  # which may hide the entries asked for
        raise UsageError(f"no slides are for '{name}'", did_you_mean(name, conditions))
    return tuple(decks.values())


def _render_decks(maker: PageMaker, decks: Sequence[Deck], problems: Problems) -> list[Page]:
    """The pages of *decks*. What an older talk lacks after all those years stops nothing: it is reported."""
    pages: list[Page] = []
    older = [deck for deck in decks if deck.older]
    for group in ([deck for deck in decks if not deck.older], older):
        if not group:
            continue
        known = len(problems.errors)
        failed = Problems()
        maker.prepare(group)
        pages += _render_pages(maker, group, failed)
        if group is older:
            problems.warnings += problems.errors[known:]
            del problems.errors[known:]
        problems.errors += failed.errors
    return pages


def _render_pages(maker: PageMaker, decks: Sequence[Deck], problems: Problems) -> Iterator[Page]:
    for deck in decks:
        try:
            yield maker.render_deck(deck)
        except SourceError as error:
            problems.note(error)


def _render_index(maker: PageMaker, entries: Sequence[IndexEntry], problems: Problems) -> Iterator[Page]:
    try:
        yield render_index(maker, entries)
    except SourceError as error:
        problems.note(error)


def _write(site: Path, pages: Sequence[Page], assets: Sequence[Asset]) -> tuple[Path, ...]:
    """Write what changed, assets first, so that no page refers to what is not there yet."""
    changed = []
    for asset in assets:
        target = site / FOLDER / asset.name
        if target.is_file() and target.stat().st_size == (
            len(asset.data) if asset.data is not None else asset.path.stat().st_size
        ):
            continue
        if asset.data is not None:
            save_bytes(target, asset.data)
        else:
            _copy(asset.path, target)
        changed.append(target)
    changed += [site / page.name for page in pages if save_text(site / page.name, page.html)]
    return tuple(changed)


def _copy(path: Path, target: Path) -> None:
    import shutil

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(path, part)
    part.replace(target)


def _remove_stale(
    project: Project, pages: Sequence[Page], assets: Sequence[Asset], decks: frozenset[str]
) -> tuple[Path, ...]:
    """Remove pages of decks that are no more, and files that neither this build nor a page of an earlier one uses."""
    used = {asset.name for asset in assets}
    written = {page.name for page in pages}
    stale = []
    for path in sorted(project.site.glob("*.html")):
        if path.name in written:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if _is_left_over(text, path.stem, project, decks):
            stale.append(path)
        else:
            used |= set(map(unquote, _REFERENCE.findall(text)))
    stale += [
        path
        for path in sorted((project.site / FOLDER).glob("*"))
        if path.is_file() and PUBLISHED_NAME.match(path.name) and path.name not in used
    ]
    for path in stale:
        path.unlink()
    return tuple(stale)


def _is_left_over(text: str, name: str, project: Project, decks: frozenset[str]) -> bool:
    """Whether a page that a build made is about a deck that is no more; a slide source may be a deck, too."""
    ours = re.search(_GENERATOR, text[:4096])
    if ours is None or name in decks:
        return False
    source = unescape(ours["source"] or "")
    return not (source.endswith(".md") and (project.root / source).is_file())
