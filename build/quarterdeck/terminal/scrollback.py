"""The lines that scrolled away at the top of a screen."""

from __future__ import annotations

from collections.abc import Sequence

from quarterdeck.terminal.line_renderer import Run, render_runs
from quarterdeck.terminal.rows import Row

_PACKED = 4096
"""Lines that may scroll away before they are joined to one text: many small ones take much memory."""


class Scrollback:
    """Rendered lines; rows that were wrapped are joined again."""

    def __init__(self) -> None:
        self.command_row: Row | None = None
        """The row above the first line, where the command was typed: programs go up to it, and down again. It counts
        only if something stands in it or above it, or if it was cleared with the screen."""
        self.clear()

    def clear(self) -> None:
        """Forget what scrolled away."""
        self._texts: list[str] = []
        """Lines that scrolled away before `_lines`, several in one text."""
        self._lines: list[str] = []
        self._head: list[Run] = []
        """The start of the line that goes on in the screen's first row."""
        self.open_columns = 0
        """Its columns."""

    def take(self, row: Row) -> None:
        """Let *row* scroll away."""
        runs = row.runs()
        if row is self.command_row and not (row.joins or self._texts or self._lines or render_runs(runs)):
            return
        self._head += runs
        self.open_columns += row.joins
        if not row.joins:
            self.add_line(render_runs(self._head))
            self._head, self.open_columns = [], 0

    def take_screen(self, rows: Sequence[Row]) -> None:
        """Let *rows* scroll away, up to the last that is used."""
        used = max((count for count, row in enumerate(rows, 1) if row.chars), default=0)
        for row in rows[:used]:
            self.take(row)
        self.end_line()

    def add_line(self, line: str) -> None:
        """Add a rendered line."""
        self._lines.append(f"{line}\n")
        if len(self._lines) >= _PACKED:
            self.add_text("")

    def add_text(self, text: str) -> None:
        """Add rendered lines, each with its line feed."""
        self._texts += ["".join(self._lines), text]
        self._lines = []

    def end_line(self) -> None:
        """Let the line end that goes on in the screen's first row."""
        if self._head:
            self.take(Row())

    def texts(self) -> list[str]:
        """What scrolled away, as texts of whole lines."""
        return [*self._texts, "".join(self._lines)]
