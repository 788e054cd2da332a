"""Markers: the comments in a slide source that are replaced by a step of a demo, or by the slide's folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from quarterdeck.base.errors import Place, Problems, did_you_mean
from quarterdeck.base.options import shown_value
from quarterdeck.deck.split.fences import FenceMap

_MARKER = re.compile(r"(?P<indent>[ \t]*)<!--[ \t]*(?P<kind>include:|directory)(?P<rest>.*?)-->[ \t]*\Z")
_COMMENT = re.compile(
    r"(?P<before>.*?)<!--\s*(?P<word>[A-Za-z]+)(?P<colon>\s*:?)\s*(?P<rest>.*?)(?:-->(?P<after>.*))?\Z"
)
_INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_NEAR = 0.7
_INCLUDE_HINT = "write <!-- include: DEMO-STEP.command -->"
PLACEHOLDER = re.compile(r"<!--quarterdeck block (\d+)-->")
"""The comment that `place_blocks` writes for a marker, with its row."""


class Marker(NamedTuple):
    """One marker of a slide source."""

    at: Place
    indent: str
    """The blanks before it."""
    column: int
    """Where the text around it starts: 0, or the text column of the list item that it stands in."""
    reference: str | None
    """The step it names, such as `layers-3.command`; None for a folder mark."""
    output: int | None = None
    """The maximum number of lines of output, 0 for none; None leaves it to the step."""
    highlight: str | None = None
    """The lines to highlight in turn: `1|3-5`."""
    fragment: bool | None = None
    """Whether the output is a fragment; None leaves it to the step."""
    caption: bool = True
    lang: str | None = None
    """The language of the commands; None leaves it to the project's `fence`."""


def _reader(pattern: str, what: str, read: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """A function that reads values that match *pattern*; for others it raises ValueError with *what* they must be."""

    def reader(value: str) -> Any:
        if re.fullmatch(pattern, value):
            return read(value)
        raise ValueError(f"is {what}, not {shown_value(value)}")

    return reader


MARKER_PAIRS: Mapping[str, Callable[[str], Any]] = {
    "output": _reader(r"none|(?!0+\Z)\d+", "none or a number of lines", lambda value: int(value.replace("none", "0"))),
    "highlight": _reader(r"\d+(?:-\d+)?(?:[,|]\d+(?:-\d+)?)*", "lines such as 1|3-5"),
    "fragment": _reader("no|yes", "no or yes", lambda value: value == "yes"),
    "caption": _reader("none", "none", lambda value: value != "none"),
    "lang": _reader(r"[\w+#.-]+", "the name of a language"),
}
"""The `key=value` pairs that may follow the name of a step."""


def parse_markers(lines: Sequence[str], path: str, fences: FenceMap, problems: Problems) -> Mapping[int, Marker]:
    """The markers in *lines*, by row from 0; with warnings about lines that are almost markers.

    A marker stands alone on its line and outside of code fences.
    """
    markers: dict[int, Marker] = {}
    for row, line in enumerate(lines):
        if "<!--" not in line or row in fences.fenced:
            continue
        at = Place(path, row + 1)
        match = _MARKER.match(line)
        if match is None:
            _warn_near_marker(line, at, problems)
            continue
        column = min(fences.columns.get(row, 0), len(match["indent"].expandtabs(4)))
        words = match["rest"].split()
        if match["kind"] == "directory" and words:
            problems.warn(at, "a comment that starts like a folder mark", "write <!-- directory -->, with nothing else")
        elif match["kind"] == "directory":
            markers[row] = Marker(at, match["indent"], column, None)
        elif words:
            markers[row] = Marker(at, match["indent"], column, words[0], **_read_pairs(words[1:], at, problems))
        else:
            problems.add(at, "a marker without the name of a step", _INCLUDE_HINT)
    return markers


def _read_pairs(words: Sequence[str], at: Place, problems: Problems) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if key not in MARKER_PAIRS:
            problems.add(at, f"unknown pair '{word}' in a marker", did_you_mean(key, MARKER_PAIRS))
        elif not equals:
            problems.add(at, f"'{key}' in a marker has no value", f"write {key}=VALUE, without blanks")
        else:
            try:
                pairs[key] = MARKER_PAIRS[key](value)
            except ValueError as error:
                problems.add(at, f"'{key}' in a marker {error}")
    return pairs


def _warn_near_marker(line: str, at: Place, problems: Problems) -> None:
    match = _COMMENT.match(_INLINE_CODE.sub("", line))
    if match is None:
        return
    word, rest = match["word"], match["rest"].split()
    exact = word == "include" and match["colon"] == ":"
    if exact and (match["before"].strip() or (match["after"] or "").strip()):
        problems.warn(at, "a marker that is not alone on its line stays a comment", "give it a line of its own")
    elif exact and match["after"] is None:
        problems.warn(at, "a marker that does not end on its line stays a comment", "end it with -->")
    elif not rest and word != "directory" and _near(word, "directory"):
        problems.warn(at, "a comment that is almost a folder mark", "write <!-- directory -->")
    elif rest and (rest[0].endswith(".command") or (match["colon"].strip() and _near(word, "include"))):
        problems.warn(at, "a comment that is almost a marker", _INCLUDE_HINT)


def _near(word: str, meant: str) -> bool:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, word.lower(), meant).ratio() >= _NEAR


def place_blocks(lines: Sequence[str], markers: Mapping[int, Marker]) -> list[str]:
    """*lines* with a placeholder for each marker, at a column where Markdown keeps it as it is."""
    placed = list(lines)
    for row, marker in markers.items():
        placed[row] = " " * marker.column + f"<!--quarterdeck block {row}-->"
    return placed
