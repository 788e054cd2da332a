"""A bash script as values: its commands, pipelines and assignments, and where in the script each stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from quarterdeck.bash.option_splitter import ANY_OPTIONS, split_options
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

    def has(self, *names: str) -> bool:
        """Whether an option of *names* is given."""
        return split_options(self.items[1:], ANY_OPTIONS).has(*names)


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
    end: int
    """The byte after its last."""
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

    def match_commands(self, text: str, line: int) -> list[Command]:
        """The commands that bash calls *text* in BASH_COMMAND, the nearest to *line* (from 1), as in LINENO.

        Where an alias changed the text, the line alone decides.
        """
        letters = _letters(text)
        matches = [command for command in self.commands if letters in _texts(command)]
        if not matches and letters:
            starts = ((command, _letters(command.text)) for command in self.commands)
            matches = [command for command, start in starts if letters.startswith(start) and len(start) > 3]
        if not matches:
            last_rows = ((command, command.row + command.text.count("\n") + 1) for command in self.commands)
            matches = [command for command, last_row in last_rows if command.row <= line - 1 <= last_row]
            if len(matches) != 1:
                return []
        nearest = min(abs(command.row + 1 - line) for command in matches)
        return [command for command in matches if abs(command.row + 1 - line) == nearest]

    def match_function_call(self, functions: Collection[str], text: str, line: int) -> Command | None:
        """The call of any of *functions* in *line*, where *text* is the last command of the function.

        The ERR trap runs outside of the function: bash then reports the line of the call, but the command inside.
        """
        in_line = [command for command in self.commands if command.row == line - 1 and command.where.function is None]
        if any(_letters(text) in _texts(command) for command in in_line):
            return None
        return next((command for command in in_line if command.words.name in functions), None)


def _texts(command: Command) -> tuple[str, str]:
    return _letters(command.text), _letters(command.text + "".join(command.redirects))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
