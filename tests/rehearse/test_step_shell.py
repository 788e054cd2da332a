"""`quarterdeck shell DEMO --at STEP`: a terminal in the middle of a demo."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from docker.errors import APIError

from support.containers import our_containers
from support.demo_projects import demo, write_demos
from support.projects import quarterdeck
from support.tmux import Tmux
from support.waiting import wait_until

STEPS = demo("X=zero", "echo 1 >file", "echo never >>file")


def test_lines_of_a_pipe_run_where_the_demo_is(engine: Any, tmp_path: Path) -> None:
    """The steps before have been run, in the same bash; that step and those after it have not."""
    write_demos(tmp_path, {"a": STEPS})
    done = quarterdeck("shell", "a", "--at", "2", cwd=tmp_path, input="echo $X $(cat file)\n")
    assert (done.returncode, "zero 1" in done.stdout, "never" in done.stdout) == (0, True, False)


def test_a_terminal_where_the_demo_is(engine: Any, tmux: Tmux, tmp_path: Path) -> None:
    """With the size of the window; Ctrl-D ends it, and the window is as it was."""
    write_demos(tmp_path, {"a": STEPS})
    before = tmux.run("stty -g")
    tmux.type("clear; echo begun; quarterdeck shell a --at 1")
    tmux.wait_for(r"^begun\n(.*\n)*\$ ?\Z")
    tmux.type("echo $X; stty size; ls file")
    tmux.wait_for(r"^zero\n30 100\nls: ")
    tmux.press("C-d")
    wait_until(lambda: not children(tmux.pid))
    assert tmux.run("stty -g") == before


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("a", "--at", "sett"), "'a' has no step 'sett' to stop at", "did you mean"),
        (("a", "--at", "7"), "'a' has no step '7' to stop at", "known: 1, 2, set"),
        (("--at", "1"), "--at needs a demo", "quarterdeck shell DEMO --at 1"),
    ],
)
def test_wrong_steps(tmp_path: Path, arguments: tuple[str, ...], message: str, hint: str) -> None:
    """An error with a hint; needs no engine."""
    write_demos(tmp_path, {"a": STEPS.replace("# Step 0", "# Step 0 {#set}")})
    done = quarterdeck("shell", *arguments, cwd=tmp_path)
    assert (done.returncode, message in done.stderr, hint in done.stderr) == (2, True, True), done.stderr


def test_a_stage_that_goes_away(engine: Any, tmp_path: Path) -> None:
    """An error, not the end of the shell."""
    write_demos(tmp_path, {"a": STEPS})
    command = [sys.executable, "-m", "quarterdeck", "shell", "a", "--at", "1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("echo begun; sleep 600\n")
        process.stdin.flush()
        process.stdin.close()
        while "begun\n" not in (line := process.stdout.readline()) or "echo" in line:
            assert line
        for container in engine.containers.list(filters={"id": list(our_containers(engine, process.pid))}):
            with suppress(APIError):  # its stage is being removed already
                container.kill()
        assert process.wait(60) == 3
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def children(pid: int) -> str:
    """The processes that *pid* has started and that run, a line each."""
    return subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
