"""Error messages on the screen of a step that ended well: of well-known tools, and of bash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quarterdeck.bash.script import Command
from quarterdeck.witness.evidence import Finding, StepEvidence, quote_code

_MESSAGE = re.compile(
    r"""^(?:
        Error\ response\ from\ daemon:\ .
      | Error:\ No\ such\ (?:object|image|container|network|volume):
      | Cannot\ connect\ to\ the\ Docker\ daemon
      | ERROR:\ failed\ to\ solve:
      | (?:/bin/)?(?:ba|da|a)?sh:\ (?:line\ )?(?:[0-9]+:\ )?\S+:\ (?:command\ )?not\ found$
      | curl:\ \([0-9]+\)\ .
      | jq:\ (?:parse\ )?error\b
      | parse\ error:\ .*\ at\ line\ [0-9]+,\ column\ [0-9]+$
      | time="[^"]*"\ level=fatal\ msg=
      | Traceback\ \(most\ recent\ call\ last\):$
      | Unable\ to\ connect\ to\ the\ server:\ .
      | The\ connection\ to\ the\ server\ \S+\ was\ refused
      | E:\ Unable\ to\ locate\ package\ .
      | npm\ (?:ERR!|error)\ .
    )""",
    re.VERBOSE | re.MULTILINE,
)
_SHOWER_NAMES = "bat batcat cat dmesg echo grep head history journalctl less logs man more printf sed strings tail type"
_SHOWS = frozenset(_SHOWER_NAMES.split())
"""Commands, or their words, that show the texts of others."""

_OPEN_ERROR = re.compile(
    r"^bash: (?P<name>[^:\n]+): (?:No such file or directory|Permission denied|Is a directory|ambiguous redirect)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class OpenError:
    """A file that bash could not open for a loop, a group or `source`, where the status is not checked.

    Only the screen shows the error: the ERR trap names the command before the loop, which did not fail.
    """

    message: str
    by: Command
    """The loop, the group or the `source` that needs it."""
    before: Command | None
    """The command before it."""


def errors_on_screen(evidence: StepEvidence) -> Iterator[Finding]:
    """The first error message, unless the step shows texts or handles failures."""
    if evidence.exit or ":" not in evidence.screen:
        return
    for error in open_errors(evidence):
        what = f"the screen says {quote_code(error.message)}, and the step went on"
        yield Finding("error-text", error.by.row, what)
    if not (match := _MESSAGE.search(evidence.plain)):
        return
    commands = evidence.script.commands
    shows = any(_SHOWS & {command.words.name, *command.words.items[1:4]} for command in commands)
    meant = any(command.where.meant for command in commands)
    if shows or meant or re.search(r"2>&1|\|&|&>", evidence.script.text):
        return
    message = evidence.plain[match.start() :].split("\n")[0]
    yield Finding("error-text", 0, f"the screen says {quote_code(message)}, and the exit status was 0")


def open_errors(evidence: StepEvidence) -> Iterator[OpenError]:
    """An error for each message of bash about a file that the step opens."""
    commands = evidence.script.commands
    sources = [command for command in commands if command.words.name in ("source", ".")]
    for match in _OPEN_ERROR.finditer(evidence.plain):
        openers = (opener for opener in (*evidence.script.groups, *sources) if _opens(opener, match["name"]))
        by = next(openers, None)
        if by is not None and not by.where.meant:
            before = [command for command in commands if command.start < by.start]
            yield OpenError(match[0], by, before[-1] if before else None)


def _opens(command: Command, name: str) -> bool:
    return any(name in word or "$" in word for word in (*command.redirects, *command.words.items[1:2]))
