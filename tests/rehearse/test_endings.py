"""How rehearsals end in a real terminal, and what they leave."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.containers import our_containers, stage_containers
from support.mortal_engine import MortalEngine
from support.projects import quarterdeck
from support.rehearsals import rehearsal_of
from support.tmux import Tmux
from support.waiting import wait_until

Start = Callable[..., None]

PROMPT = r"^# Step {}\n\$( \d:\d\d|\Z|\n)"


def end_by_keys(tmux: Tmux, _: int) -> None:
    tmux.press("q", "q")


def end_by_ctrl_c(tmux: Tmux, pid: int) -> None:
    def pressed_until_it_ended() -> bool:
        if "sleep 100" in tmux.screen or "Step" in tmux.screen:
            tmux.press("C-c")
        time.sleep(0.5)
        return not Path(f"/proc/{pid}").exists()

    wait_until(pressed_until_it_ended)


def end_by_term(_: Tmux, pid: int) -> None:
    os.kill(pid, signal.SIGTERM)


def end_by_int(_: Tmux, pid: int) -> None:
    os.kill(pid, signal.SIGINT)


@pytest.mark.parametrize(
    ("end", "running"),
    [
        (end_by_keys, False),
        (end_by_ctrl_c, False),
        (end_by_term, False),
        (end_by_int, False),
        (end_by_keys, True),
        (end_by_ctrl_c, True),
        (end_by_term, True),
        (end_by_int, True),
    ],
)
def test_the_terminal_is_left_as_it_was(
    start: Start, tmux: Tmux, engine: Any, end: Callable[[Tmux, int], None], running: bool
) -> None:
    """After each ending, also while a step runs: the same settings, a cursor, and no container."""
    before = tmux.run("stty -g")
    start("sleep 100", record=False)
    if running:
        tmux.press("n", "n")
        tmux.wait_for("sleep 100")

        def left() -> bool:
            if "the keys are yours" not in tmux.screen:
                tmux.press("C-]")
                time.sleep(2)
            return "the keys are yours" in tmux.screen

        wait_until(left)
    pid = rehearsal_of(tmux)
    run = wait_until(lambda: runs_of(pid))
    end(tmux, pid)
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    assert tmux.run("stty -g") == before
    wait_until(lambda: not stage_containers(engine, run))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_what_was_performed_is_resumed(
    start: Start, tmux: Tmux, tmp_path: Path, engine: Any, number: signal.Signals
) -> None:
    """Also after `kill -9`, by replay; and the rehearsal that was cut off is in the journal."""
    start()
    for word in ("is zero", "one zero"):
        tmux.press("n", "n")
        tmux.wait_for(f"^{word}$")
    tmux.wait_for(r"a-2 \(3/4\)")
    pid = rehearsal_of(tmux)
    run = wait_until(lambda: runs_of(pid))
    os.kill(pid, number)
    wait_until(lambda: not stage_containers(engine, run))
    tmux.type("stty sane; reset")
    tmux.type("quarterdeck rehearse a --type off --resume")
    tmux.wait_for(lambda screen: "# Step 2" in screen and "# Step 1" not in screen)
    tmux.press("n", "n")
    tmux.wait_for("^more$")
    tmux.press("q", "q")
    tmux.wait_for(r"\$\Z")
    assert len(quarterdeck("rehearse", "a", "--times", cwd=tmp_path).stdout.strip().split("\n")) >= 2


def test_without_an_engine_recordings_are_played(start: Start, tmux: Tmux) -> None:
    """The whole demo, and that there is no stage is said."""
    tmux.type("export DOCKER_HOST=unix:///nowhere")
    start()
    tmux.wait_for("no stage: no Docker engine answers")
    for text in ("is zero", "one zero", "more", "three"):
        tmux.press("n", "n")
        tmux.wait_for(rf"^{text}\n\(recorded\)")
    tmux.wait_for("the end")


def test_an_engine_that_dies_and_comes_back(start: Start, tmux: Tmux, engine: Any, mortal_engine: MortalEngine) -> None:
    """Recordings are played from the step on that was running; when the engine is back, steps are run again.

    What was being started when it died is gone at the end, too.
    """
    tmux.type(f"clear; export DOCKER_HOST={mortal_engine.address}")
    start("X=set; echo zero", "sleep 5; echo one", "echo two", "echo three $X", options="--type off")
    tmux.press("n", "n")
    tmux.wait_for("a-0: as recorded")
    tmux.press("n", "n")
    tmux.wait_for(r"^\$ sleep 5; echo one$")
    mortal_engine.die()
    screen = tmux.wait_for(r"^# Step 2\n\$\n")
    assert screen.split("\n")[:-1] == [
        "A demo", "# Step 0", "$ X=set; echo zero", "zero", "# Step 1", "$ sleep 5; echo one", "one", "(recorded)",
        "# Step 2", "$",
    ]  # fmt: skip
    assert re.fullmatch(r" 0:\d\d  a-2 \(3/4\)  no stage: .*; recordings are played", screen.split("\n")[-1])
    tmux.press("n", "n")
    screen = tmux.wait_for(r"^two\n\(recorded\)\n# Step 3")
    assert screen.count("no stage") == 1
    mortal_engine.start()
    tmux.wait_for(lambda screen: "no stage" not in screen)
    tmux.press("n", "n")
    screen = tmux.wait_for("a-3: as recorded")
    assert screen.split("\n")[10:-1] == ["two", "(recorded)", "# Step 3", "$ echo three $X", "three set"]
    pid = rehearsal_of(tmux)
    tmux.press("q", "q")
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
    wait_until(lambda: not our_containers(engine, pid))


def test_suspend_and_come_back(start: Start, tmux: Tmux) -> None:
    """Ctrl-Z stops it with the terminal as it was; `fg` shows the step again."""
    before = tmux.run("stty -g")
    start()
    tmux.press("C-z")
    tmux.wait_for("Stopped")
    assert tmux.run("stty -g") == before
    tmux.type("fg")
    tmux.wait_for(PROMPT.format(0))
    tmux.press("n", "n")
    tmux.wait_for("^is zero$")


def runs_of(pid: int) -> str | None:
    """The run whose reaper is a child of the process *pid*."""
    done = subprocess.run(["pgrep", "-a", "-P", str(pid)], capture_output=True, text=True, check=False)
    runs = [line.rpartition("quarterdeck.run=")[2] for line in done.stdout.split("\n") if "quarterdeck.run=" in line]
    return runs[0] if runs else None
