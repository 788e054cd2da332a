"""Decks: what `slides/NAME.yaml` says, and the slide sources it names."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quarterdeck.deck.deck import Background, Box, Deck, Event, Item, Logo, Metadata, SlideSource, UpcomingEvent
from quarterdeck.deck.fences import map_fences
from quarterdeck.errors import Place, Problems, SourceError, UsageError, did_you_mean
from quarterdeck.files import load_text, shown_path, walk_files
from quarterdeck.located import Located, Path_, parse_yaml
from quarterdeck.options import Reader, read_text, shown_value, table_of
from quarterdeck.project import Project

_HAS_SLIDES = re.compile(rb"^(?:slides|\"slides\"|'slides')[ \t]*:", re.MULTILINE)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*\Z")
_COMMENT = re.compile(r"<!--.*?-->")


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item of `slides`."""

    path: str = ""
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """A part of the YAML with keys of its own."""

    make: Callable[..., Any]
    keys: Mapping[str, Any]
    """Keys to readers, tables or lists."""
    from_text: str | None = None
    """The key that a piece of text in place of the table means."""


@dataclass(frozen=True, slots=True)
class _List:
    items: _Table


def _texts(*names: str) -> dict[str, Reader]:
    return dict.fromkeys(names, read_text)


def _any_table(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError(f"is a table, not {shown_value(value)}")


_ENTRIES = _List(_Table(lambda **found: _Entry(found.get("path", ""), found.get("if")), _texts("path", "if"), "path"))
_ITEMS = _List(_Table(Item, _texts("icon", "text"), "text"))

DECK_KEYS: Mapping[str, Any] = {
    "metadata": _Table(
        Metadata,
        {
            **_texts("title", "subtitle", "author", "favicon", "title_slug"),
            "background": _Table(Background, _texts("image", "size", "position")),
            "box": _Table(Box, _texts("width", "align")),
            "logo": _Table(Logo, _texts("image", "style")),
        },
    ),
    "date": read_text,
    "event": _Table(Event, _texts("name", "link", "logo", "logo_style")),
    "custom_style": read_text,
    "pre_slides": _ENTRIES,
    "slides": _ENTRIES,
    "post_slides": _ENTRIES,
    "agenda": _ITEMS,
    "summary": _ITEMS,
    "events": _List(_Table(UpcomingEvent, _texts("date", "title", "link", "homepage", "name", "type"))),
    "theme": read_text,
    "reveal": _any_table,
    "variables": table_of(read_text),
}
"""The keys of a deck file."""


def find_decks(project: Project) -> tuple[str, ...]:
    """The names of the decks of *project*: its files `slides/*.yaml` with a key `slides`."""
    if not project.slides.is_dir():
        return ()
    paths = sorted(project.slides.glob("*.yaml"))
    return tuple(path.stem for path in paths if path.is_file() and _HAS_SLIDES.search(path.read_bytes()))


def load_deck(
    project: Project, name_or_path: str, problems: Problems, *, audience: frozenset[str] = frozenset()
) -> Deck:
    """The deck of that name, or at that path; a path to a Markdown file is a deck of that one source.

    Args:
        project: Where decks and slide sources are looked for.
        name_or_path: `talk`, `slides/talk.yaml` or `slides/layers.md`.
        problems: Takes ill-typed values and missing slide sources, and remarks on unknown keys.
        audience: Entries with `if: NAME` are left out unless NAME is one of these.

    Raises:
        UsageError: There is no such deck.
        SourceError: Its file is no YAML, cannot be read, or lies outside the project.
    """
    path = _find_file(project, name_or_path)
    shown = shown_path(path, project.root)
    text = load_text(path, project.root)
    if path.stem == "index":
        raise SourceError(Place(shown, 0), "a deck cannot be called 'index'", "index.html lists all decks: rename it")
    if path.suffix == ".md":
        title = _first_heading(text) or path.stem
        source = SlideSource(path, shown, text)
        return Deck(path.stem, title, Located({}, shown, {}), slides=(source,), theme=project.theme)
    located = parse_yaml(text, shown)
    if not isinstance(located.value, dict) or "slides" not in located.value:
        raise SourceError(Place(shown, 1), "not a deck: it has no key 'slides'", "list its slide sources there")
    found = _read_keys(located, (), DECK_KEYS, problems)
    conditions: set[str] = set()
    for key in ("pre_slides", "slides", "post_slides"):
        entries = found.get(key, ())
        conditions |= {entry.condition for _, entry in entries if entry.condition}
        kept = [(at, entry) for at, entry in entries if entry.condition is None or entry.condition in audience]
        loaded = (_load_source(project, entry, at, problems) for at, entry in kept)
        found[key] = tuple(source for source in loaded if source)
    for key in ("agenda", "summary", "events"):
        found[key] = tuple(item for _, item in found.get(key, ()))
    found.setdefault("theme", project.theme)
    title = found.get("metadata", Metadata()).title or path.stem
    return Deck(path.stem, title, located, conditions=frozenset(conditions), **found)


def _find_file(project: Project, name: str) -> Path:
    if "/" not in name and not name.endswith((".yaml", ".md")):
        path = project.slides / f"{name}.yaml"
        if path.is_file():
            return path
    elif name.endswith((".yaml", ".md")):
        for base in (Path.cwd(), project.root, project.slides):
            if (path := base / name).is_file():
                return path
    raise UsageError(f"no deck '{name}'", did_you_mean(name, find_decks(project)) or "there is no deck in slides/ yet")


def _first_heading(text: str) -> str:
    lines = text.split("\n")
    fenced = map_fences(lines).fenced
    for row, line in enumerate(lines):
        if row not in fenced and (match := _HEADING.match(_COMMENT.sub("", line))) and match["text"]:
            return match["text"]
    return ""


def _read_keys(located: Located, at: Path_, keys: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    found: dict[str, Any] = {}
    value = _value(located, at)
    for key in value:
        here = (*at, key)
        if key not in keys:
            problems.remark(located.place(*here), f"unknown key '{_dotted(here)}'", did_you_mean(key, keys))
        elif value[key] is not None:
            try:
                found[key] = _read(located, here, keys[key], problems)
            except ValueError as error:
                problems.add(located.place(*here), f"'{_dotted(here)}' {error}")
    return found


def _read(located: Located, at: Path_, kind: Any, problems: Problems) -> Any:
    value = _value(located, at)
    if isinstance(kind, _Table):
        if kind.from_text and not isinstance(value, (dict, list)):
            return kind.make(**{kind.from_text: read_text(value)})
        if not isinstance(value, dict):
            raise ValueError(f"is a table of {', '.join(kind.keys)}, not {shown_value(value)}")
        return kind.make(**_read_keys(located, at, kind.keys, problems))
    if isinstance(kind, _List):
        if not isinstance(value, list):
            raise ValueError(f"is a list, not {shown_value(value)}")
        return tuple(_read_items(located, at, kind, problems))
    return kind(value)


def _read_items(located: Located, at: Path_, kind: _List, problems: Problems) -> Iterator[tuple[Place, Any]]:
    for index in range(len(_value(located, at))):
        here = (*at, index)
        try:
            yield located.place(*here), _read(located, here, kind.items, problems)
        except ValueError as error:
            problems.add(located.place(*here), f"'{_dotted(here)}' {error}")


def _value(located: Located, at: Path_) -> Any:
    value = located.value
    for key in at:
        value = value[key]
    return value


def _dotted(at: Path_) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in at)
    return text.removeprefix(".")


def _load_source(project: Project, entry: _Entry, at: Place, problems: Problems) -> SlideSource | None:
    if not entry.path:
        problems.add(at, "an entry without a path", "name a slide source, such as 010_intro/slides.md")
        return None
    for base in (project.slides, project.root):
        path = Path(os.path.normpath(base / entry.path))
        if path.is_file():
            try:
                return SlideSource(path, shown_path(path, project.root), load_text(path, project.root))
            except SourceError as error:
                problems.add(error.at, error.what, error.hint)
                return None
    problems.add(at, f"no slide source '{entry.path}'", did_you_mean(entry.path, _known_sources(project)))
    return None


def _known_sources(project: Project) -> list[str]:
    if not project.slides.is_dir():
        return []
    left_out = frozenset({project.site})
    return [shown_path(path, project.slides) for path in walk_files(project.slides, left_out) if path.suffix == ".md"]
