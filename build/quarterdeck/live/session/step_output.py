"""The output of a running step: up to a limit, and without the traces of `scripts/session.bash`."""

from __future__ import annotations

import re

from quarterdeck.terminal.screen import answers_to

OUTPUT_LIMIT = 16 << 20
"""Bytes that a step may print."""
_HEAD, _TAIL = 256 << 10, 64 << 10
"""Bytes that are kept of the start and the end of the output of a step that printed too much."""
_EARLIER_FENCE = re.compile(rb"\x1b_[^ \x1b]{0,12} \d+ \d+\x1b\\")
_FENCE_BEGINS = re.compile(rb"\x1b_[^ \x1b]{0,12}(?: \d*){0,2}\x1b?\Z")
_ECHO = re.compile(rb"(?:\^C)?(?:\r\n)?\Z")
"""What Ctrl-C shows at bash's prompt."""
_TRACE = re.compile(rb"\x7f|__qd_|(?<![^\n])bash: /")
_TRACE_BEGINS = re.compile(rb"(?<![^\n])b(?:a(?:s(?:h(?:: ?)?)?)?)?\Z|__?(?:qd?)?\Z|_\Z")


class StepOutput:
    """The bytes that a step has printed, until its fence comes, which the driver prints after it."""

    def __init__(self, nonce: str, *, begins_with_fence: bool = False) -> None:
        """*begins_with_fence*: whether the driver prints a fence before the step, too."""
        self.data = bytearray()
        self.begun = not begins_with_fence
        """Whether the step is known to have begun."""
        self.complete = False
        """Whether the fence has come; then `data` ends before it."""
        self.status = 0
        """The exit status, from the fence."""
        self.notes = 0
        """The number of the step's notes, from the fence."""
        self.too_much = False
        self._fence = f"\033_{nonce} ".encode()
        self._first_fence = f"\033_{nonce}\033\\".encode()
        self._searched = 0
        self._answered = 0

    def take(self, data: bytes) -> bytes:
        """Add *data*; the bytes that are certain to be the step's, and were not returned before."""
        if self.complete:
            return b""
        before = self._searched
        self.data += data
        end = self._find_fence()
        if not (self.begun or self.complete):
            return b""
        self._searched = end
        fresh = bytes(self.data[before:end])
        if self.complete:
            del self.data[end:]
        if len(self.data) > OUTPUT_LIMIT or self.too_much:
            self._shorten()
        return fresh

    def answers(self) -> bytes:
        """What a terminal answers to the queries that have come since the last call."""
        fresh = bytes(self.data[self._answered :])
        self._answered = len(self.data)
        return answers_to(fresh) if b"\033" in fresh else b""

    def _find_fence(self) -> int:
        """Where the fence begins, or may begin while its end has not come; else the end of the data.

        Removes the first fence, and fences of earlier steps, which the driver prints again after a late Ctrl-C.
        """
        start = self.data.find(b"\033_", self._searched)
        while start >= 0:
            if fence := self._other_fence(start):
                del self.data[fence[0] : fence[1]]
                start = self.data.find(b"\033_", fence[0])
                continue
            if self.data.startswith(self._fence, start):
                end = self.data.find(b"\033\\", start)
                if end >= 0:
                    status, notes = self.data[start + len(self._fence) : end].split(b" ")
                    self.complete, self.status, self.notes = True, int(status), int(notes)
                return start
            if _FENCE_BEGINS.match(self.data, start):
                return start
            start = self.data.find(b"\033_", start + 1)
        return len(self.data) - self.data.endswith(b"\033")

    def _other_fence(self, start: int) -> tuple[int, int] | None:
        """Begin and end of a fence that stands at *start* and is not the last one, with the echo before it."""
        if not self.begun and self.data.startswith(self._first_fence, start):
            self.begun = True
            return start, start + len(self._first_fence)
        fence = _EARLIER_FENCE.match(self.data, start)
        if fence is None or fence[0].startswith(self._fence):
            return None
        echo = _ECHO.search(self.data, self._searched, start)
        return echo.start() if echo else start, fence.end()

    def _shorten(self) -> None:
        self.too_much = True
        dropped = max(0, len(self.data) - (_HEAD + _TAIL))
        del self.data[_HEAD : _HEAD + dropped]
        self._searched = max(0, self._searched - dropped)
        self._answered = min(self._answered, len(self.data))


def without_driver(output: bytes, files: str) -> bytes:
    """The output that a typed step would have had.

    Under `set -x`, DEL stands for each level of calls, two of which are ours; a trap of DEBUG, and `set`, show
    variables of ours; and bash names the file of a step in a syntax error, which is below *files*.
    """
    if b"__qd_" in output:
        output = re.sub(rb"[^\n]*__qd_[^\n]*\n", b"", output)
    if b"\x7f" in output:
        output = re.sub(rb"\x7f\x7f\+ builtin \. [^\n]*\n", b"", output)
        output = re.sub(rb"\x7f\x7f(\x7f+)\+ ", lambda match: b"+" * len(match[1]) + b" ", output)
    if b"bash: /" in output:
        output = re.sub(rb"bash: " + re.escape(files.encode()) + rb"/[^:\s]+: line \d+: ", b"bash: ", output)
    return output


class LiveOutput:
    """Output as it comes, without the driver's traces; holds back the start of a line that may be a trace."""

    def __init__(self, files: str) -> None:
        self._files = files
        self._held = b""

    def take(self, data: bytes) -> bytes:
        """The part of the output up to *data* that can be shown now and has not been."""
        burst = b"\n" in data  # keys are echoed one by one, and their echo must not wait
        data = self._held + data
        start = data.rfind(b"\n") + 1
        if not (_TRACE.search(data, start) or (burst and _TRACE_BEGINS.search(data, start))):
            start = len(data)
        self._held = data[start:]
        return without_driver(data[:start], self._files)

    def end(self) -> bytes:
        """What is left at the end of the step."""
        data, self._held = self._held, b""
        return without_driver(data, self._files)
