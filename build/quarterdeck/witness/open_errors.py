"""Files that bash itself cannot open for a loop, a group or `source`: only the screen shows the error.

The ERR trap then names the command before the loop, which did not fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quarterdeck.bash.script import Command
from quarterdeck.witness.evidence import StepEvidence

_MESSAGE = re.compile(
    r"^bash: (?P<name>[^:\n]+): (?:No such file or directory|Permission denied|Is a directory|ambiguous redirect)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class OpenError:
    """A file that could not be opened, where the status is not checked."""

    message: str
    by: Command
    """The loop, the group or the `source` that needs it."""
    before: Command | None
    """The command before it."""


def open_errors(evidence: StepEvidence) -> Iterator[OpenError]:
    """An error for each message of bash about a file that the step opens."""
    script = evidence.script
    sources = [command for command in script.commands if command.words.name in ("source", ".")]
    for match in _MESSAGE.finditer(evidence.plain):
        by = next((opener for opener in (*script.groups, *sources) if _opens(opener, match["name"])), None)
        if by is not None and not by.where.meant:
            before = [command for command in script.commands if command.start < by.start]
            yield OpenError(match[0], by, before[-1] if before else None)


def _opens(command: Command, name: str) -> bool:
    return any(name in word or "$" in word for word in (*command.redirects, *command.words.items[1:2]))
