"""A notes terminal: shows what a rehearsal in another terminal tells, and waits for it while there is none."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from pathlib import Path

from quarterdeck.present.presenter_view import PresenterView
from quarterdeck.rehearse.keys import split_keys
from quarterdeck.rehearse.notes_screen import draw_notes
from quarterdeck.rehearse.notes_socket import NotesReader, connect, running_rehearsals
from quarterdeck.rehearse.own_terminal import OwnTerminal

_LOOK_S = 0.5
"""Seconds between two looks for a rehearsal."""
_SCROLLS = {"up": -1, "down": 1, "left": -1, "right": 1, "page-up": -8, "page-down": 8, "space": 8, "home": -1 << 20}


class NotesTerminal:
    """Shows one rehearsal after the other."""

    def __init__(
        self, root: Path, name: str | None, terminal: OwnTerminal, now: Callable[[], float] = time.monotonic
    ) -> None:
        """*root* is the project's, *name* that of the deck or demo; None: of the rehearsal that is there first."""
        self._root = root
        self._name = name
        self._terminal = terminal
        self._now = now
        self._reader: NotesReader | None = None
        self._view: PresenterView | None = None
        self._received = now()
        self._scroll = 0
        self._longest_scroll = 0
        self._shown: tuple[str, ...] = ()
        self._wrong = ""
        self._quit_pressed = False

    def run(self) -> int:
        """Show notes until the presenter quits."""
        while self._step():
            pass
        return 0

    def _step(self) -> bool:
        """Wait, take what has come, and draw; False at the end."""
        if self._reader is None:
            self._look()
        self._draw()
        sources: list[NotesReader | int] = [*self._terminal.sources, *((self._reader,) if self._reader else ())]
        readable, _, _ = select.select(sources, [], [], self._pause_s())
        if self._terminal.take_signals():
            self._shown = ()
        if self._reader is not None and self._reader in readable:
            self._read()
        if any(source in readable for source in self._terminal.sources):
            data = self._terminal.read()
            return data is not None and all(self._press(name) for name, _ in split_keys(data))
        return True

    def _pause_s(self) -> float:
        """Until the clock shows the next second, or the next look for a rehearsal."""
        if self._reader is None or self._view is None:
            return _LOOK_S
        return 1.01 - (self._view.times.elapsed_s + self._now() - self._received) % 1.0

    def _look(self) -> None:
        """Connect to the rehearsal, if it runs."""
        names = [self._name] if self._name else running_rehearsals(self._root)[:1]
        if names and (reader := connect(self._root, names[0])) is not None:
            self._reader, self._name = reader, names[0]

    def _read(self) -> None:
        assert self._reader is not None
        text = self._reader.read()
        if text is None:
            self._reader.close()
            self._reader = None
        elif text:
            try:
                view = PresenterView.parse(text)
            except ValueError:
                self._wrong = "the rehearsal runs another version of quarterdeck"
                return
            if self._view is None or view.slide != self._view.slide:
                self._scroll = 0
            self._view, self._received, self._wrong = view, self._now(), ""

    def _press(self, name: str) -> bool:
        """Take a key; False if it is the one that ends."""
        if name in ("q", "ctrl-c"):
            ended, self._quit_pressed = self._quit_pressed, True
            return not ended
        self._quit_pressed = False
        if name == "ctrl-z":
            self._terminal.suspend()
            self._shown = ()
        self._scroll = max(0, min(self._scroll + _SCROLLS.get(name, 0), self._longest_scroll))
        return True

    def _draw(self) -> None:
        """Draw the lines that have changed."""
        rows, columns = self._terminal.size
        if self._view is None:
            lines = self._waiting_lines(rows)
        else:
            since_s = self._now() - self._received
            frame = draw_notes(self._view, since_s, rows, columns, self._scroll, lost=self._reader is None)
            lines, self._longest_scroll = frame.lines, frame.longest_scroll
        if text := "press it again to quit" if self._quit_pressed else self._wrong:
            lines = (*lines[:-1], f"\x1b[1m{text[:columns]}\x1b[0m")
        changed = [
            f"\x1b[{row};1H\x1b[2K{line}"
            for row, line in enumerate(lines, 1)
            if len(self._shown) != len(lines) or self._shown[row - 1] != line
        ]
        if changed:
            self._terminal.write(("" if self._shown else "\x1b[2J") + "".join(changed))
        self._shown = lines

    def _waiting_lines(self, rows: int) -> tuple[str, ...]:
        name = self._name or "DECK"
        texts = ["waiting for a rehearsal", "", f"  quarterdeck rehearse {name}", "", "q q quits"]
        lines = [f"  {text}" for text in texts][:rows]
        above = max(0, (rows - len(lines)) // 3)
        return (*[""] * above, *lines, *[""] * (rows - above - len(lines)))
