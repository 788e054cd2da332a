"""Slides of older talks, which say by regular expressions of JavaScript where one ends and the next begins.

The reference is `slidify` in reveal.js's Markdown plugin, with the intended difference that what matches inside a
code fence is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.html_deck_model import Separators
from quarterdeck.deck.markdown.render import RawSlide
from quarterdeck.deck.split.fences import FenceMap

DEFAULT = Separators(r"\r?\n---\r?\n", None, "^s*notes?:")
"""What a section has that says nothing (the notes' `s` is reveal.js's own, a lost backslash before it)."""

_INDENT = re.compile(r"\n?(\t+| {2,})(?=\S)")


def python_regex(pattern: str, flags: int = re.MULTILINE) -> re.Pattern[str]:
    """*pattern*, as JavaScript has it, for text whose lines end in line feeds only.

    Raises:
        re.error: It is none, or says what Python cannot.
    """
    translated = re.sub(r"\\r(?![?*])", r"\\r?", pattern)
    translated = re.sub(r"\(\?<(?![=!])", "(?P<", translated)
    translated = translated.replace("[^]", r"[\s\S]").replace(r"\/", "/")
    return re.compile(translated, flags)


def split_by(
    text: str, separators: Separators, path: str, fences: FenceMap, problems: Problems
) -> tuple[tuple[RawSlide, ...], ...]:
    """The stacks of slides in *text*, split as *separators* say, all of which are known to be regular expressions."""
    both = separators.stacks + (f"|{separators.slides}" if separators.slides else "")
    horizontal = python_regex(separators.stacks, 0)
    notes = python_regex(separators.notes, re.MULTILINE | re.IGNORECASE)
    stacks: list[list[RawSlide]] = []
    start, in_stack = 0, False

    def take(end: int) -> RawSlide:
        return _raw_slide(text, start, end, notes, path, fences, problems)

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
    """The matches of *pattern* that are more than nothing and whose first visible character is in no fence."""
    for match in pattern.finditer(text, start, end):
        visible = match.start() + len(match[0]) - len(match[0].lstrip("\n"))
        if match[0] and text.count("\n", 0, visible) not in fences.fenced:
            yield match


def _raw_slide(
    text: str, start: int, end: int, pattern: re.Pattern[str], path: str, fences: FenceMap, problems: Problems
) -> RawSlide:
    # A slice and not the whole text: `^` and `$` mean its ends.
    body = text[start:end]
    row = text.count("\n", 0, start)
    first = row + len(body) - len(body.lstrip("\n"))
    at = Place(path, min(first, row + body.count("\n")) + 1)
    found = [
        match
        for match in pattern.finditer(body)
        if match[0] and row + body.count("\n", 0, match.start()) not in fences.fenced
    ]
    if len(found) > 1:
        line = row + body.count("\n", 0, found[1].start()) + 1
        problems.warn(Place(path, line), "a second note in a slide makes both of them text", "keep one")
    if len(found) != 1:
        return RawSlide(at, body.strip("\n"), None)
    return RawSlide(at, body[: found[0].start()].strip("\n"), body[found[0].end() :])


def dedent(text: str) -> str:
    """*text* without the indentation of its first line, as reveal.js takes it off Markdown in a page."""
    match = _INDENT.match(text)
    if match is None:
        return text
    return "\n".join(line.removeprefix(match[1]) for line in text.split("\n"))
