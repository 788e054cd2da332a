"""Rehearsals in a real terminal, on stages of a real engine: every key."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from support.tmux import Tmux
from support.waiting import wait_until

Start = Callable[..., None]

PROMPT = r"^# Step {}\n\$( \d:\d\d|\Z|\n)"


def test_first_press_types_and_second_runs(start: Start, tmux: Tmux) -> None:
    """The audience sees title, caption, command and output; the line below says how it went."""
    start(options="--type pace")
    assert tmux.screen.split("\n")[:3] == ["A demo", "# Step 0", "$"]
    tmux.press("Space")
    tmux.wait_for(r"^\$ X=zero; e")
    tmux.press("n")
    tmux.wait_for(r"^\$ X=zero; echo is \$X$")
    tmux.press("Enter")
    screen = tmux.wait_for("as recorded")
    assert screen.split("\n")[:5] == ["A demo", "# Step 0", "$ X=zero; echo is $X", "is zero", "# Step 1"]
    assert "a-1 (2/4)  a-0: as recorded" in screen


def test_typing_key_by_key(start: Start, tmux: Tmux) -> None:
    """With `--type keys` each key types a character of the command, whatever key it is."""
    start(options="--type keys")
    tmux.press("n", "a", "q", "p")
    tmux.wait_for(r"^\$ X=ze$")
    tmux.press("Enter")
    tmux.wait_for(r"^\$ X=zero; echo is \$X$")


FORWARD = ("Enter", "Space", "Right", "NPage", "Down", "n")
BACK = ("Left", "PPage", "Up", "p")


def test_forward_and_back(start: Start, tmux: Tmux) -> None:
    """All keys of clickers and slide tools; back shows the step again, and its output is the same."""
    start(*(f"echo {number} >>f; cat f" for number, _ in enumerate(FORWARD)), options="--type off", record=False)

    def shows(number: int) -> None:
        tmux.wait_for(lambda screen: re.findall(r"^# Step (\d)$", screen, re.MULTILINE)[-1:] == [str(number)])

    for number, key in enumerate(FORWARD):
        shows(number)
        tmux.press(key)
        tmux.wait_for(rf"^\$ echo {number} >>f; cat f$")
        tmux.press(key)
        tmux.wait_for("".join(rf"^{line}\n" for line in range(number + 1)) if number else "^0$")
    tmux.wait_for("the end")
    for number, key in zip((5, 4, 3, 2), BACK, strict=True):
        tmux.press(key)
        tmux.wait_for(lambda screen: "cat f\n0" not in screen)
        shows(number)
    tmux.press("n", "n")
    tmux.wait_for("cat f\n0\n1\n2\n")


def test_skip_jump_and_find(start: Start, tmux: Tmux) -> None:
    """`s` leaves a step out, `g` jumps to a number, a name or text; what is not there is said."""
    start()
    tmux.press("s")
    tmux.wait_for("^# Step 1$")
    tmux.press("g", "3", "Enter")
    tmux.wait_for("^# Step 2$")
    tmux.press("n", "n")
    tmux.wait_for("^more$")
    tmux.press("g")
    tmux.type("step 0")
    tmux.wait_for("^# Step 0$")
    tmux.press("g")
    tmux.type("nowhere")
    tmux.wait_for("no step 'nowhere'")


def test_help_and_blank_cover_the_screen(start: Start, tmux: Tmux) -> None:
    """Any key uncovers it, and does nothing else."""
    start()
    before = tmux.screen.split("\n")[:3]
    for key, claim in (
        ("?", "list the keys"),
        ("b", r"\A *\d:\d\d|\A\Z"),
        (".", r"\A *\d:\d\d|\A\Z"),
        ("d", "nothing differs"),
    ):
        tmux.press(key)
        tmux.wait_for(claim)
        tmux.press("n")
        tmux.wait_for(lambda screen: screen.split("\n")[:3] == before)


@pytest.mark.parametrize("key", ["r", "o"])
def test_recorded_output_is_marked(start: Start, tmux: Tmux, key: str) -> None:
    """In place of running the step; later steps find what it would have done."""
    start()
    tmux.press(key)
    tmux.wait_for(r"is zero\n\(recorded\)")
    tmux.press("n", "n")
    tmux.wait_for("^one zero$")


def test_go_on_stops_where_something_is_wrong(start: Start, tmux: Tmux) -> None:
    """`c` runs step after step; where one fails, the presenter is in control again."""
    start("echo fine", "false; echo no; exit_with() { return 3; }; exit_with", "echo last", record=False)
    tmux.press("c")
    tmux.wait_for("FAILED exit status 3")
    tmux.press("n", "n")
    tmux.wait_for("^last$")


def test_the_shell_of_the_demo(start: Start, tmux: Tmux) -> None:
    """`!` opens it: it knows the demo's variables, and what is done there stays; Ctrl-D and `exit` come back."""
    start()
    tmux.press("n", "n")
    tmux.wait_for("as recorded")
    for leave in ("C-d", "exit"):
        tmux.press("!")
        tmux.wait_for("the demo's shell")
        tmux.type("echo typed $X; X=changed")
        tmux.wait_for("^typed (zero|changed)$")
        if leave == "exit":
            tmux.type(leave)
        else:
            tmux.press(leave)
        tmux.wait_for(lambda screen: "the demo's shell" not in screen)
    tmux.press("n", "n")
    tmux.wait_for("^one changed$")


def test_a_program_owns_the_keys(start: Start, tmux: Tmux) -> None:
    """All of them but the chord; what goes on below is another size after the window has one."""
    start("bash --norc --noprofile -i; echo back", "echo after", record=False)
    tmux.press("n", "n")
    tmux.wait_for(r"^bash\S+[#$]$")
    tmux.type("echo q q n; stty size")
    tmux.wait_for(r"^q q n\n29 100$")
    tmux.resize(90, 20)

    def fits() -> bool:
        tmux.type("stty size")
        time.sleep(0.5)
        return "19 90" in tmux.screen

    wait_until(fits)
    tmux.press("C-]")
    tmux.wait_for("the keys are yours")
    tmux.press("C-]")
    tmux.type("")
    tmux.type("exit")
    tmux.wait_for("^back$")


def test_keys_do_not_wait_for_the_next_step(start: Start, tmux: Tmux) -> None:
    """A presenter who presses forward while a step runs does not type into what comes after it."""
    start("sleep 3; echo slept", "read -r -p 'name? ' NAME; echo [$NAME]", record=False)
    tmux.press("n", "n", "n", "Space", "Enter", "PPage")
    tmux.wait_for("^slept$")
    tmux.press("n", "n")
    tmux.wait_for(r"^name\?")
    tmux.type("Ada")
    tmux.wait_for(r"^\[Ada\]$")


def test_forward_stops_what_ends_with_ctrl_c_only(start: Start, tmux: Tmux) -> None:
    """Once it has run for its `stop-after`; an impatient press before that does not, and Ctrl-C is no failure."""
    start("#@ stop-after: 6s\necho begun; sleep 600", "#@ stop-after: 1h\necho two; sleep 600", record=False)
    tmux.press("n", "n", "n")
    assert "sleep 600\nbegun" in tmux.wait_for("^begun$")
    assert "not recorded" not in tmux.wait_for("after 6 s, forward stops it")

    def stopped() -> bool:
        if "# Step 1" not in tmux.screen:
            tmux.press("NPage")
        time.sleep(0.5)
        return "# Step 1" in tmux.screen

    wait_until(stopped)
    assert "a-0: not recorded" in tmux.screen
    tmux.press("g", "2", "Enter", "n", "n")
    tmux.wait_for("^two$")
    tmux.press("C-c")
    tmux.wait_for("a-1: not recorded")


def test_resize_keeps_the_presenters_line(start: Start, tmux: Tmux) -> None:
    """Down to 20 x 5 and up again."""
    start()
    for columns, rows in ((20, 5), (60, 12), (140, 40)):
        tmux.resize(columns, rows)
        tmux.wait_for(lambda screen: screen.split("\n")[-1].lstrip()[:2] == "0:")
    tmux.press("n", "n")
    tmux.wait_for("^is zero$")
