"""Which command of a step's code bash means by what it had in BASH_COMMAND and LINENO."""

from __future__ import annotations

import re

from quarterdeck.bash.code import Code, Command
from quarterdeck.witness.watch_plan import Past


def find_commands(code: Code, text: str, line: int) -> list[Command]:
    """The commands that bash calls *text*, the nearest to *line*; by their line alone where an alias changed them."""
    wanted = _letters(text)
    found = [one for one in code.commands if _letters(one.text) == wanted or _letters(_whole(one)) == wanted]
    if not found and wanted:
        found = [one for one in code.commands if wanted.startswith(_letters(one.text)) and len(_letters(one.text)) > 3]
    if not found:
        found = [one for one in code.commands if one.row <= line - 1 <= one.row + one.text.count("\n") + 1]
        if len(found) != 1:
            return []
    distances = [abs(one.row + 1 - line) for one in found]
    return [one for one, distance in zip(found, distances, strict=True) if distance == min(distances)]


def find_call(code: Code, past: Past, text: str, line: int) -> Command | None:
    """The call of a function, where *text* is the command that the function ended with.

    The trap of ERR runs outside of the function: bash then has the line of the call, and still the command inside.
    """
    wanted = _letters(text)
    here = [one for one in code.commands if one.row == line - 1 and one.where.function is None]
    if any(wanted in (_letters(one.text), _letters(_whole(one))) for one in here):
        return None
    functions = {name for defining in past.with_functions for name in defining.functions}
    return next((one for one in here if one.words.name in functions), None)


def _whole(command: Command) -> str:
    return command.text + "".join(command.redirects)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
