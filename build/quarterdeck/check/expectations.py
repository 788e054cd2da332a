"""Expectations that a step states itself, in place of a recording: the options `match` and `json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from quarterdeck.base.options import parse_json_path

_LONGEST_VALUE = 120
"""Characters of a value in a message."""


def unmatched(patterns: Sequence[str], screen: str) -> tuple[str, ...]:
    """A sentence for each of *patterns* that is nowhere in *screen*; `^` and `$` mean lines."""
    return tuple(f"nothing matches {pattern}" for pattern in patterns if not re.search(pattern, screen, re.MULTILINE))


def json_misses(expected: Mapping[str, Any], screen: str) -> tuple[str, ...]:
    """A sentence for each path of *expected* where *screen*, read as JSON, has another value or none."""
    if not expected:
        return ()
    if not screen.strip():
        return ("there is no output, and `json:` needs JSON",)
    try:
        document = json.loads(screen)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return (f"the output is not JSON, which `json:` needs: {error.msg} in {place}",)
    except (ValueError, RecursionError):
        return ("the output is not JSON, which `json:` needs: it cannot be read",)
    misses = []
    for path, value in expected.items():
        try:
            actual = _at(document, path)
        except LookupError as error:
            misses.append(f"json {path}: {error.args[0]}")
            continue
        if not _same(actual, value):
            misses.append(f"json {path} is {_clip(actual)}, expected {_clip(value)}")
    return tuple(misses)


def _at(document: Any, path: str) -> Any:
    """The value at *path*: `.layers[0].size`, `config["a.b"]`; `.` is all of it.

    Raises:
        LookupError: No such value; the message says what is there.
    """
    value = document
    for part in parse_json_path(path):
        if isinstance(part, int):
            if not isinstance(value, list) or not -len(value) <= part < len(value):
                raise LookupError(f"no [{part}] in {_kind(value)}")
        elif not isinstance(value, dict) or part not in value:
            raise LookupError(f"no '{part}' in {_kind(value)}")
        value = value[part]
    return value


def _same(actual: Any, expected: Any) -> bool:
    """Equality of JSON values: 2 is 2.0, but true is not 1."""
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(_same(actual[key], expected[key]) for key in actual)
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(_same, actual, expected))
    return bool(actual == expected)


def _clip(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        keys = ", ".join(list(value)[:8]) + (", …" if len(value) > 8 else "")
        return f"a table with {keys}" if value else "an empty table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return _clip(value)
