"""Matching BASH_COMMAND and LINENO, as bash reports them, with the commands of a script."""

from __future__ import annotations

import re
from collections.abc import Collection

from quarterdeck.bash.script import Command, Script


def match_commands(script: Script, text: str, line: int) -> list[Command]:
    """The commands that bash calls *text*, the nearest to *line* (from 1).

    Where an alias changed the text, the line alone decides.
    """
    letters = _letters(text)
    matches = [command for command in script.commands if letters in _texts(command)]
    if not matches and letters:
        starts = ((command, _letters(command.text)) for command in script.commands)
        matches = [command for command, start in starts if letters.startswith(start) and len(start) > 3]
    if not matches:
        last_rows = ((command, command.row + command.text.count("\n") + 1) for command in script.commands)
        matches = [command for command, last_row in last_rows if command.row <= line - 1 <= last_row]
        if len(matches) != 1:
            return []
    distances = [abs(command.row + 1 - line) for command in matches]
    return [command for command, distance in zip(matches, distances, strict=True) if distance == min(distances)]


def match_function_call(script: Script, functions: Collection[str], text: str, line: int) -> Command | None:
    """The call of one of *functions* in *line*, where *text* is the last command of the function.

    The ERR trap runs outside of the function: bash then reports the line of the call, but the command inside.
    """
    letters = _letters(text)
    in_line = [command for command in script.commands if command.row == line - 1 and command.where.function is None]
    if any(letters in _texts(command) for command in in_line):
        return None
    return next((command for command in in_line if command.words.name in functions), None)


def _texts(command: Command) -> tuple[str, str]:
    return _letters(command.text), _letters(command.text + "".join(command.redirects))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
