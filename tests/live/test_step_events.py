"""A running step as a stream of events, on a real stage of each kind."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from quarterdeck.base.project import Project
from quarterdeck.demo.recording import Broken, Exited, Reason, StepResult
from quarterdeck.live.session.step_run import Ended, Printed, StepEvent, StepRun, Waiting
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.terminal.screen import render_screen
from support.sessions import Runner

PATIENCE_S = 60


class Watched:
    """A running step, and its events so far."""

    def __init__(self, run: StepRun) -> None:
        self.run = run
        self.events: list[StepEvent] = []

    @property
    def printed(self) -> bytes:
        """All bytes that have come."""
        return b"".join(event.data for event in self.events if isinstance(event, Printed))

    @property
    def result(self) -> StepResult | None:
        """The result, once the step has ended."""
        return next((event.result for event in self.events if isinstance(event, Ended)), None)

    def until_printed(self, text: bytes) -> None:
        """Take events until the step has printed *text*."""
        self._until(lambda: text in self.printed)

    def until_waiting(self) -> None:
        """Take events until a new one says that the step waits."""
        count = len(self.events)
        self._until(lambda: any(isinstance(event, Waiting) for event in self.events[count:]))

    def until_ended(self) -> StepResult:
        """Take all events; the result."""
        self._until(lambda: self.result)
        assert self.result is not None
        assert self.run.poll() == []
        return self.result

    def _until(self, claim: object) -> None:
        assert callable(claim)
        deadline = time.monotonic() + PATIENCE_S
        while not claim():
            assert time.monotonic() < deadline, self.events
            assert self.result is None, self.events
            select.select(self.run.sources, [], [], min(PATIENCE_S, self.run.pause_s() or PATIENCE_S))
            self.events += self.run.poll()


@pytest.fixture
def runner(stage: Stage, project: Project) -> Runner:
    """Runs steps on the stage."""
    return Runner(stage, project)


@contextmanager
def started(runner: Runner, step: str, timeout_s: float | None = None) -> Iterator[Watched]:
    """The one step of a demo, started as for a presenter."""
    session, demo = runner.open(step)
    try:
        yield Watched(session.start(demo.steps[0], timeout_s, attended=True))
    finally:
        session.close()


def test_output_comes_while_the_step_runs(runner: Runner) -> None:
    """The first bytes come long before the end, and each byte comes once."""
    with started(runner, "echo first; read; echo last") as step:
        step.until_printed(b"first\r\n")
        assert step.printed == b"first\r\n"
        step.until_waiting()
        step.run.send(b"\n")
        assert step.until_ended().screen == "first\n\nlast\n"
        assert step.printed == b"first\r\n\r\nlast\r\n"


def test_input_goes_to_the_program(runner: Runner) -> None:
    """A prompt is reported at once; what is sent is echoed and read; each wait is reported once."""
    with started(runner, "#@ send: [[name, Bob]]\nread -p 'name$ ' name; echo \"hello $name\"; read") as step:
        step.until_waiting()
        assert step.printed == b"name$ "
        step.run.send(b"Ada\n")
        step.until_printed(b"hello Ada\r\n")
        step.until_waiting()
        step.run.send(b"\n")
        assert step.until_ended().screen == "name$ Ada\nhello Ada\n"
        assert [type(event) for event in step.events].count(Waiting) == 2


def test_a_change_of_size_is_seen(runner: Runner) -> None:
    """By the program that runs, and by later steps, also where the terminal was reset in between."""
    session, demo = runner.open("stty size; read; stty size", "stty raw; printf 'a\\nb\\n'", "stty size")
    step = Watched(session.start(demo.steps[0], None, attended=True))
    step.until_printed(b"30 100\r\n")
    step.run.resize(41, 123)
    step.run.send(b"\n")
    assert step.until_ended().screen == "30 100\n\n41 123\n"
    session.run(demo.steps[1], 20)
    assert session.run(demo.steps[2], 20).screen == "41 123\n"
    session.close()


def test_an_interrupt_ends_the_command(runner: Runner) -> None:
    """As Ctrl-C does on a keyboard: the step has status 130, and the shell lives on.

    The program itself says that it has begun: Ctrl-C while bash starts a program is lost, on a keyboard too.
    """
    session, demo = runner.open("sh -c 'echo begun; exec sleep 600'", "echo next")
    step = Watched(session.start(demo.steps[0], None, attended=True))
    step.until_printed(b"begun\r\n")
    step.run.interrupt()
    assert step.until_ended().ending == Exited(130)
    assert session.run(demo.steps[1], 20).screen == "next\n"
    session.close()


def test_a_persons_interrupt_is_that_of_stop_after(runner: Runner) -> None:
    """The step ends as expected, whenever the Ctrl-C comes, and what it prints afterwards does not count."""
    with started(
        runner, "#@ stop-after: 1s\nsh -c 'trap \"echo late; exit 130\" INT; echo begun; while :; do sleep 0.1; done'"
    ) as step:
        step.until_printed(b"begun\r\n")
        step.run.interrupt()
        result = step.until_ended()
        assert (result.ending, result.screen) == (Exited(130, interrupted=True), "begun\n")


def test_an_interrupt_before_the_step_begins(runner: Runner) -> None:
    """It waits for that, so the order to run the step is not lost; and its echo is in no later step."""
    session, demo = runner.open(*["sleep 600"] * 8, "echo next")
    for number in range(8):
        step = Watched(session.start(demo.steps[number], None, attended=True))
        for _ in range(number % 3 + 1):
            step.run.send(b"\x03")
        deadline = time.monotonic() + PATIENCE_S
        while step.result is None and time.monotonic() < deadline:
            if not select.select(step.run.sources, [], [], 2.0)[0]:
                step.run.send(b"\x03")  # the first came while bash started the program, and was lost
            step.events += step.run.poll()
        assert step.result is not None, (number, step.events)
        assert step.result.ending == Exited(130)
        assert step.result.screen.replace("^C", "").strip() == ""
    assert session.run(demo.steps[8], 20).screen == "next\n"
    session.close()


def test_a_real_terminal_answers_queries(runner: Runner) -> None:
    """Where a person is there, nobody else answers what a program asks of the terminal."""
    ask = "IFS= read -rs -d R -p $'\\033[6n' answer; printf '%q\\n' \"$answer\""
    with started(runner, ask) as step:
        step.until_printed(b"\033[6n")
        step.until_waiting()
        step.run.send(b"\033[7;9R")
        assert step.until_ended().screen.strip() == "$'\\E[7;9'"


def test_a_shell_that_dies_ends_the_stream(runner: Runner) -> None:
    """The last event says what broke."""
    with started(runner, "echo bye; kill -9 $$") as step:
        result = step.until_ended()
        assert result.ending == Broken(Reason.SHELL_DIED, "the shell died (exit status 137)")
        assert step.printed == b"bye\r\n"


def test_a_timeout_is_one_of_the_ends(runner: Runner) -> None:
    """A limit that the caller sets holds for a person's step, too."""
    with started(runner, "sleep 600", timeout_s=0.5) as step:
        assert step.until_ended().ending == Broken(Reason.TIMEOUT, "timeout: no end after 0.5 s")


@pytest.mark.parametrize(
    "script",
    [
        "echo one; false",
        "seq 20000",
        "set -x; echo traced; { set +x; } 2>/dev/null",
        "echo )",
        "printf 'no line feed'",
        "printf '\\033_not a fence\\033'; sleep 0.1; printf '\\\\\\033[31mred\\033[0m\\n'",
        "trap 'echo $BASH_COMMAND' DEBUG; set | tail -n 3; set",
    ],
)
def test_a_stream_taken_whole_is_the_result(runner: Runner, script: str) -> None:
    """The bytes that came make the screen of the result, and that is the screen that `run` gives."""
    session, demo = runner.open(script, script)
    step = Watched(session.start(demo.steps[0], 20))
    result = step.until_ended()
    assert render_screen(step.printed, columns=100, rows=30) == result.screen
    assert [word for word in (b"__qd_", b"\033_q", b"\x7f") if word in step.printed] == []
    whole = session.run(demo.steps[1], 20)
    assert whole.ending == result.ending
    if "DEBUG" not in script:
        assert whole.screen == result.screen
    session.close()
