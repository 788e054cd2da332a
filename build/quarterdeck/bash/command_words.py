"""The words of a command: its name behind `sudo` and the like, its options, the variables that it sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quarterdeck.bash.option_splitter import ANY_OPTIONS, OptionSpec, split_options
from quarterdeck.bash.tools import MAPFILE, READ, WRAPPERS

ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
"""The start of a word that sets a variable."""
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_READERS = {"read": READ, "mapfile": MAPFILE, "readarray": MAPFILE}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a simple command, without the quotes around a whole word."""

    items: tuple[str, ...]
    """From the command itself on, without `sudo`, `time` and the like before it."""
    typed: tuple[str, ...] = ()
    """All words, `sudo` and the like included; without assignments and redirections."""

    @property
    def outer(self) -> str:
        """The first word: `sudo`, or the command itself."""
        return self.typed[0] if self.typed else ""

    @property
    def name(self) -> str:
        """The name of the command, without its folder; empty for an assignment."""
        return self.items[0].rpartition("/")[2] if self.items else ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that `read`, `mapfile` or `printf -v` sets."""
        if self.name == "printf":
            return self.items[2:3] if self.items[1:2] == ("-v",) and _NAME.match("".join(self.items[2:3])) else ()
        if self.name not in _READERS:
            return ()
        words = split_options(self.items[1:], _READERS[self.name])
        arrays = words.values("-a") if self.name == "read" else ()
        return tuple(name for name in (*arrays, *words.operands) if _NAME.match(name))

    def has(self, *names: str, spec: OptionSpec = ANY_OPTIONS) -> bool:
        """Whether one of the options *names* is given."""
        return split_options(self.items[1:], spec).has(*names)


def read_words(words: Sequence[str]) -> Words:
    """The words of a command, from its first word on."""
    items = [word.removeprefix("\\") for word in words]
    typed = tuple(items)
    while (
        len(items) > 1 and (wrapper := WRAPPERS.get(items[0])) and wrapper.transparent and items[1] not in ("-v", "-V")
    ):
        items = list(split_options(items[1:], wrapper.spec).operands) or items[-1:]
        while len(items) > 1 and ASSIGNMENT.match(items[0]):
            items.pop(0)
    return Words(tuple(items), typed)
