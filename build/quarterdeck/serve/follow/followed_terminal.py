"""The terminal as followers see it: its newest output in pieces, and all that is kept of it for who comes late."""

from __future__ import annotations

import codecs

from quarterdeck.serve.changes import Message

_MOST_KEPT = 1 << 17
"""The most characters that are kept for followers who come late."""
_MOST_NEW = 1 << 14
"""The most characters in one piece; of more output, only the end is shown: it has been read by no one."""
_MODES_OFF = "\x1b[!p\x1b[m"
"""Before output whose beginning is missing: a soft reset."""


class FollowedTerminal:
    """The terminal of the step that was performed last. Its memory is bounded."""

    def __init__(self) -> None:
        self._opening: Message | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._kept = ""
        self._new = ""
        self._begins = False
        """Whether followers must begin with an empty terminal, or with none."""

    @property
    def has_news(self) -> bool:
        """Whether `take` returns anything."""
        return self._begins or bool(self._new)

    def begin(self, opening: Message | None) -> None:
        """Begin with an empty terminal; None: there is none any more."""
        self._opening = opening
        self._decoder.reset()
        self._kept = self._new = ""
        self._begins = True

    def resize(self, rows: int, columns: int) -> None:
        """The terminal has another size now."""
        if self._opening:
            self._opening = {**self._opening, "rows": rows, "columns": columns}

    def write(self, data: bytes) -> None:
        """Add output."""
        text = self._decoder.decode(data)
        self._kept = _shorten(self._kept + text, _MOST_KEPT)
        self._new += text
        if len(self._new) > _MOST_NEW:
            self._begins, self._new = True, _shorten(self._new, _MOST_NEW)

    def take(self) -> Message | None:
        """What has changed since the last call, for followers who have all before it; None: nothing.

        `{kind: "terminal", …, text}` begins anew, `{kind: "output", text}` goes on.
        """
        begins, new = self._begins, self._new
        self._begins, self._new = False, ""
        if begins:
            return {**self._opening, "text": new} if self._opening else {"kind": "terminal", "cue": None}
        return {"kind": "output", "text": new} if new else None

    def everything(self) -> Message | None:
        """The terminal for who comes late; None: there is none."""
        return {**self._opening, "text": self._kept} if self._opening else None


def _shorten(text: str, most: int) -> str:
    """The end of *text*, after the end of a line if one is near, if it has more than *most* characters."""
    if len(text) <= most:
        return text
    start = len(text) - most // 2
    line_end = text.find("\n", start, start + most // 4)
    return _MODES_OFF + text[line_end + 1 if line_end >= 0 else start :]
