"""Keys at moments at which a presenter should not press them, in a real terminal, on stages of a real engine."""

from __future__ import annotations

import re
from collections.abc import Callable

from support.tmux import Tmux

Start = Callable[..., None]

SLOW = "echo begun; sleep 4; echo slept"


def test_a_burst_acts_key_by_key(start: Start, tmux: Tmux) -> None:
    """Each key sees what those before it have done: back, then type and run what is there then."""
    start("echo run $RANDOM", "echo one", "echo two; echo more", "echo three", record=False)
    tmux.burst("n", "n")
    run = tmux.wait_for(r"^run \d+\n# Step 1$").split("\n")[3]
    tmux.burst("p", "n", "n")
    tmux.wait_for(
        lambda screen: run not in screen and re.match(r"[^\n]*\n# Step 0\n\$ echo run .*\nrun \d+\n# Step 1\n", screen)
    )
    tmux.burst("g", "3", "Enter", "n", "n")
    tmux.wait_for(r"\A[^\n]*\n# Step 2\n\$ echo two; echo more\ntwo\nmore\n# Step 3\n")


def test_back_and_forward_while_a_recording_is_played(start: Start, tmux: Tmux) -> None:
    """Back stops it, forward shows the rest at once; skipping and the shell wait for its end."""
    start("seq 1 2000 | xargs -n 40", "echo next")
    tmux.burst("r", "s", "!", "e", "p")
    tmux.wait_for(lambda screen: "# Step 0\n$\n" in screen)
    tmux.burst("r", "n")
    tmux.wait_for(r"2000\n\(recorded\)\n# Step 1\n")
    tmux.burst("p", "o", "d")
    tmux.wait_for("nothing differs")
    tmux.press("x")
    screen = tmux.wait_for(r"2000\n\(recorded\)\n# Step 1\n")
    assert screen.count("(recorded)") == 1


def test_recorded_colours_are_colours(start: Start, tmux: Tmux) -> None:
    """And not the characters that stand for them in a recording."""
    start("printf '\\033[1mbold\\033[0m\\n'")
    tmux.press("o")
    tmux.wait_for(r"^bold\n\(recorded\)$")


def test_what_covers_the_screen_does_not_hold_a_step_up(start: Start, tmux: Tmux) -> None:
    """What the step printed meanwhile, and the next prompt, are there afterwards."""
    start("echo begun; sleep 6; echo slept", "echo next", record=False)
    tmux.press("n", "n")
    tmux.wait_for("^begun$")
    notes = tmux.beside()
    notes.type("quarterdeck rehearse --notes")
    notes.wait_for("^now   Step 0   runs$")
    tmux.burst("C-]", "?")
    tmux.wait_for("list the keys")
    notes.wait_for("^now   Step 1$")
    assert "slept" not in tmux.screen
    assert "Step" not in tmux.screen
    tmux.press("x")
    tmux.wait_for(r"^begun\nslept\n# Step 1\n\$")


def test_a_place_to_jump_to_takes_text_only(start: Start, tmux: Tmux) -> None:
    """Other keys are no part of it; q quits nothing there; Ctrl-C, and Enter without any, give it up."""
    start()
    tmux.press("g", "Left", "C-z", "q", "q", "Home", "PPage")
    tmux.wait_for(r"go to: qq$")
    tmux.press("BSpace", "BSpace", "C-c")
    tmux.wait_for(lambda screen: "go to" not in screen)
    tmux.press("g", "Escape")
    tmux.press("n", "n")
    tmux.wait_for(r"a-1 \(2/4\)  a-0: as recorded")
    tmux.press("g")
    tmux.wait_for("go to:$")
    tmux.press("Enter")
    tmux.wait_for(lambda screen: "go to" not in screen)
    tmux.press("q")
    tmux.wait_for("press it again to quit")
    tmux.press("?")
    tmux.wait_for("list the keys")
    tmux.press("q")
    tmux.wait_for("^# Step 1$")
    tmux.press("q", "q")
    tmux.wait_for(r"\$\Z")


def test_again_where_nothing_was_performed(start: Start, tmux: Tmux) -> None:
    """It runs nothing; after a step, it runs that one."""
    start("echo run $RANDOM", "echo next", record=False)
    tmux.press("a")
    tmux.burst("d")
    tmux.wait_for("nothing differs")
    tmux.press("x")
    tmux.wait_for(r"^# Step 0\n\$\n")
    tmux.press("n", "n")
    tmux.wait_for("^run .*\n# Step 1$")
    tmux.press("a")
    tmux.wait_for(r"\A[^\n]*\n# Step 0\n\$ echo run \$RANDOM\nrun \d+\n# Step 1\n\$\n")


def test_a_step_behind_one_that_hangs(start: Start, tmux: Tmux) -> None:
    """The presenter learns why nothing happens, and plays the recording of this step, too."""
    start("sleep 1000", "echo next", record=False)
    tmux.press("n", "n", "C-]", "r")
    tmux.wait_for("a-0: recorded output")
    tmux.press("n", "n")
    tmux.wait_for("waiting for the stage; Ctrl-C ends what runs, Ctrl-] r plays the recording")
    tmux.press("C-]", "r")
    screen = tmux.wait_for("a-1: recorded output")
    assert "waiting for" not in screen


def test_suspend_while_a_step_runs(start: Start, tmux: Tmux) -> None:
    """The step goes on, and what it has printed is there after `fg`."""
    start(SLOW, "echo next", record=False)
    tmux.press("n", "n")
    tmux.wait_for("^begun$")
    tmux.burst("C-]", "C-z")
    tmux.wait_for("Stopped")
    tmux.type("fg")
    tmux.wait_for(r"^# Step 0\n\$ [^\n]*\nbegun\nslept\n# Step 1\n\$")
