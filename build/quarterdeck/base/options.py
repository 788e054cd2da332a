"""Options in files: a table says which keys there are and how each is read.

A reader takes the value as YAML or TOML gives it and returns what the program works with; it raises ValueError with
the sentence that the author will see. `read_table` puts the place before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from quarterdeck.base.errors import Problems, did_you_mean
from quarterdeck.base.yaml_positions import Located

Reader = Callable[[Any], Any]
"""Raises ValueError, with a sentence, for a value that it does not take."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_MASK_NAME = re.compile(r"[A-Za-z][\w-]*\Z")
_SIZE = re.compile(r"\d+[kmg]\Z", re.IGNORECASE)
_JSON_PART = r"""(?x)
    \.?\[(?P<index>-?[0-9]+)\] | \.?\[(?P<quoted>"(?:[^"\\]|\\.)*"|'[^']*')\] | \.?(?P<bare>"(?:[^"\\]|\\.)*")
    | \.?(?P<key>[^.\[\]"]+)"""


def read_table(
    located: Located, table: Mapping[str, Reader], what: str, problems: Problems, hints: Mapping[str, str] = {}
) -> dict[str, Any]:
    """Read each key of *located* by its reader in *table*; *what* names such a key in messages.

    *hints*: for unknown keys, better hints than the nearest name. Unknown keys and ill-typed values are noted as
    problems, at their lines, and left out.
    """
    if located.value is None:
        return {}
    if not isinstance(located.value, dict):
        hint = f"write `key: value`, with keys of: {', '.join(table)}"
        problems.add(located.place(), f"not a table of {what}s", hint)
        return {}
    values: dict[str, Any] = {}
    for key, value in located.value.items():
        reader = table.get(key)
        if reader is None:
            problems.add(located.place(key), f"unknown {what} '{key}'", hints.get(key) or did_you_mean(key, table))
            continue
        try:
            values[key] = reader(value)
        except ValueError as error:
            problems.add(located.place(key), f"{what} '{key}' {error}", "the README has all options, with their forms")
    return values


def shown_value(value: object) -> str:
    """*value* as an author would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return f"'{value}'"


def read_text(value: Any) -> str:
    """One piece of text; numbers are taken as they were written."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"is text, not {shown_value(value)}")


def read_flag(value: Any) -> bool:
    """A boolean: true or false."""
    if isinstance(value, bool):
        return value
    raise ValueError(f"is true or false, not {shown_value(value)}")


def read_duration(value: Any) -> float:
    """A length of time above zero, in seconds: `500ms`, `30s`, `2m`, `1h`."""
    match = _DURATION.match(value) if isinstance(value, str) else None
    if match is None or float(match[1]) == 0:
        raise ValueError(f"is a time above zero such as 30s, 500ms or 2m, not {shown_value(value)}")
    return float(match[1]) * _SECONDS[match[2]]


def read_size(value: Any) -> str:
    """A size as Docker takes it: `256m`, `2g`."""
    if isinstance(value, str) and _SIZE.match(value):
        return value.lower()
    raise ValueError(f"is a size such as 256m or 2g, not {shown_value(value)}")


def read_regex(value: Any) -> str:
    """A regular expression as Python's `re` takes it."""
    text = read_text(value)
    try:
        re.compile(text)
        # Patterns of `send` are matched against what a terminal sent, which is bytes.
        re.compile(text.encode())
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return text


def read_masks(value: Any) -> dict[str, str]:
    """A table from names, which are words, to regular expressions, none of which matches the empty text."""
    masks: dict[str, str] = table_of(read_regex)(value)
    for name, pattern in masks.items():
        if not _MASK_NAME.match(name):
            raise ValueError(f"has names such as build-number, not '{name}'")
        if re.search(pattern, ""):
            raise ValueError(f"has '{name}', which matches the empty text: say what is masked, with + in place of *")
    return masks


def one_of(*words: str) -> Reader:
    """A reader that takes one of *words*."""

    def read(value: Any) -> str:
        if value in words:
            return str(value)
        raise ValueError(f"is one of {', '.join(words)}, not {shown_value(value)}")

    return read


def list_of(reader: Reader) -> Reader:
    """A reader that takes a list, each item by *reader*; a single value is a list of one."""

    def read(value: Any) -> tuple[Any, ...]:
        if isinstance(value, dict) or value is None:
            raise ValueError(f"is a list, not {shown_value(value)}")
        return tuple(reader(item) for item in (value if isinstance(value, list) else [value]))

    return read


def table_of(reader: Reader) -> Reader:
    """A reader that takes a table from names to values, each value by *reader*."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"is a table of names and values, not {shown_value(value)}")
        return {name: reader(item) for name, item in value.items()}

    return read


def parse_json_path(path: str) -> tuple[str | int, ...]:
    """The keys and indices of a path into JSON: `.layers[0].size`, `config["a.b"]`; `.` is all of it.

    Raises:
        ValueError: It is no path; with a sentence.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(path) and path != ".":
        match = re.match(_JSON_PART, path[at:])
        if match is None:
            raise ValueError(f"has paths such as .layers[0].mediaType, not '{path}'")
        parts.append(_json_key(match))
        at += match.end()
    return tuple(parts)


def _json_key(match: re.Match[str]) -> str | int:
    if match["index"]:
        return int(match["index"])
    quoted = match["quoted"] or match["bare"]
    if quoted is None:
        return match["key"]
    if quoted[0] == "'":
        return quoted[1:-1]
    import json

    try:
        return str(json.loads(quoted))
    except ValueError as error:
        raise ValueError(f"has a path with text that is not JSON's: {quoted}") from error
