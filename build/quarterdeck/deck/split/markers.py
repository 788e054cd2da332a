"""Markers: the comments in a slide source that are replaced by a step of a demo, or by the slide's folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from quarterdeck.base.errors import Place, Problems, did_you_mean
from quarterdeck.base.options import shown_value
from quarterdeck.deck.split.fences import FenceMap

_MARKER = re.compile(r"(?P<indent>[ \t]*)<!--[ \t]*(?P<kind>include:|directory)(?P<rest>.*?)-->[ \t]*\Z")
_COMMENT = re.compile(
    r"(?P<before>.*?)<!--\s*(?P<word>[A-Za-z]+)(?P<colon>\s*:?)\s*(?P<rest>.*?)(?:-->(?P<after>.*))?\Z"
)
_INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_LINE_STEPS = re.compile(r"\d+(?:-\d+)?(?:[,|]\d+(?:-\d+)?)*\Z")
_LANGUAGE = re.compile(r"[\w+#.-]+\Z")
_NEAR = 0.7
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
    """At most that many lines of output, 0 for none; None leaves it to the step."""
    highlight: str | None = None
    """Lines to light up in turn, as `1|3-5`."""
    fragment: bool | None = None
    """Whether the output waits for a key press; None leaves it to the step."""
    caption: bool = True
    lang: str | None = None
    """The language of the commands; None leaves it to the project's `fence`."""


def _read_output(value: str) -> int:
    if value == "none":
        return 0
    if value.isdecimal() and int(value) > 0:
        return int(value)
    raise ValueError(f"is none or a number of lines, not {shown_value(value)}")


def _read_word(words: Mapping[str, bool], value: str) -> bool:
    if value in words:
        return words[value]
    raise ValueError(f"is {' or '.join(words)}, not {shown_value(value)}")


def _read_pattern(pattern: re.Pattern[str], what: str, value: str) -> str:
    if pattern.match(value):
        return value
    raise ValueError(f"is {what}, not {shown_value(value)}")


MARKER_PAIRS: Mapping[str, Callable[[str], Any]] = {
    "output": _read_output,
    "highlight": partial(_read_pattern, _LINE_STEPS, "lines such as 1|3-5"),
    "fragment": partial(_read_word, {"no": False, "yes": True}),
    "caption": partial(_read_word, {"none": False}),
    "lang": partial(_read_pattern, _LANGUAGE, "the name of a language"),
}
"""The `key=value` pairs that may follow the name of a step."""


def parse_markers(lines: Sequence[str], path: str, fences: FenceMap, problems: Problems) -> Mapping[int, Marker]:
    """The markers in *lines*, by row from 0; a line that is almost one is reported.

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
        if match["kind"] == "include:":
            marker = _parse_include(match, at, column, problems)
        else:
            marker = _parse_directory(match, at, column, problems)
        if marker is not None:
            markers[row] = marker
    return markers


def _parse_include(match: re.Match[str], at: Place, column: int, problems: Problems) -> Marker | None:
    words = match["rest"].split()
    if not words:
        problems.add(at, "a marker without the name of a step", "write <!-- include: DEMO-STEP.command -->")
        return None
    found: dict[str, Any] = {}
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if key not in MARKER_PAIRS:
            problems.add(at, f"unknown pair '{word}' in a marker", did_you_mean(key, MARKER_PAIRS))
        elif not equals:
            problems.add(at, f"'{key}' in a marker has no value", f"write {key}=VALUE, without blanks")
        else:
            try:
                found[key] = MARKER_PAIRS[key](value)
            except ValueError as error:
                problems.add(at, f"'{key}' in a marker {error}")
    return Marker(at, match["indent"], column, words[0], **found)


def _parse_directory(match: re.Match[str], at: Place, column: int, problems: Problems) -> Marker | None:
    if match["rest"].strip():
        problems.warn(at, "a comment that starts like a folder mark", "write <!-- directory -->, with nothing else")
        return None
    return Marker(at, match["indent"], column, None)


def _warn_near_marker(line: str, at: Place, problems: Problems) -> None:
    match = _COMMENT.match(_INLINE_CODE.sub("", line))
    if match is None:
        return
    word = match["word"]
    exact = word == "include" and match["colon"] == ":"
    if exact and (match["before"].strip() or (match["after"] or "").strip()):
        problems.warn(at, "a marker that is not alone on its line stays a comment", "give it a line of its own")
    elif exact and match["after"] is None:
        problems.warn(at, "a marker that does not end on its line stays a comment", "end it with -->")
    elif match["rest"].split()[:1] and match["rest"].split()[0].endswith(".command"):
        problems.warn(at, "a comment that is almost a marker", "write <!-- include: DEMO-STEP.command -->")
    elif not match["rest"] and word != "directory" and _near(word, "directory"):
        problems.warn(at, "a comment that is almost a folder mark", "write <!-- directory -->")
    elif match["colon"].strip() and match["rest"] and _near(word, "include"):
        problems.warn(at, "a comment that is almost a marker", "write <!-- include: DEMO-STEP.command -->")


def _near(word: str, meant: str) -> bool:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, word.lower(), meant).ratio() >= _NEAR


def place_blocks(lines: Sequence[str], markers: Mapping[int, Marker]) -> list[str]:
    """*lines* with a placeholder for each marker, at a column where Markdown keeps it as it is."""
    placed = list(lines)
    for row, marker in markers.items():
        placed[row] = " " * marker.column + f"<!--quarterdeck block {row}-->"
    return placed
