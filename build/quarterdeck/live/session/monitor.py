"""What a running step has printed, and what is due next."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from quarterdeck.bash.sent_lines import split_sent_lines
from quarterdeck.demo.demo_file import Step
from quarterdeck.demo.recording import Broken, Reason
from quarterdeck.terminal.screen import answers_to

MOST_OUTPUT = 16 << 20
"""Bytes that a step may print."""
_HEAD, _TAIL = 256 << 10, 64 << 10
"""Bytes that are kept of the start and the end of a step that printed too much."""
_SILENCE_S = 1.0
"""After so long without output, a program is taken to wait for a line of `send`."""
_SLOW_SILENCE_S = 5.0
"""The same for what will show a prompt: a line that is sent before that is shown twice."""
_PROMPT = re.compile(rb"[$#>%] ?(?:\033\[[0-9;?]*[a-zA-Z])*\Z")
"""The end of a prompt, and what a shell asks of the terminal behind it."""
_SLOW_STARTERS = re.compile(r"\b(?:docker|podman|nerdctl|kubectl|oc|ssh)\b")
"""Programs that take a while until the program that they start reads what is sent."""
_LADDER = (("INT", 0.7), ("TERM", 1.0), ("KILL", 1.0))
"""How a step is ended that does not end: by what, and how many seconds it then has."""


class Watch:
    """What a running step has printed, and what is due next: a line to send, a signal, giving up."""

    def __init__(self, step: Step, timeout_s: float) -> None:
        options = step.options
        self.output = bytearray()
        self.broken: Broken | None = None
        self.stopped = False
        self.stopped_at = 0
        self.given_up = False
        self._timeout_s = timeout_s
        self._deadline = time.monotonic() + (options.stop_after_s or timeout_s)
        self._stop_after = options.stop_after_s is not None
        self._ladder = list(_LADDER)
        self._lines = list(_lines_to_send(step))
        self._sent = False
        self._prompts = bool(_SLOW_STARTERS.search(split_sent_lines(step.script)[0]))
        self._seen = 0
        self._answered = 0
        self._last_output = time.monotonic()
        self._searched = 0
        self._dropped = 0

    def take(self, data: bytes) -> None:
        """Add what the terminal has shown; beyond `MOST_OUTPUT`, forget all but the start and the end."""
        if not data:
            return
        self.output += data
        self._last_output = time.monotonic()
        if len(self.output) > MOST_OUTPUT or self._dropped:
            if not self._dropped:
                self.broken = Broken(Reason.TOO_MUCH_OUTPUT, f"too much output: more than {MOST_OUTPUT >> 20} MiB")
                self._deadline = 0.0
            self._dropped += max(0, len(self.output) - (_HEAD + _TAIL))
            del self.output[_HEAD : max(_HEAD, len(self.output) - _TAIL)]
            self._searched = self._seen = self._answered = 0

    def pause(self) -> float:
        """Seconds until something may be due."""
        now = time.monotonic()
        until = self._deadline - now
        if self._lines:
            until = min(until, self._last_output + self._silence_s() - now)
        return max(0.0, min(until, 60.0))

    def find(self, fence: bytes) -> bool:
        """Whether *fence* has come."""
        start = max(0, self._searched - len(fence))
        self._searched = len(self.output)
        found = self.output.find(fence, start)
        if found >= 0:
            self._searched = found
        return found >= 0

    def cut(self, fence: bytes) -> None:
        """Drop the fence and what follows it."""
        found = self.output.find(fence)
        if found >= 0:
            del self.output[found:]

    def answer(self) -> bytes:
        """What a terminal says to what was asked of it since the last call."""
        if b"\033" not in self.output[self._answered :]:
            self._answered = len(self.output)
            return b""
        answer = answers_to(bytes(self.output[self._answered :]))
        self._answered = len(self.output)
        return answer

    def due_line(self) -> str | None:
        """The next line of `send`, when its prompt stands there or nothing has come for a while."""
        if not self._lines:
            return None
        pattern, text = self._lines[0]
        fresh = bytes(self.output[self._seen :])
        if pattern is None:
            # What was sent last comes back first, and a part of it may look like a prompt.
            prompted = bool(_PROMPT.search(fresh)) and (not self._sent or b"\n" in fresh)
            if not prompted and time.monotonic() - self._last_output < self._silence_s():
                return None
            self._prompts = prompted
        elif not pattern.search(fresh):
            return None
        self._lines.pop(0)
        self._sent = True
        self._seen = len(self.output)
        self._last_output = time.monotonic()
        return text

    def _silence_s(self) -> float:
        return _SLOW_SILENCE_S if self._prompts else _SILENCE_S

    def due_signal(self) -> str | None:
        """The next signal for a step that is past its time, gentle ones first."""
        if time.monotonic() < self._deadline:
            return None
        if not self._ladder:
            self.given_up = True
            what = f"{(self.broken or self._why()).detail}, and the shell no longer answers"
            self.broken = Broken(Reason.NO_ANSWER, what)
            return None
        signal, wait_s = self._ladder.pop(0)
        self._deadline = time.monotonic() + wait_s
        if self._stop_after and signal == "INT" and self.broken is None:
            self.stopped, self.stopped_at = True, len(self.output)
            self._deadline = time.monotonic() + 2
        elif self.broken is None:
            self.broken = self._why()
        return signal

    def _why(self) -> Broken:
        if self._stop_after:
            return Broken(Reason.NOT_STOPPED, "stop-after: Ctrl-C did not end it")
        return Broken(Reason.TIMEOUT, f"timeout: no end after {self._timeout_s:g} s")


def _lines_to_send(step: Step) -> Sequence[tuple[re.Pattern[bytes] | None, str]]:
    send = step.options.send
    if send == "rest":
        return [(None, line) for line in split_sent_lines(step.script)[1].strip("\n").split("\n")]
    return [(re.compile(pattern.encode()) if pattern else None, text) for pattern, text in send]
