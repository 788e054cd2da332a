"""The driver of a session: an interactive bash that sources one file after the other (`scripts/session.bash`)."""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from itertools import count

from quarterdeck.base.errors import StageError
from quarterdeck.demo.demo_file import Demo
from quarterdeck.live.process import Process
from quarterdeck.live.scripts import script
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import COLUMNS, ROWS, files_of, session_name, working_folder

_START_S = 60.0
"""Seconds until the bash must take steps, and until it must have reset its terminal."""


class Driver:
    """One bash on a terminal of the stage, and the stream that its orders and statuses travel on."""

    def __init__(self, stage: Stage, demo: Demo, environment: Mapping[str, str]) -> None:
        """Start the bash and wait until it takes orders.

        Raises:
            StageError: It does not.
        """
        self._stage = stage
        self._name = session_name(stage, demo)
        self._nonces = count(1)
        self._lines = b""
        self._notes: list[str] = []
        self.woken = False
        """Whether a `break` of the step left the driver's loop, so that a line feed had to wake it."""
        self.size = (ROWS, COLUMNS)
        """Of the terminal, in characters."""
        files = files_of(stage, demo)
        self._control: Process = stage.start("sh", "-c", script("control.sh"), "control", files)
        shell = ("bash", "--noprofile", "--rcfile", f"{files}/session.bash", "--noediting", "-i")
        self.terminal: Process = stage.start(
            *shell, terminal=True, workdir=working_folder(stage, demo), environment=environment
        )
        self.resize(ROWS, COLUMNS)
        self._wait_for("")

    @property
    def sources(self) -> tuple[Process, Process]:
        """The processes to wait for."""
        return self.terminal, self._control

    def submit(self, file: str, words: str = "-") -> str:
        """Let the bash source *file*, a name in its folder of files; the nonce of the step's fence and status.

        *words* is the rest of the order: how to watch the step.
        """
        # A word that no step prints by chance, and short: bash reads it letter by letter.
        nonce = f"q{next(self._nonces):x}-{time.monotonic_ns() % 16**8:x}"
        self._lines = b""
        self._notes = []
        self.woken = False
        self._control.write(f"{nonce} {file} {words}\n".encode())
        return nonce

    def status(self, nonce: str) -> int | None:
        """The exit status of the step of *nonce*, once it has come. Does not block."""
        self._lines += self._control.read()
        while b"\n" in self._lines:
            line, _, self._lines = self._lines.partition(b"\n")
            if line == b"L":
                self.woken = True
                self.terminal.write(b"\n")
            elif line.startswith(f"N {nonce} ".encode()):
                self._notes.append(line.split(b" ", 2)[2].decode("utf-8", "replace"))
            elif line.startswith(f"S {nonce} ".encode()):
                return int(line.rpartition(b" ")[2])
        return None

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noted of the step that was submitted last."""
        return tuple(self._notes)

    def signal(self, name: str) -> None:
        """Send a signal, such as `TERM`, to everything that the session's steps have started."""
        self._stage.run("sh", "-c", script("end.sh"), "end", name, self._name)

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the terminal."""
        self.size = (rows, columns)
        self.terminal.resize(rows, columns)

    def reset_terminal(self) -> None:
        """Undo what a step left behind, such as `stty raw`."""
        self._wait_for(self.submit("reset"))
        self.terminal.resize(*self.size)

    def close(self) -> None:
        """End the bash and what it has started."""
        if not self.terminal.ended:
            self.signal("KILL")
            self._control.write(b"- exit\n")
        self._control.close()
        self.terminal.close()

    def _wait_for(self, nonce: str) -> None:
        deadline = time.monotonic() + _START_S
        while self.status(nonce) is None:
            if self.terminal.ended or time.monotonic() > deadline:
                raise StageError("the stage's shell does not start", "does the stage's image have bash?")
            select.select(self.sources, [], [], 0.2)
            self.terminal.read()
