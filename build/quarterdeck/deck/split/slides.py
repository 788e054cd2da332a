"""Splitting slide sources into stacks of raw slides, and slides into body and speaker notes.

The reference is `slidify` in reveal.js's Markdown plugin, with one intended difference: inside code fences, separators
and notes are text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.model import RawSlide, Separators
from quarterdeck.deck.split.fences import FenceMap

DEFAULT = Separators(r"\r?\n---\r?\n", None, "^s*notes?:")
"""The defaults of a section in an HTML deck. (The `s` of the notes is reveal.js's own: `\\s` without its backslash.)"""

_NOTES = re.compile(r"s*notes?:", re.IGNORECASE)
_FIRST_INDENT = re.compile(r"\n?(\t+| {2,}(?=\S))")

_RawStacks = tuple[tuple[RawSlide, ...], ...]
_Cut = tuple[int, int, bool]
"""A separator: its start, its end, and whether it separates stacks."""


def python_regex(pattern: str, flags: int = re.MULTILINE) -> re.Pattern[str]:
    """*pattern*, in JavaScript's syntax, for text with LF line ends.

    Raises:
        re.error: The pattern is invalid, or Python has no equivalent.
    """
    translated = re.sub(r"\\r(?![?*])", r"\\r?", pattern)
    translated = re.sub(r"\(\?<(?![=!])", "(?P<", translated)
    translated = translated.replace("[^]", r"[\s\S]").replace(r"\/", "/")
    return re.compile(translated, flags)


def split_slides(lines: Sequence[str], path: str, fences: FenceMap, problems: Problems) -> _RawStacks:
    """The stacks of slides in *lines*: `---` on a line of its own between stacks, `--` inside one.

    As in reveal.js, a separator needs a line before it that is not a separator, and a line feed after it.
    """
    if fences.unclosed is not None:
        place = Place(path, fences.unclosed + 1)
        problems.warn(place, "a code fence that nothing closes", "close it with as many of the same characters")

    def cuts() -> Iterator[_Cut]:
        first = 0
        for row, line in enumerate(lines):
            if line in ("---", "--") and first < row < len(lines) - 1 and row not in fences.fenced:
                first = row + 1
                yield row, first, line == "---"

    return _stack(cuts(), len(lines), lambda first, end: _slide_of_rows(lines, first, end, path, fences, problems))


def split_by(text: str, separators: Separators, path: str, fences: FenceMap, problems: Problems) -> _RawStacks:
    """The stacks of slides in *text*, split at *separators*, which must be valid regular expressions."""
    both = separators.stacks + (f"|{separators.slides}" if separators.slides else "")
    between_stacks = python_regex(separators.stacks, 0)
    notes = python_regex(separators.notes, re.MULTILINE | re.IGNORECASE)
    cuts = (
        (match.start(), match.end(), between_stacks.search(match[0]) is not None)
        for match in python_regex(both).finditer(text)
        if match[0] and _first_row(text, match.start(), match[0]) not in fences.fenced
    )
    return _stack(cuts, len(text), lambda start, end: _slide_of_text(text, start, end, notes, path, fences, problems))


def _stack(cuts: Iterable[_Cut], end: int, make_slide: Callable[[int, int], RawSlide]) -> _RawStacks:
    """The stacks of the slides between *cuts*, each made from its start and its end."""
    stacks: list[list[RawSlide]] = [[]]
    start = 0
    for cut, after, between_stacks in chain(cuts, [(end, end, False)]):
        stacks[-1].append(make_slide(start, cut))
        if between_stacks:
            stacks.append([])
        start = after
    return tuple(map(tuple, stacks))


def _first_row(text: str, start: int, part: str) -> int:
    """The row of the first visible character of *part*, which starts at *start* in *text*."""
    return text.count("\n", 0, start) + len(part) - len(part.lstrip("\n"))


def _slide_of_rows(
    lines: Sequence[str], first: int, end: int, path: str, fences: FenceMap, problems: Problems
) -> RawSlide:
    at = Place(path, first + 1)
    rows = [row for row in range(first, end) if _NOTES.match(lines[row]) and row not in fences.fenced]
    if not _is_single(rows, path, problems):
        return RawSlide(at, "\n".join(lines[first:end]), None)
    head = _NOTES.sub("", lines[rows[0]], count=1)
    notes = "\n".join([head, *lines[rows[0] + 1 : end]])
    return RawSlide(at, "\n".join(lines[first : rows[0]]), notes)


def _slide_of_text(
    text: str, start: int, end: int, pattern: re.Pattern[str], path: str, fences: FenceMap, problems: Problems
) -> RawSlide:
    # A slice, since `^` and `$` match at its ends.
    body = text[start:end]
    row = text.count("\n", 0, start)
    at = Place(path, min(_first_row(text, start, body), row + body.count("\n")) + 1)
    marks = [(row + body.count("\n", 0, match.start()), match) for match in pattern.finditer(body) if match[0]]
    marks = [(line, match) for line, match in marks if line not in fences.fenced]
    if not _is_single([line for line, _ in marks], path, problems):
        return RawSlide(at, body.strip("\n"), None)
    match = marks[0][1]
    return RawSlide(at, body[: match.start()].strip("\n"), body[match.end() :])


def _is_single(rows: Sequence[int], path: str, problems: Problems) -> bool:
    """Whether a slide has one mark of speaker notes, at one of *rows*; a warning if there are several."""
    if len(rows) > 1:
        problems.warn(Place(path, rows[1] + 1), "a second 'Note:' in a slide makes both of them text", "keep one")
    return len(rows) == 1


def dedent(text: str) -> str:
    """*text* without the indentation of its first line, on every line that has it, like in reveal.js."""
    match = _FIRST_INDENT.match(text)
    if match is None:
        return text
    return "\n".join(line.removeprefix(match[1]) for line in text.split("\n"))
