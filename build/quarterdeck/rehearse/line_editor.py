"""A small editor of a command of a few lines: text and a cursor, changed by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.rehearse.keys import split_keys

_PASTED = re.compile(rb"\x1b\[200~(.*?)(?:\x1b\[201~|\Z)", re.DOTALL)
_LAST_WORD = re.compile(r"\S*\s*\Z")


class LineEditor:
    """Edits one command. Enter and Escape are for whoever has it."""

    def __init__(self, text: str) -> None:
        """Begin with *text*, the cursor behind it."""
        self.text = text
        self.cursor = len(text)
        """The index of the character that it stands on."""

    @property
    def position(self) -> tuple[int, int]:
        """The line and the column of the cursor, from 0."""
        return self.text.count("\n", 0, self.cursor), self.cursor - self._line()[0]

    def press(self, name: str) -> None:
        """Press a key, by its name in `keys.split_keys`; a character goes in at the cursor."""
        start, end = self._line()
        if name == "left":
            self.cursor = max(0, self.cursor - 1)
        elif name == "right":
            self.cursor = min(len(self.text), self.cursor + 1)
        elif name in ("home", "ctrl-a"):
            self.cursor = start
        elif name in ("end", "ctrl-e"):
            self.cursor = end
        elif name == "up":
            self._go_to_line_of(start - 1)
        elif name == "down":
            self._go_to_line_of(end + 1)
        elif name == "backspace":
            self._delete(self.cursor - 1, self.cursor)
        elif name in ("delete", "ctrl-d"):
            self._delete(self.cursor, self.cursor + 1)
        elif name == "ctrl-u":
            self._delete(start, self.cursor)
        elif name == "ctrl-k":
            self._delete(self.cursor, end if end > self.cursor else end + 1)
        elif name == "ctrl-w":
            word = _LAST_WORD.search(self.text, start, self.cursor)
            self._delete(word.start() if word else start, self.cursor)
        elif name == "space" or len(name) == 1:
            self.insert(" " if name == "space" else name)

    def insert(self, text: str) -> None:
        """Put *text* in at the cursor."""
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def _line(self) -> tuple[int, int]:
        """Where the line with the cursor begins and ends."""
        start = self.text.rfind("\n", 0, self.cursor) + 1
        end = self.text.find("\n", self.cursor)
        return start, len(self.text) if end < 0 else end

    def _go_to_line_of(self, index: int) -> None:
        """Go to the line with the character *index*, to the same column."""
        if not 0 <= index <= len(self.text):
            return
        column = self.cursor - self._line()[0]
        self.cursor = index
        start, end = self._line()
        self.cursor = min(start + column, end)

    def _delete(self, start: int, end: int) -> None:
        if start >= 0:
            self.text = self.text[:start] + self.text[end:]
            self.cursor = start


def split_edits(data: bytes) -> Iterator[tuple[str, str]]:
    """What a person does in *data*: the name of a key and an empty text, or an empty name and text that is pasted."""
    position = 0
    for pasted in _PASTED.finditer(data):
        yield from ((name, "") for name, _ in split_keys(data[position : pasted.start()]))
        text = pasted[1].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
        yield "", "".join(character for character in text if character == "\n" or character.isprintable())
        position = pasted.end()
    yield from ((name, "") for name, _ in split_keys(data[position:]))
