"""Paths into JSON, as the option `json` has them: `.layers[0].size`, `config["a.b"]`; `.` is all of it."""

from __future__ import annotations

import re

_PART = re.compile(
    r"""\.?\[(?P<index>-?[0-9]+)\] | \.?\[(?P<quoted>"(?:[^"\\]|\\.)*"|'[^']*')\] | \.?(?P<bare>"(?:[^"\\]|\\.)*")
      | \.?(?P<key>[^.\[\]"]+)""",
    re.VERBOSE,
)


def parse_json_path(path: str) -> tuple[str | int, ...]:
    """The keys and indices of *path*, from the top.

    Raises:
        ValueError: It is no path; with a sentence.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(path) and path != ".":
        match = _PART.match(path, at)
        if match is None:
            raise ValueError(f"has paths such as .layers[0].mediaType, not '{path}'")
        parts.append(_part(match))
        at = match.end()
    return tuple(parts)


def _part(match: re.Match[str]) -> str | int:
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
