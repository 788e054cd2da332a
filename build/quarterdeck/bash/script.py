"""A bash script as values: its commands, pipelines and assignments, and where in the script each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from quarterdeck.bash.command_words import Words


@dataclass(frozen=True, slots=True)
class Context:
    """Where in a script a command stands."""

    statement: int = 0
    """The statement at the top level of the script that it belongs to, from 0."""
    typed: bool = True
    """Whether its standard input is the terminal: not redirected, not a pipe, and not in the background."""
    piped: bool = False
    """Whether its output goes into a pipe."""
    meant: bool = False
    """Whether its exit status is checked (condition, `!`, left of `||`, `$?`) or irrelevant (background job)."""
    background: bool = False
    tail: bool = True
    """Whether it belongs to the last statement of the script."""
    last: bool = True
    """Whether its exit status is that of its shell: the script's, or that of a substitution or subshell."""
    lost: bool = False
    """Whether the exit status of its shell is lost, as in `echo $(…)`."""
    depth: int = 0
    """The number of shells around it: substitutions, parentheses, compound parts of a pipeline."""
    captured: bool = False
    """Whether its output becomes part of a word instead of the screen."""
    function: str | None = None
    """The function whose body it belongs to."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as bash names it in BASH_COMMAND."""

    text: str
    words: Words
    redirects: tuple[str, ...]
    row: int
    """Its first line in the script, from 0."""
    start: int
    """Its first byte; the order of the commands of a script."""
    where: Context
    pipe: int | None = None
    """The pipeline that it is a part of, as an index of `Script.pipes`."""


@dataclass(frozen=True, slots=True)
class Pipe:
    """Two or more commands joined by `|`."""

    parts: tuple[Command, ...]
    """Its parts; a compound part has a text but no words."""
    start: int
    end: int
    """The bytes between which it stands."""
    where: Context


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable that the script's own shell sets."""

    name: str
    row: int
    value: str
    """The right side as written; empty where a command sets it."""
    by: Command
    spare: bool = False
    """Whether it takes the remaining input: the last variable of `read`."""

    @property
    def is_literal(self) -> bool:
        """Whether the right side holds nothing that can fail."""
        if self.by.words.name in ("read", "mapfile", "readarray", "printf"):
            return False
        return not re.search(r"[$`]", self.value)


@dataclass(slots=True)
class Script:
    """What the grammar finds in a script."""

    text: str
    sound: bool = True
    """Whether the grammar can parse all of it."""
    commands: list[Command] = field(default_factory=list)
    """In the order of the text, including those of functions and substitutions."""
    groups: list[Command] = field(default_factory=list)
    """Loops and groups with redirections, as commands without words, at the line of the first redirection."""
    pipes: list[Pipe] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    statement_ends: list[int] = field(default_factory=list)
    """The last row of each statement at the top level."""

    def calls(self, name: str) -> bool:
        """Whether a command *name* is run."""
        return any(name in (command.words.name, command.words.outer) for command in self.commands)
