"""One interactive bash through one demo, on a terminal of the stage.

The bash is truly interactive: its `PROMPT_COMMAND` reads which file to source next (`scripts/session.bash`), so
Ctrl-C, `set -u`, aliases and error messages are as on a presenter's terminal. Statuses come on a stream of their
own, so nothing that a step prints can be taken for one. Rejected: a new bash for each step (1.2 ms each and no
shared state), typing into the terminal (echo, and lines cut at 4,095 characters), marks in the output (spoofed by
`cat`, lost after `exec >file`).
"""

from __future__ import annotations

import re
import select
import time
from itertools import count

from quarterdeck.base.errors import StageError
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.recording import Broken, Exited, Reason, StepResult
from quarterdeck.demo.silent_failures import Witnessed
from quarterdeck.live.scripts import script
from quarterdeck.live.session.access_log import AccessLog
from quarterdeck.live.session.monitor import Watch
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import COLUMNS, ROWS, files_of, session_name, working_folder
from quarterdeck.terminal.screen import render_screen
from quarterdeck.witness.watch_plan import WatchPlan
from quarterdeck.witness.witnesses import ExitedStep, Witnesses

_INTERRUPT = b"\x03"

ENVIRONMENT = {
    "HOME": "/home/demo",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "xterm-256color",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "MANPAGER": "cat",
    "SYSTEMD_PAGER": "cat",
    "LESS": "FRX",
}
"""The weather of every demo: the same on all machines."""


class Session:
    """One bash through the steps of one demo; `place_files` comes before."""

    def __init__(self, stage: Stage, demo: Demo) -> None:
        """Start the bash and wait until it takes steps.

        Raises:
            StageError: It does not.
        """
        self._stage = stage
        self._demo = demo
        own = files_of(stage, demo)
        self._own = own
        self._nonces = count(1)
        self._control = stage.start("sh", "-c", script("control.sh"), "control", own)
        shell = ("bash", "--noprofile", "--rcfile", f"{own}/session.bash", "--noediting", "-i")
        self._terminal = stage.start(
            *shell, terminal=True, workdir=working_folder(stage, demo), environment=ENVIRONMENT
        )
        self._terminal.resize(ROWS, COLUMNS)
        self._witnesses = Witnesses(lambda: AccessLog(stage), self._ask_stage)
        self._statuses = b""
        self._notes: list[str] = []
        self._reset_needed = False
        self._woken = False
        deadline = time.monotonic() + 10
        while b"S " not in self._statuses:
            if self._terminal.ended or time.monotonic() > deadline:
                raise StageError("the stage's shell does not start", "does the stage's image have bash?")
            select.select([self._terminal, self._control], [], [], 0.2)
            self._terminal.read()
            self._statuses += self._control.read()
        self._statuses = b""

    @property
    def ended(self) -> bool:
        """Whether the shell is gone, and with it all that later steps could build on."""
        return self._terminal.ended

    def run(self, step: Step, timeout_s: float) -> StepResult:
        """Run *step* to its end, or end it after *timeout_s* seconds or `MOST_OUTPUT` bytes."""
        if self._reset_needed:
            self._reset_terminal()
        plan = self._witnesses.prepare(step)
        watch = Watch(step, timeout_s)
        nonce = self._nonce()
        fence = f"\033_{nonce}\033\\".encode()
        self._statuses = b""
        self._notes = []
        self._woken = False
        started = time.monotonic()
        self._control.write(f"{nonce} {step.number} {plan.line}\n".encode())
        status: int | None = None
        while True:
            select.select([self._terminal, self._control], [], [], watch.pause())
            watch.take(self._terminal.read())
            self._statuses += self._control.read()
            status = self._status(nonce) if status is None else status
            if status is not None and watch.find(fence):
                break
            if self._terminal.ended:
                status = self._terminal.exit_status()
                break
            if not self._act(watch):
                break
        seconds = time.monotonic() - started
        watch.cut(fence)
        self._reset_needed = b"\n" in watch.output.replace(b"\r\n", b"")
        if self._woken:
            watch.output = bytearray(watch.output.removesuffix(b"\r\n"))
        return self._result(step, plan, watch, status, seconds)

    def close(self) -> None:
        """End the bash and what it has started. The working folder stays for the demo that comes after."""
        if not self._terminal.ended:
            self._stage.run("sh", "-c", script("end.sh"), "end", "KILL", session_name(self._stage, self._demo))
            self._control.write(b"- exit\n")
        self._control.close()
        self._terminal.close()
        self._witnesses.close()

    def _ask_stage(self, line: str) -> str:
        """The output of a line of POSIX shell in the demo's folder; empty if the stage does not answer."""
        folder = working_folder(self._stage, self._demo)
        try:
            return self._stage.run("sh", "-c", line, workdir=folder, environment=ENVIRONMENT)[1]
        except StageError:
            return ""

    def _reset_terminal(self) -> None:
        """Undo what a step left behind, such as `stty raw`: without it, later lines would form a staircase."""
        nonce = self._nonce()
        self._control.write(f"{nonce} reset\n".encode())
        deadline = time.monotonic() + 2
        while self._status(nonce) is None and not self._terminal.ended and time.monotonic() < deadline:
            select.select([self._terminal, self._control], [], [], 0.2)
            self._terminal.read()
            self._statuses += self._control.read()
        self._reset_needed = False

    def _nonce(self) -> str:
        """A word that no step prints by chance, and short: bash reads it letter by letter."""
        return f"q{next(self._nonces):x}-{time.monotonic_ns() % 16**8:x}"

    def _status(self, nonce: str) -> int | None:
        """The status of the step of that *nonce*, once it has come whole.

        An L instead says that a `break` left the driver, which a line feed wakes.
        """
        while b"\n" in self._statuses:
            line, _, self._statuses = self._statuses.partition(b"\n")
            if line == b"L":
                self._woken = True
                self._terminal.write(b"\n")
            elif line.startswith(f"N {nonce} ".encode()):
                self._notes.append(line.split(b" ", 2)[2].decode("utf-8", "replace"))
            elif line.startswith(f"S {nonce} ".encode()):
                return int(line.rpartition(b" ")[2])
        return None

    def _act(self, watch: Watch) -> bool:
        """Send what is due: an answer, a line, a signal. False when nothing is left to try."""
        if answer := watch.answer():
            self._terminal.write(answer)
        if (line := watch.due_line()) is not None:
            self._terminal.write(line.encode() + b"\n")
        signal = watch.due_signal()
        if signal == "INT":
            self._terminal.write(_INTERRUPT)
        elif signal:
            self._stage.run("sh", "-c", script("end.sh"), "end", signal, session_name(self._stage, self._demo))
        return not watch.given_up

    def _result(self, step: Step, plan: WatchPlan, watch: Watch, status: int | None, seconds: float) -> StepResult:
        ending = watch.broken or self._ending(step, status, interrupted=watch.stopped)
        interrupted = isinstance(ending, Exited) and ending.interrupted
        output = bytes(watch.output[: watch.stopped_at] if interrupted else watch.output)
        screen = render_screen(without_driver(output, self._stage.files), columns=COLUMNS, rows=ROWS)
        witnessed: tuple[Witnessed, ...] = ()
        if isinstance(ending, Exited):
            exited = ExitedStep(ending.status, interrupted, screen, self._notes, f"{self._own}/{step.number}")
            witnessed = self._witnesses.judge(step, plan, exited)
        else:
            screen = _STOPPED.sub("", screen)
        return StepResult(step, ending, seconds, screen, witnessed)

    def _ending(self, step: Step, status: int | None, *, interrupted: bool) -> Exited | Broken:
        """How *step* ended that nothing had to end but, where it was *interrupted*, Ctrl-C of `stop-after`."""
        if status is None or (self._terminal.ended and status > 128):
            return Broken(Reason.SHELL_DIED, "the shell died" + (f" (exit status {status})" if status else ""))
        last = [other for other in self._demo.steps if other.script and not other.options.skip][-1]
        if self._terminal.ended and step is not last:
            what = f"the step ended the shell (exit status {status}), and there are more steps"
            return Broken(Reason.SHELL_ENDED, what)
        return Exited(status, interrupted)


_STOPPED = re.compile(r"^\[\d+\][-+ ] +Stopped .*\n", re.MULTILINE)
"""What bash says of jobs that `scripts/end.sh` stopped for a moment, to end them all."""


def without_driver(output: bytes, files: str) -> bytes:
    """What a terminal would have shown if the step had been typed: without the traces of `scripts/session.bash`.

    Under `set -x`, DEL stands for each level of calls, two of which are ours; a trap of DEBUG, and `set`, show
    variables of ours; and bash names the file of a step in a syntax error, which is below *files*.
    """
    if b"__quarterdeck_" in output:
        output = re.sub(rb"[^\n]*__quarterdeck_[^\n]*\n", b"", output)
    if b"\x7f" in output:
        output = re.sub(rb"\x7f\x7f\+ builtin \. [^\n]*\n", b"", output)
        output = re.sub(rb"\x7f\x7f(\x7f+)\+ ", lambda match: b"+" * len(match[1]) + b" ", output)
    return re.sub(rb"bash: " + re.escape(files.encode()) + rb"/[^:\s]+: line \d+: ", b"bash: ", output)
