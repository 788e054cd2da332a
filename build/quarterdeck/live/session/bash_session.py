"""A session: one interactive bash through one demo, on a terminal of the stage.

The bash is truly interactive: its `PROMPT_COMMAND` reads which file to source next (`scripts/session.bash`), so
Ctrl-C, `set -u`, aliases and error messages are as on a presenter's terminal. The status of a step ends its output, in
a control sequence with a random word. Rejected: a new bash for each step (1.2 ms each and no shared state), typing into
the terminal (echo, and lines cut at 4,095 characters), fixed marks in the output (spoofed by `cat`), a stream for
statuses (it overtakes the output, which then needs a mark all the same, and takes a third more time).
"""

from __future__ import annotations

import select
from functools import partial

from quarterdeck.base.errors import StageError
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.recording import StepResult
from quarterdeck.live.engine.exec import ExecProcess
from quarterdeck.live.process import ANSWER_S, read_pieces
from quarterdeck.live.session.driver import Driver
from quarterdeck.live.session.step_run import Ended, StepRun
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import working_folder
from quarterdeck.witness.evidence import Request
from quarterdeck.witness.http import parse_log_line
from quarterdeck.witness.witnesses import Witnesses

ENVIRONMENT = {
    "HOME": "/home/demo",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "xterm-256color",
    **dict.fromkeys(("PAGER", "GIT_PAGER", "MANPAGER", "SYSTEMD_PAGER"), "cat"),
    "LESS": "FRX",
}
"""The environment of every demo: the same on all machines."""

_READER = """
exec 3</run/quarterdeck/registry.log
while read -r word; do cat <&3; printf '%s\\n' "$word"; done
"""


class Session:
    """One bash through the steps of one demo; `place_files` comes before."""

    def __init__(self, stage: Stage, demo: Demo) -> None:
        """Start the bash and wait until it takes steps.

        Raises:
            StageError: It does not.
        """
        self._stage = stage
        self._demo = demo
        self._driver = Driver(stage, demo, ENVIRONMENT)
        self._witnesses = Witnesses(lambda: AccessLog(stage), self._ask_stage)
        self._last = [step for step in demo.steps if step.script and not step.options.skip][-1]

    @property
    def ended(self) -> bool:
        """Whether the shell is gone, and with it all that later steps could build on."""
        return self._driver.terminal.ended

    def start(self, step: Step, timeout_s: float | None, *, attended: bool = False) -> StepRun:
        """Start *step*, when the step before has ended; it is ended after *timeout_s* seconds, if that is not None.

        *attended*: a person and a real terminal are there. Lines of `send` and the Ctrl-C of `stop-after` are left to
        the person, and queries of the terminal's state to the terminal.
        """
        if self._driver.staircase:
            self._driver.reset_terminal()
        plan = self._witnesses.prepare(step)
        judge = partial(self._witnesses.judge, step, plan)
        last = step.number == self._last.number
        return StepRun(self._driver, step, plan, judge, last=last, timeout_s=timeout_s, attended=attended)

    def run(self, step: Step, timeout_s: float) -> StepResult:
        """Run *step* to its end, or end it after *timeout_s* seconds or `OUTPUT_LIMIT` bytes."""
        run = self.start(step, timeout_s)
        while True:
            readable, _, _ = select.select(run.sources, [], [], run.pause_s())
            for event in run.poll(readable):
                if isinstance(event, Ended):
                    return event.result

    @property
    def size(self) -> tuple[int, int]:
        """The rows and columns of the terminal."""
        return self._driver.size

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of the terminal, in characters."""
        self._driver.resize(rows, columns)

    def close(self, *, with_stage: bool = False) -> None:
        """End the bash and what it has started. The working folder stays for the demo that comes after.

        *with_stage*: the stage is removed next, and ends them.
        """
        self._driver.close(with_stage=with_stage)
        self._witnesses.close()

    def _ask_stage(self, line: str) -> str:
        """The output of a line of POSIX shell in the demo's folder; empty if the stage does not answer."""
        folder = working_folder(self._stage, self._demo)
        try:
            return self._stage.run("sh", "-c", line, workdir=folder, environment=ENVIRONMENT)[1]
        except StageError:
            return ""


class AccessLog:
    """A reader of the registry's access log.

    The registry writes a line before it sends the end of a short answer, and errors are short. So an error that a
    client has received is in the log, and no request of ours is needed to know that the log is complete.
    """

    def __init__(self, stage: Stage) -> None:
        """Start a reader in the registry's container, and skip what has been logged so far.

        Raises:
            StageError: The registry's container does not answer.
        """
        self._stream = ExecProcess(stage.registry, ["sh", "-c", _READER], terminal=False)
        self._number = 0
        self.read()

    def read(self) -> tuple[Request, ...]:
        """The requests with status 400 or above since the last call, in order. Takes half a millisecond."""
        self._number += 1
        end = f"end-{self._number}\n"
        self._stream.write(end.encode())
        text = ""
        for piece in read_pieces(self._stream, ANSWER_S):
            text += piece.decode("utf-8", "replace")
            if text.endswith(end):
                break
        requests = map(parse_log_line, text.split("\n"))
        return tuple(request for request in requests if request is not None and request.status >= 400)

    def close(self) -> None:
        """End the reader."""
        self._stream.close()
