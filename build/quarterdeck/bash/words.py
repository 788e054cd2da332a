"""The words of a command: what it is called behind `sudo` and the like, its options, the variables that it sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WRAPPERS = frozenset({"builtin", "command", "doas", "env", "exec", "nice", "nohup", "stdbuf", "sudo", "time"})
"""Commands that run the one which follows, and have its status."""
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_TAKES_VALUE = {"read": "adinNptu", "mapfile": "dnOsuCc", "readarray": "dnOsuCc"}
"""Short options of builtins whose value is the next word."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a simple command, as written but without the quotes around a whole word."""

    items: tuple[str, ...]
    """From the command itself on, without `sudo`, `time` and the like before it."""
    outer: str = ""
    """The first word, `sudo` or the command itself."""

    @property
    def name(self) -> str:
        """What the command is called, without its folder; empty for an assignment."""
        return self.items[0].rpartition("/")[2] if self.items else ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that `read`, `mapfile` or `printf -v` sets from something that is no terminal."""
        return _variables(self.items) if self.name in ("read", "mapfile", "readarray", "printf") else ()

    def has_option(self, letters: str, *names: str) -> bool:
        """Whether a short option of *letters*, alone or in a bundle, or a long one of *names* is given."""
        for word in self.items[1:]:
            if word.startswith("--"):
                if word[2:].partition("=")[0] in names:
                    return True
            elif word.startswith("-") and set(letters) & set(word[1:]):
                return True
        return False


def read_words(texts: Sequence[str]) -> Words:
    """The words of the command written as *texts*."""
    items = [unquote(text) for text in texts]
    outer = items[0] if items else ""
    while len(items) > 1 and items[0] in _WRAPPERS and items[1] not in ("-v", "-V"):
        items.pop(0)
        while len(items) > 1 and (items[0].startswith("-") or _ASSIGNMENT.match(items[0])):
            items.pop(0)
    return Words(tuple(items), outer)


def unquote(text: str) -> str:
    """*text* without the quotes around it, if they enclose all of it, and without a backslash before it."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" and text[0] not in text[1:-1]:
        return text[1:-1]
    return text.removeprefix("\\")


def _variables(items: Sequence[str]) -> tuple[str, ...]:
    name, *words = items
    if name == "printf":
        return (words[1],) if len(words) > 1 and words[0] == "-v" and _NAME.match(words[1]) else ()
    found = []
    while words:
        word = words.pop(0)
        if word.startswith("-") and len(word) > 1:
            letter = next((one for one in word[1:] if one in _TAKES_VALUE[name]), "")
            value = word.partition(letter)[2] if letter else ""
            if letter and not value and words:
                value = words.pop(0)
            if name == "read" and letter == "a":
                found.append(value)
        else:
            found.append(word)
    return tuple(one for one in found if _NAME.match(one))
