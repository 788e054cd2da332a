"""What the index says of each deck, kept with the digest of its page.

A build of one deck lists the others, too. What it says of them is what it said when their pages were made, so that it
has neither to read their sources nor to tell whether these have changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Problems, SourceError
from quarterdeck.base.project import Project
from quarterdeck.deck.cache.cache_store import Store
from quarterdeck.deck.index.index_page import IndexEntry, make_entry
from quarterdeck.deck.index.thumbnail import Thumbnail
from quarterdeck.deck.load.deck_file import load_deck
from quarterdeck.deck.page.page_maker import PageMaker
from quarterdeck.deck.page.view import markup

_CARDS = "cards"
_NAMES = tuple(field.name for field in fields(IndexEntry))[:-1]
_PARTS = tuple(field.name for field in fields(Thumbnail))


def find_entries(project: Project, names: Sequence[str], store: Store | None, maker: PageMaker) -> list[IndexEntry]:
    """How the index lists those of the decks *names* that have a page from an earlier build.

    Where nothing is kept about a page, the deck is read; what is wrong with it then does not matter here.

    Args:
        project: The project.
        names: Decks that are not built now.
        store: Where `keep_entries` kept them; None for nowhere.
        maker: Renders thumbnails of decks that are read, and gets none of their problems.
    """
    kept = _load(store, project) if names else {}
    entries = []
    for name in names:
        page = project.site / f"{name}.html"
        if not page.is_file():
            continue
        card = kept.get(name)
        if card and card[0] == _digest(page):
            entries.append(_unpack(card))
        elif entry := _read_entry(project, name, maker):
            entries.append(entry)
    return entries


def keep_entries(project: Project, entries: Iterable[IndexEntry], store: Store) -> None:
    """Keep how the index lists decks whose pages have just been written."""
    kept = _load(store, project)
    changed = {entry.name: _pack(entry, project.site / f"{entry.name}.html") for entry in entries}
    if any(kept.get(name) != card for name, card in changed.items()):
        store.save(_CARDS, (project.theme, {**kept, **changed}))


def _read_entry(project: Project, name: str, maker: PageMaker) -> IndexEntry | None:
    with maker.unnoticed():
        try:
            return make_entry(maker, load_deck(project, name, Problems()))
        except SourceError:
            return None


def _load(store: Store | None, project: Project) -> Mapping[str, Any]:
    """What is kept: by name, the digest of a page and its card. Colours depend on the theme of the index."""
    theme, cards = (store.load(_CARDS) if store else None) or (None, {})
    return dict(cards) if theme == project.theme else {}


def _pack(entry: IndexEntry, page: Path) -> tuple[Any, ...]:
    """*entry* as values that can be kept; of texts, whether they are HTML."""
    values = tuple(_plain(getattr(entry, name)) for name in _NAMES)
    small = entry.thumbnail and tuple(_plain(getattr(entry.thumbnail, name)) for name in _PARTS)
    return _digest(page), values, small


def _unpack(card: tuple[Any, ...]) -> IndexEntry:
    _, values, small = card
    thumbnail = small and Thumbnail(*map(_rich, small))
    return IndexEntry(**dict(zip(_NAMES, map(_rich, values), strict=True)), thumbnail=thumbnail)


def _plain(value: Any) -> Any:
    return (str(value), hasattr(value, "__html__")) if isinstance(value, str) else value


def _rich(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return markup(value[0]) if value[1] else value[0]


def _digest(page: Path) -> bytes:
    with page.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
