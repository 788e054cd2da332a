"""The driver of a session: an interactive bash that sources one file after the other (`scripts/session.bash`)."""

from __future__ import annotations

from secrets import token_hex

from quarterdeck.base.errors import StageError
from quarterdeck.demo.demo_file import Demo
from quarterdeck.live.process import ANSWER_S, Process, read_pieces
from quarterdeck.live.scripts import script
from quarterdeck.live.session.step_output import StepOutput
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import COLUMNS, ROWS, files_of, session_name, working_folder

_ORDER_CHARACTERS = 48
"""The length of an order, as in `scripts/session.bash`."""


class Driver:
    """One bash on a terminal of the stage, and the stream that its orders and notes travel on."""

    def __init__(self, stage: Stage, demo: Demo, environment: dict[str, str]) -> None:
        """Start the bash and wait until it takes orders.

        Raises:
            StageError: It does not.
        """
        self._stage = stage
        self._name = session_name(stage, demo)
        self._lines = b""
        self._note = b""
        """The start of the lines that are notes of the step that was submitted last."""
        self.notes: list[str] = []
        """Its notes."""
        self.woken = False
        """Whether a `break` of the step left the driver's loop, so that a line feed had to wake it."""
        self.staircase = False
        """Whether the last step left line ends untranslated, so that lines form a staircase until `reset_terminal`."""
        self.size = (ROWS, COLUMNS)
        """Of the terminal, in characters."""
        self.files = files_of(stage, demo)
        """The folder on the stage of the files that drive the demo."""
        self._control: Process = stage.start("sh", "-c", script("control.sh"), "control", self.files)
        shell = ("bash", "--noprofile", "--rcfile", f"{self.files}/session.bash", "--noediting", "-i")
        self.terminal: Process = stage.start(
            *shell, terminal=True, workdir=working_folder(stage, demo), environment=environment
        )
        self.resize(ROWS, COLUMNS)
        self._wait_for("")

    @property
    def sources(self) -> tuple[Process, Process]:
        """The processes to wait for."""
        return self.terminal, self._control

    def submit(self, file: str, words: str = "-", *, attended: bool = False) -> str:
        """Let the bash source *file*, a name in its folder of files; the nonce of the step's fence.

        *words* say how to watch the step; see `WatchPlan.line`. With *attended*, a first fence says that it begins.
        """
        nonce = token_hex(6)  # so that no step prints the fence of its own
        self._note = f"N {nonce} ".encode()
        self.notes = []
        self.woken = False
        watch, _, variables = words.partition(" ")
        watch += "a" if attended else ""
        order = f"{nonce} {file} {watch} ".ljust(_ORDER_CHARACTERS)
        self._control.write((order if watch == "-" else f"{order}{variables}\n").encode())
        return nonce

    def read_notes(self) -> None:
        """Take what has come on the stream of notes. Does not block."""
        self._lines += self._control.read()
        while b"\n" in self._lines:
            line, _, self._lines = self._lines.partition(b"\n")
            if line == b"L":
                self.woken = True
                self.terminal.write(b"\n")
            elif line.startswith(self._note):
                self.notes.append(line.removeprefix(self._note).decode("utf-8", "replace"))

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

    def close(self, *, with_stage: bool = False) -> None:
        """End the bash and what it has started; *with_stage*: leave that to the stage, which is removed next."""
        if not self.terminal.ended and not with_stage:
            self.signal("KILL")
            self.submit("exit")
        self._control.close()
        self.terminal.close()

    def _wait_for(self, nonce: str) -> None:
        output = StepOutput(nonce)
        for piece in read_pieces(self.terminal, ANSWER_S):
            output.take(piece)
            if output.complete:
                return
        raise StageError("the stage's shell does not start", "does the stage's image have bash?")
