"""Error messages of well-known tools on the screen of a step that ended well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.witness.evidence import Finding, Seen
from quarterdeck.witness.open_errors import unopened_files
from quarterdeck.witness.statuses import shorten

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
"""Commands, or their words, that show what others wrote."""


def errors_on_screen(seen: Seen) -> Iterator[Finding]:
    """The first such message, where nothing in the step shows texts or takes failures into account."""
    if seen.exit or ":" not in seen.screen:
        return
    for one in unopened_files(seen):
        yield Finding("error-text", one.by.row, f"the screen says {shorten(one.message)}, and the step went on")
    if not (match := _MESSAGE.search(seen.plain)):
        return
    shows = any(_SHOWS & {one.words.name, *one.words.items[1:4]} for one in seen.code.commands)
    meant = any(one.where.meant for one in seen.code.commands)
    if shows or meant or re.search(r"2>&1|\|&|&>", seen.code.text):
        return
    message = seen.plain[match.start() :].split("\n")[0]
    yield Finding("error-text", 0, f"the screen says {shorten(message)}, and the exit status was 0")
