"""Publishing: all decks are rendered, then files are written, and only those that changed."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.deck.assets import FOLDER, PUBLISHED_NAME, Asset
from quarterdeck.deck.deck import Deck
from quarterdeck.deck.page import Page, PageMaker
from quarterdeck.deck.sources import find_decks, load_deck
from quarterdeck.errors import Problems, SourceError, UsageError, did_you_mean
from quarterdeck.files import save_bytes, save_text
from quarterdeck.project import Project

_REFERENCE = re.compile(rf"{FOLDER}/([^\"'\s<>?#]+)")


@dataclass(frozen=True, slots=True)
class Published:
    """What a build wrote."""

    pages: tuple[Path, ...]
    """The page of each deck that was built, in the order asked for."""
    changed: tuple[Path, ...]
    """The files that were written because their contents are new."""
    removed: tuple[Path, ...]
    """Files of earlier builds that nothing refers to any more."""


def build(
    project: Project, names: Sequence[str], *, audience: frozenset[str] = frozenset(), problems: Problems
) -> Published:
    """Build the decks called *names*, or all decks of the project when there are none, into `site/`.

    Args:
        project: The project.
        names: Names of decks, or paths to deck files or Markdown files.
        audience: Entries with `if: NAME` are shown when NAME is one of these.
        problems: Takes everything that is wrong with the decks.

    Raises:
        SourceErrors: Anything is wrong with any of them; then nothing is written.
        UsageError: There is no such deck, or no entry is for such an audience.
    """
    known = find_decks(project)
    wanted = tuple(dict.fromkeys(names or known))
    if not wanted:
        raise UsageError("no deck to build: no file slides/*.yaml has a key 'slides'", "make one, or name a .md file")
    decks = _load_decks(project, wanted, audience, problems)
    maker = PageMaker(project, problems)
    others = [name for name in known if name not in {deck.name for deck in decks}]
    with _without_collecting():
        pages = list(_render_pages(maker, decks, problems))
        listed = [*decks, *_load_published(project, others)]
        pages += _render_index(maker, sorted(listed, key=lambda deck: deck.name), problems)
    problems.raise_if_any()
    changed = _write(project.site, pages, maker.assets.assets)
    removed = _remove_stale(project.site, pages, maker.assets.assets) if not others else ()
    return Published(tuple(project.site / f"{deck.name}.html" for deck in decks), changed, removed)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Rendering makes millions of small values and no circles: looking for circles takes 4 % of a large build."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _load_decks(
    project: Project, names: Sequence[str], audience: frozenset[str], problems: Problems
) -> tuple[Deck, ...]:
    decks: dict[str, Deck] = {}
    for name in names:
        try:
            deck = load_deck(project, name, problems, audience=audience)
        except SourceError as error:
            problems.add(error.at, error.what, error.hint)
        else:
            decks.setdefault(deck.name, deck)
    conditions = {condition for deck in decks.values() for condition in deck.conditions}
    for name in sorted(audience - conditions):
        raise UsageError(f"no slides are for '{name}'", did_you_mean(name, conditions))
    return tuple(decks.values())


def _render_pages(maker: PageMaker, decks: Sequence[Deck], problems: Problems) -> Iterator[Page]:
    for deck in decks:
        try:
            yield maker.render_deck(deck)
        except SourceError as error:
            problems.add(error.at, error.what, error.hint)


def _render_index(maker: PageMaker, decks: Sequence[Deck], problems: Problems) -> Iterator[Page]:
    try:
        yield maker.render_index(decks)
    except SourceError as error:
        problems.add(error.at, error.what, error.hint)


def _load_published(project: Project, names: Sequence[str]) -> Iterator[Deck]:
    """The decks called *names* that have a page from an earlier build; what is wrong with them does not matter here."""
    for name in names:
        if (project.site / f"{name}.html").is_file():
            try:
                yield load_deck(project, name, Problems())
            except SourceError:
                continue


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


def _remove_stale(site: Path, pages: Sequence[Page], assets: Sequence[Asset]) -> tuple[Path, ...]:
    """Remove published files that neither this build nor a page of an earlier one refers to."""
    used = {asset.name for asset in assets}
    written = {page.name for page in pages}
    for path in site.glob("*.html"):
        if path.name not in written:
            used |= set(_REFERENCE.findall(path.read_text(encoding="utf-8", errors="replace")))
    stale = [
        path
        for path in sorted((site / FOLDER).glob("*"))
        if path.is_file() and PUBLISHED_NAME.match(path.name) and path.name not in used
    ]
    for path in stale:
        path.unlink()
    return tuple(stale)
