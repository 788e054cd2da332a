"""The keys of deck files.

Deck files are written by hand, over years. Unambiguous shorthand is accepted: a value in place of a list, a list in a
list (as YAML aliases make them), a name in place of a table. Unknown keys are warnings, ill-typed values are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from quarterdeck.base.errors import Place, Problems, did_you_mean
from quarterdeck.base.options import read_text, shown_value
from quarterdeck.base.yaml_positions import Located, Path_
from quarterdeck.deck.model import Background, Box, Event, Item, Logo, Metadata, UpcomingEvent

TEXT, AUTHORS, LINES, NAMES, OPTIONS = "text", "authors", "lines", "names", "options"
"""Kinds of values: text; texts, joined to a line or to several lines; texts by names of the author; a table that is
passed on as it is."""
_JOINED = {AUTHORS: ", ", LINES: "\n"}

Entry = tuple[str, str | None]
"""An item of `slides`: a path, and its audience; None for everybody."""


class Table(NamedTuple):
    """A table of the YAML with known keys."""

    make: Callable[..., Any]
    keys: Mapping[str, Any]
    """The kind of each key: one of the above, or a table."""
    from_text: str | None = None
    """The key that a text in place of the table stands for."""
    many: bool = False
    """A list of such tables, read as pairs of place and value."""


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, TEXT)


def _make_entry(**values: str) -> Entry:
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
    return _read_keys(located, (), DECK_KEYS, problems)


def _read_keys(located: Located, at: Path_, keys: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    values: dict[str, Any] = {}
    table = _value(located, at)
    for key in table:
        path = (*at, key)
        if key not in keys:
            if at or not key.startswith("x-"):
                problems.warn(located.place(*path), f"unknown key '{_dotted(path)}'", _hint(key, at, keys))
        elif table[key] is not None:
            try:
                values[key] = _read(located, path, keys[key], problems)
            except ValueError as error:
                problems.add(located.place(*path), f"'{_dotted(path)}' {error}")
    return values


def _read(located: Located, at: Path_, kind: Any, problems: Problems) -> Any:
    value = _value(located, at)
    if isinstance(kind, Table):
        if kind.many:
            return tuple(_read_items(located, at, kind, problems))
        return _read_table(located, at, kind, problems)
    if kind == TEXT or kind in _JOINED:
        return _read_text(located, at, kind)
    if not isinstance(value, dict):
        raise ValueError(f"is a table, not {shown_value(value)}")
    if kind == NAMES:
        empty = {name: "" for name in value if value[name] is None}
        return _read_keys(located, at, dict.fromkeys(value, TEXT), problems) | empty
    return value


def _read_text(located: Located, at: Path_, kind: str) -> str:
    value = _value(located, at)
    if isinstance(value, list) and (len(value) == 1 or kind in _JOINED):
        return _JOINED.get(kind, "").join(_read_text(located, (*at, index), TEXT) for index in range(len(value)))
    return read_text(located.written.get(at, value))


def _read_table(located: Located, at: Path_, kind: Table, problems: Problems) -> Any:
    value = _value(located, at)
    if isinstance(value, list) and len(value) == 1:
        return _read_table(located, (*at, 0), kind, problems)
    if kind.from_text and not isinstance(value, (dict, list)):
        return kind.make(**{kind.from_text: _read_text(located, at, TEXT)})
    if not isinstance(value, dict):
        raise ValueError(f"is a table of {', '.join(kind.keys)}, not {shown_value(value)}")
    return kind.make(**_read_keys(located, at, kind.keys, problems))


def _read_items(located: Located, at: Path_, kind: Table, problems: Problems) -> Iterator[tuple[Place, Any]]:
    value = _value(located, at)
    if isinstance(value, list):
        for index in range(len(value)):
            yield from _read_items(located, (*at, index), kind, problems)
    elif value is not None:
        try:
            item = _read_table(located, at, kind, problems)
            if kind is _ENTRIES:
                yield located.place(*at), item
            elif item != kind.make():  # an empty item makes no line
                yield located.place(*at), replace(item, keys=at)
        except ValueError as error:
            problems.add(located.place(*at), f"'{_dotted(at)}' {error}")


def _hint(key: str, at: Path_, keys: Mapping[str, Any]) -> str:
    """Where *key* belongs, if another table has it; else the nearest of *keys*."""
    homes = _homes().get(key, ())
    if homes and not any(isinstance(part, int) for part in at):
        return "it belongs " + " or ".join(f"under '{home}'" if home else "at the top" for home in homes)
    return did_you_mean(key, keys)


@cache
def _homes() -> Mapping[str, tuple[str, ...]]:
    """The tables that have each key, except tables in lists."""
    homes: dict[str, tuple[str, ...]] = {}

    def look(keys: Mapping[str, Any], home: str) -> None:
        for key, kind in keys.items():
            homes[key] = (*homes.get(key, ()), home)
            if isinstance(kind, Table) and not kind.many:
                look(kind.keys, f"{home}.{key}".removeprefix("."))

    look(DECK_KEYS, "")
    return homes


def _value(located: Located, at: Path_) -> Any:
    value = located.value
    for key in at:
        value = value[key]
    return value


def _dotted(at: Path_) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in at)
    return text.removeprefix(".")
