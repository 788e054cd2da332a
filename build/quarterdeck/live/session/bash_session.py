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
from quarterdeck.demo.recording import Broken, Exited, Reason, StepResult
from quarterdeck.demo.silent_failures import Witnessed
from quarterdeck.live.session.access_log import AccessLog
from quarterdeck.live.session.driver import Driver
from quarterdeck.live.session.step_output import without_driver
from quarterdeck.live.session.step_run import Ended, RunEnd, StepRun
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import files_of, working_folder
from quarterdeck.terminal.job_notices import drop_stopped_jobs
from quarterdeck.terminal.screen import render_screen
from quarterdeck.witness.watch_plan import WatchPlan
from quarterdeck.witness.witnesses import ExitedStep, Witnesses

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
"""The environment of every demo: the same on all machines."""


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
        self._reset_needed = False

    @property
    def ended(self) -> bool:
        """Whether the shell is gone, and with it all that later steps could build on."""
        return self._driver.terminal.ended

    def start(self, step: Step, timeout_s: float | None, *, attended: bool = False) -> StepRun:
        """Start *step*, when the step before has ended; it is ended after *timeout_s* seconds, if that is not None.

        *attended*: a person and a real terminal are there. Lines of `send` and the Ctrl-C of `stop-after` are left to
        the person, and queries of the terminal's state to the terminal.
        """
        if self._reset_needed:
            self._driver.reset_terminal()
        plan = self._witnesses.prepare(step)
        finish = partial(self._finish, step, plan)
        return StepRun(self._driver, step, plan.line, self._stage.files, finish, timeout_s=timeout_s, attended=attended)

    def run(self, step: Step, timeout_s: float) -> StepResult:
        """Run *step* to its end, or end it after *timeout_s* seconds or `OUTPUT_LIMIT` bytes."""
        run = self.start(step, timeout_s)
        while True:
            readable, _, _ = select.select(run.sources, [], [], run.pause_s())
            for event in run.poll(readable):
                if isinstance(event, Ended):
                    return event.result

    def close(self) -> None:
        """End the bash and what it has started. The working folder stays for the demo that comes after."""
        self._driver.close()
        self._witnesses.close()

    def _ask_stage(self, line: str) -> str:
        """The output of a line of POSIX shell in the demo's folder; empty if the stage does not answer."""
        folder = working_folder(self._stage, self._demo)
        try:
            return self._stage.run("sh", "-c", line, workdir=folder, environment=ENVIRONMENT)[1]
        except StageError:
            return ""

    def _finish(self, step: Step, plan: WatchPlan, end: RunEnd) -> StepResult:
        """Make the result of *step*; note whether its terminal has to be reset."""
        output = end.output
        # Without translation of line ends, later lines would form a staircase.
        self._reset_needed = b"\n" in output.replace(b"\r\n", b"")
        if self._driver.woken:
            output = output.removesuffix(b"\r\n")
        ending = end.broken or self._ending(step, end)
        rows, columns = self._driver.size
        screen = render_screen(without_driver(output, self._stage.files), columns=columns, rows=rows)
        witnessed: tuple[Witnessed, ...] = ()
        if isinstance(ending, Exited):
            file = f"{files_of(self._stage, self._demo)}/{step.number}"
            exited = ExitedStep(ending.status, ending.interrupted, screen, end.notes, file)
            witnessed = self._witnesses.judge(step, plan, exited)
        else:
            # `scripts/end.sh` stops jobs for a moment, to end all of them.
            screen = drop_stopped_jobs(screen)
        return StepResult(step, ending, end.seconds, screen, witnessed)

    def _ending(self, step: Step, end: RunEnd) -> Exited | Broken:
        """How *step* ended, which nothing had to end but the Ctrl-C of `stop-after`."""
        status = end.status
        if status is None or (self.ended and status > 128):
            return Broken(Reason.SHELL_DIED, "the shell died" + (f" (exit status {status})" if status else ""))
        if self.ended and step is not self._last:
            detail = f"the step ended the shell (exit status {status}), and there are more steps"
            return Broken(Reason.SHELL_ENDED, detail)
        return Exited(status, end.interrupted)
