"""One interactive bash through one demo, on a terminal of the stage.

The bash is truly interactive: its `PROMPT_COMMAND` reads which file to source next (`scripts/session.bash`), so
Ctrl-C, `set -u`, aliases and error messages are as on a presenter's terminal. Statuses come on a stream of their
own, so nothing that a step prints can be taken for one. Rejected: a new bash for each step (1.2 ms each and no
shared state), typing into the terminal (echo, and lines cut at 4,095 characters), marks in the output (spoofed by
`cat`, lost after `exec >file`).
"""

from __future__ import annotations

import io
import re
import select
import tarfile
import time
from collections.abc import Sequence
from itertools import count

from quarterdeck.demo import Demo, Step
from quarterdeck.errors import StageError
from quarterdeck.live.engine import Stream, run_in, script
from quarterdeck.live.screen import answers_to, render_screen
from quarterdeck.live.stage import Stage
from quarterdeck.project import Project
from quarterdeck.recording import StepResult, folder_files
from quarterdeck.script import split_first_command

COLUMNS, ROWS = 100, 30
MOST_OUTPUT = 16 << 20
"""Bytes that a step may print."""
HOME = "/home/demo"
_FILES = "/run/quarterdeck"
_PINNED = 1767225600
"""2026-01-01T00:00:00Z: the time stamp of every file of a demo's folder, so that layers made of them agree."""
_SILENCE_S = 1.0
"""After so long without output, a program is taken to wait for a line of `send`."""
_INTERRUPT = b"\x03"
_STEP_FILE = re.compile(rb"bash: " + _FILES.encode() + rb"/[^:\s]+: line \d+: ")
_PROMPT = re.compile(rb"[$#>%] ?\Z")
_LADDER = (("INT", 0.7), ("TERM", 1.0), ("KILL", 1.0))
"""How a step is ended that does not end: by what, and how many seconds it then has."""

ENVIRONMENT = {
    "HOME": HOME,
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


def place_files(stage: Stage, demos: Sequence[Demo], project: Project) -> None:
    """Put the folders, steps and drivers of *demos* onto the stage, in one archive.

    Raises:
        StageError: The engine does not take them.
        SourceError: A file of a demo's folder cannot be read, or leads out of the project.
    """
    import docker

    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for demo in demos:
            _add_demo(tar, demo, project)
    try:
        taken = stage.shells.put_archive("/", data.getvalue())
    except (docker.errors.APIError, OSError) as error:
        raise StageError(f"the stage does not take the demo's files: {error}") from error
    if not taken:
        raise StageError("the stage does not take the demo's files")


def working_folder(demo: Demo) -> str:
    """Where *demo* works on the stage."""
    return f"{HOME}/{demo.short_name}"


def _files_of(demo: Demo) -> str:
    return f"{_FILES}/{demo.name.replace('/', '.')}"


def _add_demo(tar: tarfile.TarFile, demo: Demo, project: Project) -> None:
    def add(path: str, content: bytes = b"", mode: int = 0o644, kind: bytes = tarfile.REGTYPE) -> None:
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.type, entry.mode, entry.mtime, entry.size = kind, mode, _PINNED, len(content)
        tar.addfile(entry, io.BytesIO(content))

    work, own = working_folder(demo), _files_of(demo)
    add(HOME, mode=0o755, kind=tarfile.DIRTYPE)
    add(work, mode=0o755, kind=tarfile.DIRTYPE)
    folders: set[str] = set()
    for path in folder_files(demo.folder, project):
        inside = path.relative_to(demo.folder)
        for parent in reversed(inside.parents[:-1]):
            if parent.as_posix() not in folders:
                folders.add(parent.as_posix())
                add(f"{work}/{parent.as_posix()}", mode=0o755, kind=tarfile.DIRTYPE)
        mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
        add(f"{work}/{inside.as_posix()}", path.read_bytes(), mode)
    add(own, mode=0o700, kind=tarfile.DIRTYPE)
    settings = f"__quarterdeck_folder='{work}' __quarterdeck_files='{own}' __quarterdeck_session='{demo.name}'\n"
    add(f"{own}/session.bash", (settings + script("session.bash")).encode())
    add(f"{own}/commands", kind=tarfile.FIFOTYPE, mode=0o600)
    add(f"{own}/statuses", kind=tarfile.FIFOTYPE, mode=0o600)
    add(f"{own}/exit", b"exit\n")
    add(f"{own}/reset", f"stty sane rows {ROWS} cols {COLUMNS}\n".encode())
    for step in demo.steps:
        text = split_first_command(step.script)[0] if step.options.send == "rest" else step.script
        add(f"{own}/{step.number}", text.encode("utf-8", "surrogatepass"))


class Session:
    """One bash through the steps of one demo; `place_files` comes before."""

    def __init__(self, stage: Stage, demo: Demo) -> None:
        """Start the bash and wait until it takes steps.

        Raises:
            StageError: It does not.
        """
        self._stage = stage
        self._demo = demo
        own = _files_of(demo)
        self._own = own
        self._nonces = count(1)
        self._control = Stream(stage.shells, ["sh", "-c", script("control.sh"), "control", own], terminal=False)
        shell = ["bash", "--noprofile", "--rcfile", f"{own}/session.bash", "--noediting", "-i"]
        self._terminal = Stream(
            stage.shells, shell, terminal=True, workdir=working_folder(demo), environment=ENVIRONMENT
        )
        self._terminal.resize(ROWS, COLUMNS)
        self._statuses = b""
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
        watch = _Watch(step, timeout_s)
        nonce = self._nonce()
        fence = f"\033_{nonce}\033\\".encode()
        self._statuses = b""
        self._woken = False
        started = time.monotonic()
        self._control.write(f"{nonce} {self._own}/{step.number}\n".encode())
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
        return self._result(step, watch, status, seconds)

    def close(self) -> None:
        """End the bash and what it has started. The working folder stays for the demo that comes after."""
        if not self._terminal.ended:
            run_in(self._stage.shells, "sh", "-c", script("end.sh"), "end", "KILL", self._demo.name)
            self._control.write(f"- {self._own}/exit\n".encode())
        self._control.close()
        self._terminal.close()

    def _reset_terminal(self) -> None:
        """Undo what a step left behind, such as `stty raw`: without it, later lines would form a staircase."""
        nonce = self._nonce()
        self._control.write(f"{nonce} {self._own}/reset\n".encode())
        deadline = time.monotonic() + 2
        while self._status(nonce) is None and not self._terminal.ended and time.monotonic() < deadline:
            select.select([self._terminal, self._control], [], [], 0.2)
            self._terminal.read()
            self._statuses += self._control.read()
        self._reset_needed = False

    def _nonce(self) -> str:
        """A word that no step prints by chance."""
        return f"quarterdeck-{next(self._nonces)}-{time.monotonic_ns():x}"

    def _status(self, nonce: str) -> int | None:
        """The status of the step of that *nonce*, once it has come whole.

        An L instead says that a `break` left the driver, which a line feed wakes.
        """
        while b"\n" in self._statuses:
            line, _, self._statuses = self._statuses.partition(b"\n")
            if line == b"L":
                self._woken = True
                self._terminal.write(b"\n")
            elif line.startswith(f"S {nonce} ".encode()):
                return int(line.rpartition(b" ")[2])
        return None

    def _act(self, watch: _Watch) -> bool:
        """Send what is due: an answer, a line, a signal. False when nothing is left to try."""
        if answer := watch.answer():
            self._terminal.write(answer)
        if (line := watch.due_line()) is not None:
            self._terminal.write(line.encode() + b"\n")
        signal = watch.due_signal()
        if signal == "INT":
            self._terminal.write(_INTERRUPT)
        elif signal:
            run_in(self._stage.shells, "sh", "-c", script("end.sh"), "end", signal, self._demo.name)
        return not watch.given_up

    def _result(self, step: Step, watch: _Watch, status: int | None, seconds: float) -> StepResult:
        broken = watch.why_ended
        interrupted = step.options.stop_after_s is not None and watch.stopped and broken is None
        if broken is None and self._terminal.ended:
            last = step is [one for one in self._demo.steps if one.script][-1]
            if status is None or status > 128:
                broken = "the shell died" + (f" (exit status {status})" if status else "")
            elif not last:
                broken = f"the step ended the shell (exit status {status}), and there are more steps"
        return StepResult(
            step=step,
            exit=None if broken else status,
            seconds=seconds,
            screen=render_screen(without_driver(bytes(watch.output)), columns=COLUMNS, rows=ROWS),
            broken=broken,
            interrupted=interrupted,
        )


def without_driver(output: bytes) -> bytes:
    """What a terminal would have shown if the step had been typed: without the traces of `scripts/session.bash`.

    Under `set -x`, DEL stands for each level of calls, two of which are ours; and bash names the file of a step
    in a syntax error.
    """
    if b"\x7f" in output:
        output = re.sub(rb"\x7f\x7f\+ builtin \. [^\n]*\n", b"", output)
        output = re.sub(rb"\x7f\x7f(\x7f+)\+ ", lambda match: b"+" * len(match[1]) + b" ", output)
    return _STEP_FILE.sub(b"bash: ", output)


class _Watch:
    """What a running step has printed, and what is due next: a line to send, a signal, giving up."""

    def __init__(self, step: Step, timeout_s: float) -> None:
        options = step.options
        self.output = bytearray()
        self.why_ended: str | None = None
        self.stopped = False
        self.given_up = False
        self._timeout_s = timeout_s
        self._deadline = time.monotonic() + (options.stop_after_s or timeout_s)
        self._stop_after = options.stop_after_s is not None
        self._ladder = list(_LADDER)
        self._lines = list(_lines_to_send(step))
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
                self.why_ended = f"too much output: more than {MOST_OUTPUT >> 20} MiB"
                self._deadline = 0.0
            self._dropped += max(0, len(self.output) - (320 << 10))
            del self.output[256 << 10 : max(256 << 10, len(self.output) - (64 << 10))]
            self._searched = self._seen = self._answered = 0

    def pause(self) -> float:
        """Seconds until something may be due."""
        now = time.monotonic()
        until = self._deadline - now
        if self._lines:
            until = min(until, self._last_output + _SILENCE_S - now)
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
        """The next line of `send`, when its prompt stands there or nothing has come for a second."""
        if not self._lines:
            return None
        pattern, text = self._lines[0]
        fresh = bytes(self.output[self._seen :])
        silent = time.monotonic() - self._last_output >= _SILENCE_S
        asked = bool(pattern.search(fresh)) if pattern else bool(fresh and _PROMPT.search(fresh)) or silent
        if not asked:
            return None
        self._lines.pop(0)
        self._seen = len(self.output)
        self._last_output = time.monotonic()
        return text

    def due_signal(self) -> str | None:
        """The next signal for a step that is past its time, gentle ones first."""
        if time.monotonic() < self._deadline:
            return None
        if not self._ladder:
            self.given_up = True
            return None
        signal, wait_s = self._ladder.pop(0)
        self._deadline = time.monotonic() + wait_s
        if self._stop_after and signal == "INT" and self.why_ended is None:
            self.stopped = True
            self._deadline = time.monotonic() + 2
        elif self.why_ended is None:
            self.why_ended = self._why()
        return signal

    def _why(self) -> str:
        if self._stop_after:
            return "stop-after: Ctrl-C did not end it"
        return f"timeout: no end after {self._timeout_s:g} s"


def _lines_to_send(step: Step) -> Sequence[tuple[re.Pattern[bytes] | None, str]]:
    send = step.options.send
    if send == "rest":
        return [(None, line) for line in split_first_command(step.script)[1].split("\n") if line.strip()]
    return [(re.compile(pattern.encode()) if pattern else None, text) for pattern, text in send]
