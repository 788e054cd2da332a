"""Error messages of well-known tools on the screen of a step that ended well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.witness.evidence import Finding, StepEvidence, quote_code
from quarterdeck.witness.open_errors import open_errors

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
