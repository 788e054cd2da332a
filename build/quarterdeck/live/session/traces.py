"""What the driver of a session leaves in the output of steps, taken out."""

from __future__ import annotations

import re

_TRACE = re.compile(rb"\x7f|__qd_|(?<![^\n])bash: /")
_TRACE_BEGINS = re.compile(rb"(?<![^\n])b(?:a(?:s(?:h(?:: ?)?)?)?)?\Z|__?(?:qd?)?\Z|_\Z")


def without_driver(output: bytes, files: str) -> bytes:
    """The output that a typed step would have had: without the traces of `scripts/session.bash`.

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
    """Output as it comes, without the driver's traces; holds back the start of a line that may be one."""

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
