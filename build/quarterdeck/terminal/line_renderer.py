"""Text in columns, runs of one style, and lines that look the same on any screen: text, colours and tabs.

Rendered lines keep the real escape character; `screen.render_screen` puts `ESCAPE` in its place at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from quarterdeck.terminal.control_codes import next_style

TAB = 8
"""Columns between tab stops; counted over the whole line, wrapped or not."""

_MOST_JOINED = 1024
"""Characters in a column: to join more would take quadratic time."""

_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0391-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u2319\u2500-\u25fc\u2800-\u28ff]*"
)
"""Text of which each character takes one column for certain."""

_MAY_JOIN = "[\u00ad\u0300-\U0010ffff]"
"""Characters among which are those without a width, which join the one before."""

_CONTROL = re.compile(r"[\x00-\t\x0b-\x1f]")
_STARTS_ODDLY = re.compile(f"^{_MAY_JOIN}", re.MULTILINE)
_NEEDS_ROWS = re.compile(rf"[\x00-\x1a\x1c-\x1f]|\x1b(?!\[[0-9;:]*m)|(?:^|m){_MAY_JOIN}")
_TABBED = re.compile(r"[\t -~]*")
_COLOUR = re.compile(r"\x1b\[([0-9;:]*)m")
_WITHOUT_EFFECT = re.compile(r"\x1b\[\??0*K|\x1b[()].|\x0f")
"""What changes nothing in a line that never goes back: erasing to its end, and the usual character set."""

Run = tuple[str, str]
"""A style, and the text that has it."""


def is_narrow(text: str) -> bool:
    """Whether each character of *text* takes one column; a quick test, which may miss some."""
    return text.isascii() or _NARROW.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def width_of(char: str) -> int:
    """How many columns a character takes: 0, 1 or 2."""
    from wcwidth import wcwidth

    return max(0, wcwidth(char))


def split_columns(text: str) -> tuple[str, Sequence[str]]:
    """The characters without a width that *text* begins with, and what stands in each column that it takes.

    Characters without a width join the one before; a wide character leaves its second column empty.
    """
    if is_narrow(text):
        return "", text
    joining, cells = "", list[str]()
    for char in text:
        if width := width_of(char):
            cells += [char, *[""] * (width - 1)]
        elif cells:
            index = -1 if cells[-1] else -2
            cells[index] = join_chars(cells[index], char)
        else:
            joining = join_chars(joining, char)
    return joining, cells


def join_chars(cell: str, char: str) -> str:
    """*char*, which has no width, behind what stands in a column."""
    return cell + char if len(cell) < _MOST_JOINED else cell


def is_plain(text: str) -> bool:
    """Whether *text* has no controls but line feeds, and nothing that joins what is not there."""
    return not (_CONTROL.search(text) or (not text.isascii() and _STARTS_ODDLY.search(text)))


def render_plain(text: str) -> str:
    """Lines of plain text, without blanks at their ends."""
    if " \n" not in text and not text.endswith(" "):
        return text
    return "\n".join([line.rstrip(" ") for line in text.split("\n")])


def render_line(line: str, style: str) -> tuple[str, str] | None:
    """A line that begins with *style*, and the style behind it; None if only the rows of a screen can tell."""
    line = line.rstrip("\r")
    if not style and (is_plain(line) or _TABBED.fullmatch(line)):
        return line.expandtabs(TAB).rstrip(" "), ""
    line = _WITHOUT_EFFECT.sub("", line)
    if _NEEDS_ROWS.search(line):
        return None
    text, *rest = _COLOUR.split(line)
    runs = [(style, text)]
    for parameters, text in zip(rest[::2], rest[1::2], strict=True):
        style = next_style(style, parameters)
        runs.append((style, text))
    return render_runs(run for run in runs if run[1]), style


def render_runs(runs: Iterable[Run]) -> str:
    """A line that stands by itself: each run opens its colours and closes them; no blanks at the end."""
    merged = [(style, "".join([text for _, text in same])) for style, same in groupby(runs, itemgetter(0))]
    while merged:
        style, text = merged.pop()
        if text := text.rstrip(" "):
            merged.append((style, text))
            break
    return "".join([f"\x1b[{style}m{text}\x1b[0m" if style else text for style, text in merged])
