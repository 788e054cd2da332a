"""What a step says of its own output: `match` and `json`, in the place of a recording."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from quarterdeck.base.options import parse_json_path

_MOST_SHOWN = 120
"""Characters of a value in a message."""


def unmatched(patterns: Sequence[str], screen: str) -> tuple[str, ...]:
    """A sentence for each of *patterns* that is nowhere in *screen*; `^` and `$` mean lines."""
    return tuple(f"nothing matches {pattern}" for pattern in patterns if not re.search(pattern, screen, re.MULTILINE))


def json_misses(wanted: Mapping[str, Any], screen: str) -> tuple[str, ...]:
    """A sentence for each path of *wanted* where *screen*, read as JSON, has another value or none."""
    if not wanted:
        return ()
    if not screen.strip():
        return ("there is no output, and `json:` needs JSON",)
    try:
        document = json.loads(screen)
    except (ValueError, RecursionError) as error:
        return (f"the output is not JSON, which `json:` needs: {_why(error)}",)
    found = []
    for path, value in wanted.items():
        try:
            there = _at(document, path)
        except LookupError as error:
            found.append(f"json {path}: {error.args[0]}")
            continue
        if not _same(there, value):
            found.append(f"json {path} is {_shown(there)}, expected {_shown(value)}")
    return tuple(found)


def _at(document: Any, path: str) -> Any:
    """The value at *path*: `.layers[0].size`, `config["a.b"]`; `.` is all of it.

    Raises:
        LookupError: There is none; with a sentence.
    """
    value = document
    for part in parse_json_path(path):
        if isinstance(part, int):
            if not isinstance(value, list):
                raise LookupError(f"no [{part}] in {_kind(value)}")
            if not -len(value) <= part < len(value):
                raise LookupError(f"no [{part}] in {_kind(value)}")
        elif not isinstance(value, dict) or part not in value:
            raise LookupError(f"no '{part}' in {_kind(value)}")
        value = value[part]
    return value


def _same(there: Any, wanted: Any) -> bool:
    """Equality as JSON has it: 2 is 2.0, but true is not 1."""
    if isinstance(there, bool) or isinstance(wanted, bool):
        return there is wanted
    if isinstance(there, dict) and isinstance(wanted, dict):
        return there.keys() == wanted.keys() and all(_same(there[key], wanted[key]) for key in there)
    if isinstance(there, list) and isinstance(wanted, list):
        return len(there) == len(wanted) and all(map(_same, there, wanted))
    return bool(there == wanted)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        keys = ", ".join(list(value)[:8]) + (", …" if len(value) > 8 else "")
        return f"a table with {keys}" if value else "an empty table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return _shown(value)


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    return "it cannot be read"
