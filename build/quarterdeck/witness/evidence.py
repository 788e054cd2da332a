"""The evidence of one step: what its witnesses look at, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.script import Command, Script
from quarterdeck.terminal.control_codes import strip_colours

_SEPARATOR = "\037"


@dataclass(frozen=True, slots=True)
class Note:
    """A line that the traps of `scripts/session.bash` wrote."""

    kind: str
    """`P`: after a pipeline; `E`: a command failed outside of conditions; `V`: a variable."""
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the registry logged."""

    method: str
    path: str
    """With its query, as sent."""
    status: int
    agent: str
    """The user agent, such as `curl/7.88.1`."""


@dataclass(slots=True)
class SessionHistory:
    """What the steps of a session have left behind, the current one included."""

    texts: list[str] = field(default_factory=list)
    """The scripts of the steps."""
    with_functions: list[Script] = field(default_factory=list)
    """The scripts that define functions."""
    background: list[Command] = field(default_factory=list)
    """Commands that may still run."""
    traced: bool = False
    """Whether `set -x` may be on."""
    own_traps: bool = False
    """Whether the demo uses traps that watching would replace."""

    @property
    def scripts(self) -> list[Script]:
        """The scripts of the steps, parsed."""
        return [parse_script(text) for text in self.texts]

    def function(self, name: str) -> Iterator[Command]:
        """The commands of the function, or of the alias, *name*."""
        for script in self.with_functions:
            yield from (command for command in script.commands if command.where.function == name)
        yield from self.alias(name)

    def alias(self, name: str) -> Iterator[Command]:
        """The commands of the alias *name*."""
        for command in (command for script in self.scripts for command in script.commands):
            for word in command.words.items[1:] if command.words.name == "alias" else ():
                defined, sign, value = word.partition("=")
                if sign and defined == name:
                    yield from parse_script(value.strip("'\"")).commands


@dataclass(frozen=True, slots=True)
class StepEvidence:
    """The facts about a step that has exited."""

    script: Script
    history: SessionHistory
    exit: int
    interrupted: bool
    """Whether `stop-after` ended it."""
    screen: str
    notes: tuple[Note, ...]
    """The notes of the session's traps."""
    requests: tuple[Request, ...]
    """The requests with status 400 or above that the registry answered meanwhile."""
    ask_stage: Callable[[str], str]
    """Runs a line of POSIX shell in the demo's folder and returns its output. Takes 50 ms: use it only on suspicion."""

    def notes_of(self, kind: str, fields: int) -> Iterator[tuple[str, ...]]:
        """The fields of the notes of *kind*; only of those with all *fields* of them."""
        return (note.fields for note in self.notes if note.kind == kind and len(note.fields) == fields)

    @property
    def plain(self) -> str:
        """The screen without colours."""
        return strip_colours(self.screen)


@dataclass(frozen=True, slots=True)
class Finding:
    """A silent failure at a row of the step's script, from 0."""

    kind: str
    row: int
    what: str
    expected: bool = False


Witness: TypeAlias = Callable[[StepEvidence], Iterable[Finding]]


def parse_notes(lines: Iterable[str], step: str) -> tuple[Note, ...]:
    """The notes of the step whose file is *step*; background jobs of earlier steps write notes, too."""
    notes = []
    for line in lines:
        kind, *fields = line.split(_SEPARATOR)
        if fields[:1] == [step]:
            notes.append(Note(kind, tuple(fields[1:])))
    return tuple(notes)


def quote_code(text: str) -> str:
    """*text* as quoted in a message: its start, on one line, in backticks."""
    line = " ".join(text.replace("\\\n", " ").split())
    return f"`{line}`" if len(line) <= 60 else f"`{line[:59]}…`"
