"""How the index lists each deck, kept with the digest of the deck's page.

A build of one deck lists the others, too, as they were listed when their pages were made. So it neither loads them nor
needs to know whether their sources have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from quarterdeck.base.project import Project
from quarterdeck.deck.cache.cache_store import CacheStore
from quarterdeck.deck.cache.fingerprint import digest_of
from quarterdeck.deck.model import IndexEntry, Thumbnail

_ENTRIES = "entries"


class EntryCache:
    """The entries of the decks of a project."""

    def __init__(self, project: Project, store: CacheStore) -> None:
        self._project = project
        self._store = store
        # The colours of thumbnails depend on the theme of the index.
        theme, entries = store.load(_ENTRIES) or (None, {})
        self._entries: Mapping[str, Any] = entries if theme == project.theme else {}

    def recall(self, name: str) -> IndexEntry | None:
        """The entry of the deck *name*; None if its page has changed since the entry was kept."""
        digest, values, thumbnail = self._entries.get(name, (None, (), None))
        if digest != digest_of(self._page(name)):
            return None
        return IndexEntry._make((*map(_unpack, values), thumbnail and Thumbnail(*map(_unpack, thumbnail))))

    def keep(self, entries: Iterable[IndexEntry]) -> None:
        """Keep *entries*, of decks whose pages have just been written."""
        changed = {}
        for entry in entries:
            thumbnail = entry.thumbnail and tuple(map(_pack, entry.thumbnail))
            changed[entry.name] = digest_of(self._page(entry.name)), tuple(map(_pack, entry[:-1])), thumbnail
        if any(self._entries.get(name) != entry for name, entry in changed.items()):
            self._store.save(_ENTRIES, (self._project.theme, {**self._entries, **changed}))

    def _page(self, name: str) -> Path:
        return self._project.site / f"{name}.html"


def _pack(value: Any) -> Any:
    """*value* as the store can keep it: of a text, whether it is markup."""
    return (str(value), hasattr(value, "__html__")) if isinstance(value, str) else value


def _unpack(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    text, is_markup = value
    return Markup(text) if is_markup else text
