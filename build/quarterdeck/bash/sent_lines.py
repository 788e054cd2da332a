"""Lines of a script that are meant for a program that the script starts."""

from __future__ import annotations

from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.programs import reads_lines
from quarterdeck.bash.script import Command
from quarterdeck.bash.tools import SLOW_STARTERS


def first_reader(script: str) -> Command | None:
    """The first command of *script* that reads lines from the terminal, or may do so."""
    commands = parse_script(script).commands
    return next((command for command in commands if command.where.typed and reads_lines(command.words) != "no"), None)


def split_sent_lines(script: str) -> tuple[str, str]:
    """*script* up to the end of the statement that starts a program which reads lines, and the lines after it.

    If no command reads lines, the first statement is taken.
    """
    ends = parse_script(script).statement_ends
    if not ends:
        return script, ""
    lines = script.splitlines(keepends=True)
    end = ends[_reading_statement(script)] + 1
    return "".join(lines[:end]), "".join(lines[end:])


def starts_slowly(script: str) -> bool:
    """Whether the start of *script*, as split off above, names a program that takes a while until it reads input."""
    last = _reading_statement(script)
    commands = (command for command in parse_script(script).commands if command.where.statement <= last)
    names = (name for command in commands for word in command.words.typed for name in word.split())
    return any(name.rpartition("/")[2] in SLOW_STARTERS for name in names)


def _reading_statement(script: str) -> int:
    reader = first_reader(script)
    return reader.where.statement if reader else 0
