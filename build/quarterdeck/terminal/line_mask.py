"""Hides what an author's patterns match, in the lines of a stream of output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from quarterdeck.terminal.painted_text import BREAK, cover, end_of_lines, flatten

LINE_LIMIT = 1 << 13
"""Characters of a line that are looked at together."""

_LINE = re.compile(rf"[^\r\n{BREAK}]+")


class LineMask:
    """Replaces by bullets what patterns match within a line: their first group, if they have groups, else all of it.

    A pattern may need the whole line, so a line waits until it ends: with a line feed, a carriage return (progress bars
    have no other end) or a movement of the cursor. `flush` shows what has been printed of it: a prompt, typed
    characters. Then the patterns are tried on what is there, and again on the whole line when more of it comes, but
    what was shown stays shown: of a secret that is typed slowly, the characters that come before the pattern matches
    can be seen. A pattern that is to hide typed secrets should match from the first character on: `token=(\\S+)`.

    Colours within a match do not matter. A line of more than `LINE_LIMIT` characters is shown in parts.
    """

    def __init__(self, patterns: Mapping[str, re.Pattern[str]]) -> None:
        """*patterns*: by name. They are searched in lines without colours and line ends."""
        self._patterns = tuple(patterns.values())
        self._held = ""
        self._before = ""
        """What was returned of the line that is not complete, flat and unhidden."""

    def take(self, painted: str) -> str:
        """The lines that *painted* completes; it has whole control sequences only."""
        painted = self._held + painted
        end = end_of_lines(painted)
        if len(painted) - end > LINE_LIMIT:
            end = len(painted)
        self._held = painted[end:]
        return self._release(painted[:end])

    def flush(self) -> str:
        """What has been printed of the line that is not complete."""
        painted, self._held = self._held, ""
        return self._release(painted)

    def _release(self, painted: str) -> str:
        if not painted:
            return ""
        base = len(self._before)
        text = self._before + flatten(painted)
        matches = sorted(self._matches(text))
        spans = [(start - base, end - base) for start, end in matches if end > base]
        self._before = text[max(text.rfind(end) for end in ("\r", "\n", BREAK)) + 1 :][-LINE_LIMIT:]
        return cover(painted, spans)

    def _matches(self, text: str) -> Iterator[tuple[int, int]]:
        for line in _LINE.finditer(text):
            for pattern in self._patterns:
                for match in pattern.finditer(line[0]):
                    group = 1 if pattern.groups and match[1] is not None else 0
                    yield line.start() + match.start(group), line.start() + match.end(group)
