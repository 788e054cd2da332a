"""YAML that knows where each of its values stands, with scalars as YAML 1.2 reads them.

PyYAML reads YAML 1.1, where `off`, `no` and `22:22` are a boolean, a boolean and 1342. In a deck
they are text. The resolver below is the core schema of YAML 1.2.2, section 10.3.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from quarterdeck.errors import Place, SourceError

_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

_MOST_PARTS = 200_000
"""Aliases of aliases can make a small file mean billions of values."""

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """A value read from YAML or TOML, and the place of each of its parts."""

    value: Any
    """Dicts, lists, text, numbers, booleans and None; keys of dicts are text."""
    path: str
    """The file, as shown to its author."""
    lines: Mapping[Path_, int]
    """The line, from 1, of each key and list item, by its path from the top."""

    def place(self, *keys: str | int) -> Place:
        """Where the part at *keys* stands; for a part that is not there, where its parent does."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return Place(self.path, self.lines.get(keys, 1))

    def under(self, *keys: str | int) -> Located:
        """The part at *keys*, which must be there, as a value of its own."""
        value = self.value
        for key in keys:
            value = value[key]
        depth = len(keys)
        lines = {at[depth:]: line for at, line in self.lines.items() if at[:depth] == keys}
        return Located(value, self.path, lines)


def parse_yaml(text: str, path: str, first_line: int = 1) -> Located:
    """Read one YAML document; *first_line* is the line of *path* at which *text* starts.

    Raises:
        SourceError: Bad YAML, a key given twice, or a key that is no text, at its line.
    """
    try:
        loader = _Base(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is reported behind it; the author's last line is the place to look at.
        line = first_line + min(mark.line if mark else 0, text.rstrip().count("\n"))
        raise SourceError(Place(path, line), f"bad YAML: {_sentence(error)}", _yaml_hint(text, error)) from error
    except yaml.YAMLError as error:
        raise SourceError(Place(path, first_line), f"bad YAML: {error}") from error
    lines: dict[Path_, int] = {(): first_line}
    value = None if node is None else _build(node, (), lines, path, first_line, ())
    return Located(value, path, lines)


def read_scalar(text: str) -> object:
    """What a plain (unquoted) scalar means in YAML 1.2's core schema."""
    if _NULL.match(text):
        return None
    if _BOOL.match(text):
        return text[0] in "tT"
    if _INT.match(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.match(text):
        return float(text)
    return text


def _build(
    node: Any, at: Path_, lines: dict[Path_, int], path: str, first_line: int, open_nodes: tuple[int, ...]
) -> Any:
    if id(node) in open_nodes:
        raise SourceError(Place(path, first_line + node.start_mark.line), "bad YAML: an alias that contains itself")
    if len(lines) > _MOST_PARTS:
        raise SourceError(Place(path, first_line), f"bad YAML: more than {_MOST_PARTS:,} values")
    open_nodes = (*open_nodes, id(node))
    if isinstance(node, yaml.ScalarNode):
        plain = not node.style and node.tag in (None, "tag:yaml.org,2002:str", "!")
        return read_scalar(node.value) if plain else node.value
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[(*at, index)] = first_line + item.start_mark.line
            items.append(_build(item, (*at, index), lines, path, first_line, open_nodes))
        return items
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = Place(path, first_line + key_node.start_mark.line)
        if not isinstance(key_node, yaml.ScalarNode):
            raise SourceError(place, "bad YAML: a key that is a list or a mapping", "keys are text")
        key = key_node.value
        if key in mapping:
            raise SourceError(place, f"the key '{key}' is given twice", "keep one of them")
        lines[(*at, key)] = place.line
        mapping[key] = _build(value_node, (*at, key), lines, path, first_line, open_nodes)
    return mapping


def _sentence(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.problem, error.context) if part)


def _yaml_hint(text: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not with tabs"
    if ": " in line.partition(": ")[2] or "#" in line or "@" in line:
        return "put the text in quotes"
    return ""
