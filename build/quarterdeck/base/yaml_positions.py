"""YAML that knows where each of its values stands, with scalars as YAML 1.2 reads them.

PyYAML reads YAML 1.1, where `off`, `no` and `22:22` are a boolean, a boolean and 1342. In a deck they are text. Scalars
are resolved here, by the core schema of YAML 1.2.2, section 10.3.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from quarterdeck.base.errors import Place, SourceError

if TYPE_CHECKING:
    import yaml

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")

_MOST_PARTS = 200_000
"""Aliases of aliases can make a small file mean billions of values."""

Path_ = tuple[str | int, ...]


class Located(NamedTuple):
    """A value read from YAML or TOML, and the place of each of its parts."""

    value: Any
    """Dicts, lists, text, numbers, booleans and None; keys of dicts are text."""
    path: str
    """The file, as shown to its author."""
    lines: Mapping[Path_, int]
    """The line, from 1, of each key and list item, by its path from the top."""
    written: Mapping[Path_, str] = MappingProxyType({})
    """Numbers and booleans as their author wrote them: `1.10`, `007`."""
    twice: tuple[tuple[str, Place], ...] = ()
    """Duplicate keys, collected in lenient mode."""

    def place(self, *keys: str | int) -> Place:
        """Where the part at *keys* stands; for a missing part, where its parent does."""
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
        written = {at[depth:]: text for at, text in self.written.items() if at[:depth] == keys}
        return Located(value, self.path, lines, written)


def parse_yaml(text: str, path: str, first_line: int = 1, *, lenient: bool = False) -> Located:
    """Read one YAML document; *first_line* is the line of *path* at which *text* starts.

    Merge keys (`<<: *base`), which YAML 1.2 dropped and everybody uses, are merged. If *lenient*, the last of two equal
    keys wins, as in most readers, and is listed in `twice`.

    Raises:
        SourceError: Bad YAML, a key given twice, or a key that is no text, at its line.
    """
    import yaml  # 9 ms, which a build that finds nothing changed saves

    base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        loader = base(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is reported after it; the author's last line is the place to look at.
        line = first_line + min(mark.line if mark else 0, text.rstrip().count("\n"))
        what = " ".join(part for part in (error.problem, error.context) if part)
        raise SourceError(Place(path, line), f"bad YAML: {what}", _yaml_hint(text, error)) from error
    except yaml.YAMLError as error:
        raise SourceError(Place(path, first_line), f"bad YAML: {error}") from error
    builder = _Builder(path, first_line, lenient)
    value = None if node is None else builder.build(node, (), ())
    return Located(value, path, builder.lines, builder.written, tuple(builder.twice))


def read_scalar(text: str) -> object:
    """What a plain (unquoted) scalar means in YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.match(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.match(text):
        return float(text)
    return text


class _Builder:
    """Turns nodes into values, and notes where they stand."""

    def __init__(self, path: str, first_line: int, lenient: bool) -> None:
        self._path = path
        self._first_line = first_line
        self._lenient = lenient
        self.lines: dict[Path_, int] = {(): first_line}
        self.written: dict[Path_, str] = {}
        self.twice: list[tuple[str, Place]] = []
        self._merged = 0

    def build(self, node: Any, at: Path_, open_nodes: tuple[int, ...]) -> Any:
        if id(node) in open_nodes:
            raise SourceError(self._place(node), "bad YAML: an alias that contains itself")
        if len(self.lines) > _MOST_PARTS:
            raise SourceError(Place(self._path, self._first_line), f"bad YAML: more than {_MOST_PARTS:,} values")
        if node.id == "scalar":
            return self._build_scalar(node, at)
        open_nodes = (*open_nodes, id(node))
        if node.id == "sequence":
            items = []
            for index, item in enumerate(node.value):
                self.lines[(*at, index)] = self._place(item).line
                items.append(self.build(item, (*at, index), open_nodes))
            return items
        mapping: dict[str, Any] = {}
        self._fill(mapping, node, at, open_nodes)
        return mapping

    def _build_scalar(self, node: Any, at: Path_) -> object:
        if node.style or node.tag not in (None, "tag:yaml.org,2002:str", "!"):
            return node.value
        value = read_scalar(node.value)
        if value is not None and not isinstance(value, str):
            self.written[at] = node.value
        return value

    def _fill(self, mapping: dict[str, Any], node: Any, at: Path_, open_nodes: tuple[int, ...]) -> None:
        inherited = frozenset(mapping)
        merged = []
        keys: set[str] = set()
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if key_node.id != "scalar":
                raise SourceError(place, "bad YAML: a key that is a list or a mapping", "keys are text")
            key = key_node.value
            if key == "<<" and not key_node.style:
                merged.append(value_node)
                continue
            if key in inherited:
                continue
            if key in keys:
                if not self._lenient:
                    raise SourceError(place, f"the key '{key}' is given twice", "keep one of them")
                self.twice.append((key, place))
            keys.add(key)
            self.lines[(*at, key)] = place.line
            mapping[key] = self.build(value_node, (*at, key), open_nodes)
        for base in merged:
            self._merge(mapping, base, at, open_nodes)

    def _merge(self, mapping: dict[str, Any], base: Any, at: Path_, open_nodes: tuple[int, ...]) -> None:
        """Add the keys of *base*, a mapping or a list of them, that *mapping* does not have."""
        if id(base) in open_nodes:
            raise SourceError(self._place(base), "bad YAML: an alias that contains itself")
        self._merged += 1
        if self._merged > _MOST_PARTS:
            raise SourceError(self._place(base), f"bad YAML: more than {_MOST_PARTS:,} merges")
        if base.id == "sequence":
            for mapping_node in base.value:
                self._merge(mapping, mapping_node, at, (*open_nodes, id(base)))
            return
        if base.id != "mapping":
            raise SourceError(self._place(base), "bad YAML: '<<' is followed by no mapping", "write <<: *NAME")
        self._fill(mapping, base, at, (*open_nodes, id(base)))

    def _place(self, node: Any) -> Place:
        return Place(self._path, self._first_line + node.start_mark.line)


def _yaml_hint(text: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not with tabs"
    if ": " in line.partition(": ")[2] or "#" in line or "@" in line:
        return "put the text in quotes"
    return "look at the indentation, the quotes and the brackets of this line and the one above"
