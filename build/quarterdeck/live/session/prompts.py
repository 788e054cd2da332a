"""When a running step waits for input, and the lines that `send` gives it then."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence

from quarterdeck.bash.sent_lines import split_sent_lines, starts_slowly
from quarterdeck.demo.demo_file import Step

_SILENCE_S = 1.0
"""After this long without output, a program is taken to wait for input. On a busy machine it is more."""
_SLOW_SILENCE_S = 5.0
"""The same for what will show a prompt: a line that is sent earlier is shown twice."""
_PROMPT = re.compile(rb"[$#>%] ?(?:\033\[[0-9;?]*[a-zA-Z])*\Z")
"""The end of a prompt, and the queries of a shell behind it."""
_FRESH_BYTES = 1 << 16


class Prompts:
    """Watches the output of a step for prompts."""

    def __init__(self, step: Step, *, send: bool) -> None:
        """With *send*, hand out the lines of the step's option `send`."""
        self._lines = list(lines_to_send(step)) if send else []
        self._sent = False
        self._silence_s = _SLOW_SILENCE_S if starts_slowly(step.script) else _SILENCE_S
        self._fresh = b""
        """The output since the last line that was sent; of long output the end."""
        self._last_output = time.monotonic()
        self._announced = False

    def take(self, data: bytes) -> None:
        """Add output."""
        self._fresh = (self._fresh + data)[-_FRESH_BYTES:]
        self._last_output = time.monotonic()
        self._announced = False

    def pause_s(self) -> float:
        """Seconds until something may be due; infinite if nothing is."""
        if self._announced and not self._lines:
            return float("inf")
        # On a busy machine it is not over then, and looked at again a little later.
        return max(0.1, self._last_output + self._silence_s - time.monotonic())

    def due_line(self) -> str | None:
        """The next line to send, when its prompt has come or the step has been silent for a while."""
        if not self._lines:
            return None
        pattern, text = self._lines[0]
        if pattern is None:
            # The line that was sent last is echoed first, and a part of it may look like a prompt.
            prompted = bool(_PROMPT.search(self._fresh)) and (not self._sent or b"\n" in self._fresh)
            if not prompted and not self._silent():
                return None
            self._silence_s = _SLOW_SILENCE_S if prompted else _SILENCE_S
        elif not pattern.search(self._fresh):
            return None
        self._lines.pop(0)
        self._sent = True
        self._fresh = b""
        self._last_output = time.monotonic()
        return text

    def begins_to_wait(self) -> bool:
        """Whether the step has begun to wait for input since the last call; each wait is reported once."""
        if self._announced or not (_PROMPT.search(self._fresh) or self._silent()):
            return False
        self._announced = True
        return True

    def _silent(self) -> bool:
        silence_s = time.monotonic() - self._last_output
        return silence_s >= self._silence_s and silence_s >= self._silence_s * _busyness()


def _busyness() -> float:
    """How many processes share a core of this machine, from 1 to 8: each of them is slower by that."""
    return min(8.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def lines_to_send(step: Step) -> Sequence[tuple[re.Pattern[bytes] | None, str]]:
    """The lines of the step's option `send`, each with the prompt that it waits for (None: any prompt, or silence)."""
    send = step.options.send
    if send == "rest":
        return [(None, line) for line in split_sent_lines(step.script)[1].strip("\n").split("\n")]
    return [(re.compile(pattern.encode()) if pattern else None, text) for pattern, text in send]
