"""What a step's code says of itself, by the bash grammar: its commands, pipes, and which statuses are meant.

Bash reports a status with the text of its command; here stands what that text cannot say: whether a person asked
for the status (`if`, `!`, `||`, a look at `$?`), and what comes before and after it in a pipe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from quarterdeck.bash.words import Words


@dataclass(frozen=True, slots=True)
class Context:
    """Where in a step something stands."""

    meant: bool = False
    """Whether its status is asked for, or nobody's concern: a condition, `!`, the left of `||`, a background job."""
    background: bool = False
    tail: bool = True
    """Whether it belongs to the step's last statement."""
    last: bool = True
    """Whether its status is that of its shell: the step's, or that of a substitution or subshell."""
    lost: bool = False
    """Whether nobody sees the status of its shell, as in `echo $(…)`."""
    depth: int = 0
    """How many shells are around it: substitutions, parentheses, compound parts of a pipe."""
    captured: bool = False
    """Whether what it prints is put into a word, and not on the screen."""
    function: str | None = None
    """The function whose body it belongs to."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as bash would name it in BASH_COMMAND."""

    text: str
    words: Words
    redirects: tuple[str, ...]
    row: int
    """Its first line in the step's script, from 0."""
    start: int
    """The byte at which it starts; orders the commands of a step."""
    where: Context
    pipe: int | None = None
    """The pipe that it is a part of, as an index of `Code.pipes`."""


@dataclass(frozen=True, slots=True)
class Pipe:
    """Two or more commands joined by `|`."""

    parts: tuple[Command, ...]
    """What each part is; of a compound part, its text and no words."""
    start: int
    end: int
    """The bytes between which it stands."""
    where: Context


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable that the step's own shell sets."""

    name: str
    row: int
    value: str
    """The right side as written; empty where a command sets it."""
    by: Command
    spare: bool = False
    """Whether it takes what is left over: the last variable of `read`."""


@dataclass(slots=True)
class Code:
    """What was read of a step's code."""

    text: str
    sound: bool = True
    """Whether the grammar understood all of it."""
    commands: list[Command] = field(default_factory=list)
    """In the order of the text, those of functions included."""
    groups: list[Command] = field(default_factory=list)
    """Loops and groups with redirections, as commands without words, at the line of the first redirection."""
    pipes: list[Pipe] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)

    def called(self, name: str) -> bool:
        """Whether a command of that name is run."""
        return any(name in (one.words.name, one.words.outer) for one in self.commands)


def is_literal(assignment: Assignment) -> bool:
    """Whether the right side holds nothing that could have failed."""
    if assignment.by.words.name in ("read", "mapfile", "readarray", "printf"):
        return False
    return not re.search(r"[$`]", assignment.value)
