"""The keys of deck files.

Deck files are written by hand, over years. Unambiguous shorthand is accepted: a value in place of a list, a list in a
list (as YAML aliases make them), a name in place of a table. Unknown keys are warnings, ill-typed values are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from quarterdeck.base.errors import Place, Problems, did_you_mean
from quarterdeck.base.options import read_duration, read_text, shown_value
from quarterdeck.base.yaml_positions import Located, Path_
from quarterdeck.deck.model import Background, Box, Event, Item, Logo, Metadata, UpcomingEvent

TEXT, AUTHORS, LINES, DURATION, NAMES, OPTIONS = "text", "authors", "lines", "duration", "names", "options"
"""Kinds of values: text; texts, joined to a line or to several lines; a length of time; texts by names of the author;
a table that is passed on as it is."""
_JOINED = {AUTHORS: ", ", LINES: "\n"}


class Table(NamedTuple):
    """A table of the YAML with known keys."""

    make: Callable[..., Any]
    keys: Mapping[str, Any]
    """The kind of each key: a name from above, or a table."""
    from_text: str | None = None
    """The key that a text in place of the table stands for."""
    many: bool = False
    """A list of such tables, read as pairs of place and value."""


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, TEXT)


def _make_entry(**values: str) -> tuple[str, str | None]:
    """The path of an item of `slides`, and its audience; None for everybody."""
    return values.get("path", ""), values.get("if")


_ENTRIES = Table(_make_entry, _texts("path", "if"), "path", many=True)
_ITEMS = Table(Item, _texts("icon", "text"), "text", many=True)

DECK_KEYS: Mapping[str, Any] = {
    "metadata": Table(
        Metadata,
        {
            **_texts("title", "subtitle", "favicon", "title_slug"),
            "author": AUTHORS,
            "background": Table(Background, _texts("image", "size", "position"), "image"),
            "box": Table(Box, _texts("width", "align"), "width"),
            "logo": Table(Logo, _texts("image", "style"), "image"),
        },
    ),
    "date": TEXT,
    "duration": DURATION,
    "event": Table(Event, _texts("name", "link", "logo", "logo_style"), "name"),
    "custom_style": LINES,
    "pre_slides": _ENTRIES,
    "slides": _ENTRIES,
    "post_slides": _ENTRIES,
    "agenda": _ITEMS,
    "summary": _ITEMS,
    "events": Table(UpcomingEvent, _texts("date", "title", "link", "homepage", "name", "type"), "title", many=True),
    "theme": TEXT,
    "reveal": OPTIONS,
    "variables": NAMES,
}
"""The keys of a deck file. Keys that start with `x-` belong to the author, who may keep anchors there."""


def read_keys(located: Located, problems: Problems) -> dict[str, Any]:
    """The values of a deck file by key, without missing and empty ones.

    Unknown and duplicate keys are warnings, ill-typed values are errors, each at its line.
    """
    for key, place in located.twice:
        problems.warn(place, f"the key '{key}' is given twice: this one counts", "keep one of them")
    return _Reader(located, problems).read_keys(located.value, (), DECK_KEYS)


class _Reader:
    """Reads the values of a deck file. Each method takes a value, its keys, and what it should be."""

    def __init__(self, located: Located, problems: Problems) -> None:
        self._located = located
        self._problems = problems

    def read_keys(self, table: Mapping[str, Any], at: Path_, kinds: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in table.items():
            path = (*at, key)
            if key not in kinds:
                if at or not key.startswith("x-"):
                    what = f"unknown key '{_dotted(path)}'"
                    self._problems.warn(self._located.place(*path), what, _hint(key, at, kinds))
            elif value is not None:
                try:
                    values[key] = self._read(value, path, kinds[key])
                except ValueError as error:
                    self._add(error, path)
        return values

    def _read(self, value: Any, at: Path_, kind: Any) -> Any:
        if isinstance(kind, Table):
            return tuple(self._read_items(value, at, kind)) if kind.many else self._read_table(value, at, kind)
        if kind == TEXT or kind in _JOINED:
            return self._read_text(value, at, kind)
        if kind == DURATION:
            return read_duration(value)
        if not isinstance(value, dict):
            raise ValueError(f"is a table, not {shown_value(value)}")
        if kind == NAMES:
            return dict.fromkeys(value, "") | self.read_keys(value, at, dict.fromkeys(value, TEXT))
        return value

    def _read_text(self, value: Any, at: Path_, kind: str = TEXT) -> str:
        if isinstance(value, list) and (len(value) == 1 or kind in _JOINED):
            return _JOINED.get(kind, "").join(self._read_text(item, (*at, index)) for index, item in enumerate(value))
        return read_text(self._located.written.get(at, value))

    def _read_table(self, value: Any, at: Path_, kind: Table) -> Any:
        if isinstance(value, list) and len(value) == 1:
            return self._read_table(value[0], (*at, 0), kind)
        if kind.from_text and not isinstance(value, (dict, list)):
            return kind.make(**{kind.from_text: self._read_text(value, at)})
        if not isinstance(value, dict):
            raise ValueError(f"is a table of {', '.join(kind.keys)}, not {shown_value(value)}")
        return kind.make(**self.read_keys(value, at, kind.keys))

    def _read_items(self, value: Any, at: Path_, kind: Table) -> Iterator[tuple[Place, Any]]:
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._read_items(item, (*at, index), kind)
        elif value is not None:
            try:
                item = self._read_table(value, at, kind)
                if kind is _ENTRIES:
                    yield self._located.place(*at), item
                elif item != kind.make():  # an empty item makes no line
                    yield self._located.place(*at), item._replace(keys=at)
            except ValueError as error:
                self._add(error, at)

    def _add(self, error: ValueError, at: Path_) -> None:
        self._problems.add(self._located.place(*at), f"'{_dotted(at)}' {error}")


def _hint(key: str, at: Path_, kinds: Mapping[str, Any]) -> str:
    """Where *key* belongs, if another table has it; else the nearest of *kinds*."""
    in_list = any(isinstance(part, int) for part in at)
    homes = [] if in_list else list(_homes(key, DECK_KEYS))
    return f"it belongs {' or '.join(homes)}" if homes else did_you_mean(key, kinds)


def _homes(key: str, kinds: Mapping[str, Any], table: str = "") -> Iterator[str]:
    """The tables that have *key*, except tables in lists."""
    if key in kinds:
        yield f"under '{table}'" if table else "at the top"
    for name, kind in kinds.items():
        if isinstance(kind, Table) and not kind.many:
            yield from _homes(key, kind.keys, f"{table}.{name}".removeprefix("."))


def _dotted(at: Path_) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in at)
    return text.removeprefix(".")
