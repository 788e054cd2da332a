"""Files that bash itself could not open: for a loop, a group or `source`, only the screen says so.

Bash's trap of ERR then names the command before the loop, which did not fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quarterdeck.bash.code import Command
from quarterdeck.witness.evidence import Seen

_MESSAGE = re.compile(
    r"^bash: (?P<name>[^:\n]+): (?:No such file or directory|Permission denied|Is a directory|ambiguous redirect)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Unopened:
    """A file that could not be opened, where nobody asked for the status."""

    message: str
    by: Command
    """The loop or group that it was for, or the `source`."""
    before: Command | None
    """The command before it."""


def unopened_files(seen: Seen) -> Iterator[Unopened]:
    """One for each message of bash about a file that the step opens."""
    for match in _MESSAGE.finditer(seen.plain):
        by = next((one for one in _openers(seen) if _opens(one, match["name"])), None)
        if by is not None and not by.where.meant:
            before = [one for one in seen.code.commands if one.start < by.start]
            yield Unopened(match[0], by, before[-1] if before else None)


def _openers(seen: Seen) -> Iterator[Command]:
    yield from seen.code.groups
    yield from (one for one in seen.code.commands if one.words.name in ("source", "."))


def _opens(command: Command, name: str) -> bool:
    return any(name in one or "$" in one for one in (*command.redirects, *command.words.items[1:2]))
