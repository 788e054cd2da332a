"""Lines of a terminal as text: colours in one form, going back within a line, blanks at its end dropped.

Inside of `live/`, rendered text keeps the real escape character, so that a screen can be filled with it again;
`screen.render_screen` puts `recording.ESCAPE` in its place at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from quarterdeck.terminal.control_codes import background, next_style

TAB = 8
"""Columns between tab stops; counted over the whole line, since there is no right edge."""

_PAINTED = 1024
"""Columns that erasing fills with a background colour, at most."""

_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0391-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u2319\u2500-\u25fc\u2800-\u28ff]*"
)
"""Text of which each character surely takes one column."""

_MAY_JOIN = "[\u00ad\u0300-\U0010ffff]"
"""Characters among which are those without a width, which join the one before."""

_CONTROL = re.compile("[\x00-\t\x0b-\x1f]")
_STARTS_ODDLY = re.compile(f"^{_MAY_JOIN}", re.MULTILINE)
_SHIFTS = re.compile("\x1b[()].|\x0f")
_GOES_BACK = re.compile("[\r\b\t]")
_TABBED = re.compile("[\t -~]*")
_ERASES_NOTHING = re.compile(r"\x1b\[\??0*K")
_NEEDS_CELLS = re.compile(rf"[\r\b\t]|\x1b\[\??[0-9;]*K|(?:^|m){_MAY_JOIN}")
_COLOUR = re.compile(r"\x1b\[([0-9;:]*)m")
_PIECE = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\[\??([0-9;]*)K|[\r\b\t]|[^\x1b\r\b\t]+")

Run = tuple[str, str]
"""A style, and the text that has it."""


@dataclass(frozen=True, slots=True)
class Calm:
    """What became of text that does not leave its lines."""

    text: str
    """Rendered lines, each ending with a line feed."""
    style: str
    """What holds behind them."""
    rest: str
    """From the first line on that only a screen can tell: it goes back across the right edge."""


def render_calm(text: str, style: str, columns: int) -> Calm:
    """Render *text*, which has no movements but within lines, starting with *style* on an empty line."""
    text = text.replace("\r\n", "\n")
    if not (style or _CONTROL.search(text) or (not text.isascii() and _STARTS_ODDLY.search(text))):
        return Calm(_end_line(_drop_blanks(text)), "", "")
    lines = _SHIFTS.sub("", text).split("\n")
    ended = lines[-1] == ""
    if ended:
        lines.pop()
    rendered = []
    for number, line in enumerate(lines):
        if not (style or _CONTROL.search(line) or _STARTS_ODDLY.match(line)):
            rendered.append(line.rstrip(" "))
            continue
        found = _render_line(line.rstrip("\r"), style, columns)
        if found is None:
            return Calm(_end_lines(rendered), style, "\n".join(lines[number:]) + "\n" * ended)
        rendered.append(found[0])
        style = found[1]
    return Calm(_end_lines(rendered), style, "")


def _drop_blanks(text: str) -> str:
    if " \n" not in text and not text.endswith(" "):
        return text
    return "\n".join([line.rstrip(" ") for line in text.split("\n")])


def _end_line(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _end_lines(lines: Sequence[str]) -> str:
    return "\n".join((*lines, "")) if lines else ""


def _render_line(line: str, style: str, columns: int) -> tuple[str, str] | None:
    """One line and the style behind it; None where the right edge matters."""
    if not _GOES_BACK.search(line):
        line = _ERASES_NOTHING.sub("", line)
    elif not style and _TABBED.fullmatch(line):
        return line.expandtabs(TAB).rstrip(" "), ""
    if _NEEDS_CELLS.search(line):
        return _render_cells(line, style, columns)
    first, *rest = _COLOUR.split(line)
    runs = [(style, first)] if first else []
    for parameters, text in zip(rest[::2], rest[1::2], strict=True):
        style = next_style(style, parameters)
        if text:
            runs.append((style, text))
    return render_runs(runs), style


def render_runs(runs: Iterable[Run]) -> str:
    """A line as text that stands by itself: each run opens its colours and closes them; no blanks at the end."""
    merged = [(style, "".join([text for _, text in same])) for style, same in groupby(runs, itemgetter(0))]
    while merged:
        style, text = merged.pop()
        if text := text.rstrip(" "):
            merged.append((style, text))
            break
    return "".join([f"\x1b[{style}m{text}\x1b[0m" if style else text for style, text in merged])


class _Cells:
    """One line in columns, for text that goes back within it."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.x = 0
        self.chars: list[str] = []
        self.styles: list[str] = []
        self.has_wide = False

    def write(self, text: str, style: str) -> None:
        cells: Sequence[str] = text if is_narrow(text) else self._split(text)
        if not cells:
            return
        start, end = self.x, self.x + len(cells)
        self._pad(start)
        self._halve(start)
        self._halve(end)
        self.chars[start:end] = cells
        self.styles[start:end] = [style] * len(cells)
        self.x = end

    def erase(self, how: str, style: str) -> None:
        """Blank the line from the cursor on (nothing), up to it (1) or all of it (2), as EL does."""
        blank = background(style)
        if how == "1":
            start, end = 0, min(self.x + 1, self.columns)
            self._pad(end)
            self._halve(end)
        elif how in ("", "2"):
            start, end = 0 if how else self.x, min(self.columns, _PAINTED) if blank else 0
            self._halve(start)
            del self.chars[start:], self.styles[start:]
            self._pad(start if start < end else 0)
        else:
            return
        if start < end:
            self.chars[start:end] = [" "] * (end - start)
            self.styles[start:end] = [blank] * (end - start)

    def render(self) -> str:
        if not any(self.styles):
            return "".join(self.chars).rstrip(" ")
        return render_runs(zip(self.styles, self.chars, strict=True))

    def _split(self, text: str) -> list[str]:
        """The columns that *text* takes: a wide character leaves its second one empty."""
        cells: list[str] = []
        for char in text:
            width = width_of(char)
            if width:
                cells.append(char)
                cells += [""] * (width - 1)
                self.has_wide |= width > 1
            elif cells:
                cells[-2 if len(cells) > 1 and not cells[-1] else -1] += char
            elif self.x:
                self._pad(self.x)
                self.chars[self.x - (2 if self.x > 1 and not self.chars[self.x - 1] else 1)] += char
        return cells

    def _pad(self, end: int) -> None:
        missing = end - len(self.chars)
        if missing > 0:
            self.chars += [" "] * missing
            self.styles += [""] * missing

    def _halve(self, x: int) -> None:
        """What is cut between its two columns is gone, as on a screen."""
        if self.has_wide and 0 < x < len(self.chars) and not self.chars[x]:
            self.chars[x - 1 : x + 1] = "  "


def _render_cells(line: str, style: str, columns: int) -> tuple[str, str] | None:
    cells = _Cells(columns)
    for match in _PIECE.finditer(line):
        piece = match[0]
        beyond = max(cells.x, len(cells.chars)) - columns
        if match.lastindex == 1:
            style = next_style(style, match[1])
        elif match.lastindex == 2:
            if beyond > 0 and (match[2].lstrip("0") or background(style)):
                return None
            cells.erase(match[2].lstrip("0"), style)
        elif piece == "\r":
            if beyond > 0:
                return None
            cells.x = 0
        elif piece == "\b":
            if cells.x >= columns:
                return None
            cells.x = max(0, cells.x - 1)
        elif piece == "\t":
            cells.x = (cells.x // TAB + 1) * TAB
        else:
            cells.write(piece, style)
    return cells.render(), style


def is_narrow(text: str) -> bool:
    """Whether each character of *text* takes one column, as a regular expression knows."""
    return text.isascii() or _NARROW.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def width_of(char: str) -> int:
    """How many columns a character takes: 0, 1 or 2."""
    from pyte.screens import wcwidth

    return max(0, wcwidth(char))
