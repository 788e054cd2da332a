"""Splitting slide sources into stacks of raw slides, and slides into body and speaker notes.

The reference is `slidify` in reveal.js's Markdown plugin, with one intended difference: inside code fences, separators
and notes are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.model import RawSlide, Separators
from quarterdeck.deck.split.fences import FenceMap
from quarterdeck.deck.split.js_regex import python_regex

DEFAULT = Separators(r"\r?\n---\r?\n", None, "^s*notes?:")
"""The defaults of a section in an HTML deck. (The `s` of the notes is reveal.js's own: `\\s` without its backslash.)"""

_NOTES = re.compile(r"s*notes?:", re.IGNORECASE)
_FIRST_INDENT = re.compile(r"\n?(\t+| {2,}(?=\S))")


def split_slides(
    lines: Sequence[str], path: str, fences: FenceMap, problems: Problems
) -> tuple[tuple[RawSlide, ...], ...]:
    """The stacks of slides in *lines*: `---` on a line of its own between stacks, `--` inside one.

    As in reveal.js, a separator needs a line before it that is not a separator, and a line feed after it.
    """
    if fences.unclosed is not None:
        place = Place(path, fences.unclosed + 1)
        problems.warn(place, "a code fence that nothing closes", "close it with as many of the same characters")
    stacks: list[list[RawSlide]] = [[]]
    first, taken = 0, 0
    for row, line in enumerate(lines):
        if line not in ("---", "--") or row <= taken or row == len(lines) - 1 or row in fences.fenced:
            continue
        stacks[-1].append(_slide_of_rows(lines, first, row, path, fences, problems))
        if line == "---":
            stacks.append([])
        first, taken = row + 1, row + 1
    stacks[-1].append(_slide_of_rows(lines, first, len(lines), path, fences, problems))
    return tuple(tuple(stack) for stack in stacks)


def _slide_of_rows(
    lines: Sequence[str], first: int, end: int, path: str, fences: FenceMap, problems: Problems
) -> RawSlide:
    text = "\n".join(lines[first:end])
    at = Place(path, first + 1)
    rows = [
        row
        for row in (range(first, end) if "ote" in text.lower() else ())
        if row not in fences.fenced and _NOTES.match(lines[row])
    ]
    if not _is_single(rows, path, problems):
        return RawSlide(at, text, None)
    head = _NOTES.sub("", lines[rows[0]], count=1)
    notes = "\n".join([head, *lines[rows[0] + 1 : end]])
    return RawSlide(at, "\n".join(lines[first : rows[0]]), notes)


def split_by(
    text: str, separators: Separators, path: str, fences: FenceMap, problems: Problems
) -> tuple[tuple[RawSlide, ...], ...]:
    """The stacks of slides in *text*, split at *separators*, which are known to be valid regular expressions."""
    both = separators.stacks + (f"|{separators.slides}" if separators.slides else "")
    horizontal = python_regex(separators.stacks, 0)
    notes = python_regex(separators.notes, re.MULTILINE | re.IGNORECASE)
    stacks: list[list[RawSlide]] = []
    start, in_stack = 0, False

    def take(end: int) -> RawSlide:
        return _slide_of_text(text, start, end, notes, path, fences, problems)

    for match in _outside(python_regex(both), text, 0, len(text), fences):
        vertical = horizontal.search(match[0]) is None
        if in_stack:
            stacks[-1].append(take(match.start()))
        else:
            stacks.append([take(match.start())])
        start, in_stack = match.end(), vertical
    if in_stack:
        stacks[-1].append(take(len(text)))
    else:
        stacks.append([take(len(text))])
    return tuple(tuple(stack) for stack in stacks)


def _outside(pattern: re.Pattern[str], text: str, start: int, end: int, fences: FenceMap) -> Iterator[re.Match[str]]:
    """The non-empty matches of *pattern* whose first visible character is outside of code fences."""
    for match in pattern.finditer(text, start, end):
        visible = match.start() + len(match[0]) - len(match[0].lstrip("\n"))
        if match[0] and text.count("\n", 0, visible) not in fences.fenced:
            yield match


def _slide_of_text(
    text: str, start: int, end: int, pattern: re.Pattern[str], path: str, fences: FenceMap, problems: Problems
) -> RawSlide:
    # A slice, since `^` and `$` match at its ends.
    body = text[start:end]
    row = text.count("\n", 0, start)
    first = row + len(body) - len(body.lstrip("\n"))
    at = Place(path, min(first, row + body.count("\n")) + 1)
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
