"""Volatile values become typed holes: `sha256:9c6f…` is `sha256:<digest>`.

What is left, the shape, must be the same in two runs of a demo; `identity` checks that equal values stay equal.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from quarterdeck.check.mask_kinds import END, FIRST, MASKS, UNSURE
from quarterdeck.terminal.control_codes import ESCAPE
from quarterdeck.terminal.job_notices import drop_ended_jobs

_COLOUR = re.compile(rf"{ESCAPE}(?:\[[0-9;:]*m)?")
"""Also matches a bare escape, which could combine with following text into a new code."""

_PADDING = re.compile(r"(?<=[^ ]) {2,}|^ {2,}(?=<)")
"""Blanks between columns, whose number depends on the values beside them; an indentation does not count."""

_BESIDE = re.compile(r"^ +(?=<)|(?<=>) +(?= )|(?<= ) +(?=<)")
"""Blanks beside a hole but for one: where a value is as wide as its column, there is no more than that."""

_MAYBE = "maybe_"
_KINDS = {
    "hole": ("", True),
    **{kind: (kind, True) for kind in MASKS},
    **{f"{_MAYBE}{kind}": (kind, False) for kind in UNSURE},
}
"""The groups of `_pattern`: the kind of each, and whether its matches are values for certain."""


class Value(NamedTuple):
    """What stood in a hole of one line. A tuple, since an output may have a hundred thousand of them."""

    kind: str
    text: str
    sure: bool
    """Whether it is volatile for certain; if not, it is so only opposite one that is."""


class MaskedLine(NamedTuple):
    """One line, as a comparison of two runs needs it. A tuple, as values are."""

    shape: str
    """The line with holes for the sure values."""
    loose: str
    """The line with holes for all that could be values, and no more than a blank beside them; never shown."""
    values: tuple[Value, ...] = ()
    """One for each hole of `loose`, in order."""


def mask_lines(text: str, *, extra: Mapping[str, str] = {}, keep: Collection[str] = ()) -> tuple[MaskedLine, ...]:
    """The lines of *text* with holes for their volatile values.

    Args:
        text: A screen, with colours as ␛[…m.
        extra: The author's masks, name to regular expression, which go first; if one has a group, only that
            is masked. They are free unless they are named like an identity kind of MASKS.
        keep: Kinds and names that are left as they are.
    """
    text = drop_ended_jobs(strip_colours(text))
    text, claimed = _claim(text, {name: regex for name, regex in extra.items() if name not in keep})
    pattern = _pattern(tuple(extra))
    kept = frozenset(keep)
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(_mask_line(line, start, pattern, kept, claimed))
        start += len(line) + 1
    return tuple(_squeeze_titles(lines))


def strip_colours(text: str) -> str:
    """*text* without ␛[…m."""
    return _COLOUR.sub("", text)


def _claim(text: str, extra: Mapping[str, str]) -> tuple[str, Mapping[int, tuple[str, str]]]:
    """*text* with the holes of the author's masks, and name and value of each by its place in the result."""
    if not extra:
        return text, {}
    spans = [(*match.span(), "") for match in _holes(tuple(extra)).finditer(text)]
    for name, regex in extra.items():
        compiled = re.compile(regex, re.MULTILINE)
        for match in compiled.finditer(text):
            start, end = match.span(1 if compiled.groups else 0)
            index = bisect_left(spans, (end, -1, ""))
            if start < end and not (index > 0 and spans[index - 1][1] > start):
                insort(spans, (start, end, name))
    parts, claimed, done, length = [], {}, 0, 0
    for start, end, name in spans:
        if name:
            parts += [text[done:start], f"<{name}>"]
            length += start - done
            claimed[length] = (name, text[start:end])
            length += len(name) + 2
            done = end
    return "".join((*parts, text[done:])), claimed


def _mask_line(
    line: str,
    start: int,
    pattern: re.Pattern[str],
    keep: frozenset[str],
    claimed: Mapping[int, tuple[str, str]],
) -> MaskedLine:
    loose: list[str] = []
    shape: list[str] = []
    values: list[Value] = []
    done = 0
    for match in pattern.finditer(line):
        kind, sure = _KINDS[match.lastgroup or ""]
        text = match[0]
        if not kind:
            kind, text = claimed.get(start + match.start(), ("", ""))
        if not kind or kind in keep:
            continue
        before, hole = line[done : match.start()], f"<{kind}>"
        loose += (before, hole)
        shape += (before, hole if sure else text)
        values.append(Value(kind, text, sure))
        done = match.end()
    if not values:
        return MaskedLine(line, line)
    rest = line[done:]
    shown = _squeeze("".join((*shape, rest))) if any(value.sure for value in values) else line
    return MaskedLine(shown, _BESIDE.sub("", _squeeze("".join((*loose, rest)))), tuple(values))


def _squeeze(line: str) -> str:
    return _PADDING.sub("  ", line) if "  " in line else line


def _squeeze_titles(lines: list[MaskedLine]) -> Iterable[MaskedLine]:
    """Titles of columns are as wide as the values below them."""
    for line, below in zip(lines, (*lines[1:], MaskedLine("", "")), strict=True):
        if below.values and not line.values and "  " in line.shape and line.shape.isupper():
            squeezed = _squeeze(line.shape)
            sure = any(value.sure for value in below.values)
            yield MaskedLine(squeezed if sure else line.shape, squeezed)
        else:
            yield line


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """One alternation of holes that are there already and of all kinds; *names* are those of the author."""
    sure = [f"(?P<{kind}>{pattern})" for kind, (pattern, _) in MASKS.items()]
    maybe = [f"(?P<{_MAYBE}{kind}>{pattern})" for kind, pattern in UNSURE.items()]
    start = rf"(?:(?<!\w)|(?<=_)(?<=\bsha256_)){FIRST}"
    return re.compile(rf"(?P<hole>{_holes(names).pattern})|{start}(?:{'|'.join(sure + maybe)}){END}", re.ASCII)


@lru_cache(maxsize=64)
def _holes(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("<(?:" + "|".join(re.escape(name) for name in (*MASKS, *names)) + ")>")
