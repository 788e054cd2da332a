"""How the events of stages, which happen in threads of their own, reach the presenter's thread."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator

from quarterdeck.live.session.step_run import Printed
from quarterdeck.present.live_stage import LiveStage, StageEvent

_MOST_PENDING = 1 << 18
"""Bytes of output waiting to be taken, above which steps have to wait."""


class Mailbox:
    """Events of stages, in the order in which they happened; a stage that prints faster than it is read waits."""

    def __init__(self) -> None:
        self._events: deque[tuple[LiveStage, StageEvent]] = deque()
        self._pending = 0
        self._taken = threading.Condition()
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def fileno(self) -> int:
        """Readable when there is something to take, or `wake` was called."""
        return self._wake_read

    def put(self, stage: LiveStage, event: StageEvent) -> None:
        """Add an event of *stage*; from any thread."""
        self._events.append((stage, event))
        self.wake()
        if isinstance(event, Printed):
            with self._taken:
                self._pending += len(event.data)
                while self._pending > _MOST_PENDING and not stage.closing:
                    self._taken.wait(1.0)

    def take(self) -> Iterator[tuple[LiveStage, StageEvent]]:
        """What has come since the last call. It stays readable while there is more: a stage may print without end."""
        try:
            while len(os.read(self._wake_read, 4096)) == 4096:
                pass
        except BlockingIOError:
            pass
        for _ in range(len(self._events)):
            stage, event = self._events.popleft()
            if isinstance(event, Printed):
                with self._taken:
                    self._pending -= len(event.data)
                    self._taken.notify_all()
            yield stage, event
        if self._events:
            self.wake()

    def wake(self) -> None:
        """Make it readable."""
        try:
            os.write(self._wake_write, b".")
        except (BlockingIOError, OSError):
            return

    def release(self) -> None:
        """Let no stage wait any more."""
        with self._taken:
            self._pending = -1 << 60
            self._taken.notify_all()

    def close(self) -> None:
        """Close the pipe; when no stage is left."""
        os.close(self._wake_read)
        os.close(self._wake_write)
