"""The output of a running step, up to a limit."""

from __future__ import annotations

from quarterdeck.terminal.screen import answers_to

OUTPUT_LIMIT = 16 << 20
"""Bytes that a step may print."""
_HEAD, _TAIL = 256 << 10, 64 << 10
"""Bytes that are kept of the start and the end of the output of a step that printed too much."""


class StepOutput:
    """The bytes that a step has printed, until its fence comes: a sequence that the driver prints after each step."""

    def __init__(self, nonce: str) -> None:
        self.data = bytearray()
        self.complete = False
        """Whether the fence has come; then `data` ends before it."""
        self.too_much = False
        self._fence = f"\033_{nonce}\033\\".encode()
        self._searched = 0
        self._answered = 0

    def take(self, data: bytes) -> bytes:
        """Add *data*; the bytes that are certain to be the step's, and were not returned before."""
        if self.complete:
            return b""
        before = self._searched
        self.data += data
        end = self.data.find(self._fence, self._searched)
        if end >= 0:
            self.complete = True
            del self.data[end:]
        else:
            end = self._certain_end()
        self._searched = end
        fresh = bytes(self.data[before:end])
        if len(self.data) > OUTPUT_LIMIT or self.too_much:
            self._shorten()
        return fresh

    def answers(self) -> bytes:
        """What a terminal answers to the queries that have come since the last call."""
        fresh = bytes(self.data[self._answered :]) if b"\033" in self.data[self._answered :] else b""
        self._answered = len(self.data)
        return answers_to(fresh) if fresh else b""

    def _certain_end(self) -> int:
        """Where the fence may begin whose end has not come; else the end of the data."""
        start = self.data.find(b"\033", max(self._searched, len(self.data) - len(self._fence)))
        while start >= 0 and not self._fence.startswith(self.data[start:]):
            start = self.data.find(b"\033", start + 1)
        return start if start >= 0 else len(self.data)

    def _shorten(self) -> None:
        self.too_much = True
        dropped = max(0, len(self.data) - (_HEAD + _TAIL))
        del self.data[_HEAD : _HEAD + dropped]
        self._searched = max(0, self._searched - dropped)
        self._answered = min(self._answered, len(self.data))
