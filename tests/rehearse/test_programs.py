"""Interactive programs inside steps: they own the terminal, and it is as before when they have ended."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from support.rehearsals import rehearsal_of
from support.tmux import Tmux
from support.waiting import wait_until

Start = Callable[..., None]
MOST_MEMORY = 300 << 10
"""KiB of memory for a rehearsal."""


def program_lines(screen: str) -> list[str]:
    """The screen without the presenter's line."""
    return [line for line in screen.split("\n") if not re.match(r" \d+:\d\d  ", line)]


def leave_and_return(tmux: Tmux, inside: str) -> None:
    """The chord takes the keys, which is said below, and any key gives them back; *inside* is on the screen."""
    tmux.press("C-]")
    tmux.wait_for("the keys are yours")
    tmux.press("x")
    tmux.wait_for(lambda screen: "the keys are yours" not in screen and re.search(inside, screen, re.MULTILINE))


def press_until(tmux: Tmux, key: str, claim: Callable[[str], bool]) -> None:
    """Press *key* until *claim* holds for the screen: a program that has just started may not take it yet."""

    def holds() -> bool:
        if not (held := claim(tmux.screen)):
            tmux.press(key)
            time.sleep(1)
        return held

    wait_until(holds)


def test_less(start: Start, tmux: Tmux) -> None:
    """Pages by its own keys, in the size that the window has; what it showed stays, as LESS=X asks for."""
    start("seq 200 >f; less f", "echo after", record=False)
    tmux.press("n", "n")
    tmux.wait_for(lambda screen: program_lines(screen) == [*map(str, range(1, 29)), "f"])
    press_until(tmux, "Space", lambda screen: program_lines(screen) == [*map(str, range(29, 57)), ":"])
    tmux.resize(100, 20)
    tmux.wait_for(lambda screen: program_lines(screen)[-3:] == ["45", "46", ":"])
    leave_and_return(tmux, "^46$")
    tmux.press("q")
    screen = tmux.wait_for("not recorded")
    assert program_lines(screen)[-2:] == ["# Step 1", "$"]
    tmux.press("n", "n")
    tmux.wait_for(r"^\$ echo after\nafter$")


def test_vi(start: Start, tmux: Tmux) -> None:
    """Has a screen of its own, in the size of the window; afterwards the one before it is back."""
    start("vim f", "cat f", record=False)
    before = program_lines(tmux.screen)
    tmux.press("n", "n")
    tmux.wait_for(lambda screen: screen.count("~") > 20 and "# Step 0" not in screen)
    tmux.press("i")
    tmux.type("hello")
    tmux.type("from vi")
    tmux.press("Escape")
    tmux.wait_for("^hello\nfrom vi$")
    rows = tmux.screen.count("~")
    tmux.resize(80, 20)
    tmux.wait_for(lambda screen: 0 < screen.count("~") < rows - 5 and "from vi" in screen)
    leave_and_return(tmux, "from vi")
    tmux.press("Escape")
    tmux.type(":wq")
    screen = tmux.wait_for("not recorded")
    assert program_lines(screen) == [*before[:-1], "$ vim f", "# Step 1", "$"]
    tmux.press("n", "n")
    tmux.wait_for(r"^\$ cat f\nhello\nfrom vi$")


def test_top_and_watch(start: Start, tmux: Tmux) -> None:
    """Go on until their own keys end them; the prompt after them is at the left, and the line is below."""
    start("top -d 1", "watch -n 1 'echo watched; tput cols'", "echo after", record=False)
    tmux.press("n", "n")
    tmux.wait_for("PID USER")
    leave_and_return(tmux, "PID USER")
    tmux.press("q")
    screen = tmux.wait_for("^# Step 1$")
    assert program_lines(screen)[-2:] == ["# Step 1", "$"]
    tmux.press("n", "n")
    tmux.wait_for(r"^Every 1.0s: echo watched")
    tmux.resize(90, 24)
    tmux.wait_for(r"^watched\n90$")
    tmux.press("C-c")
    screen = tmux.wait_for("^# Step 2$")
    assert "Every 1.0s" not in screen
    assert program_lines(screen)[-2:] == ["# Step 2", "$"]
    tmux.press("n", "n")
    tmux.wait_for(r"^\$ echo after\nafter$")


def test_docker_run(start: Start, tmux: Tmux) -> None:
    """A shell in a container of the stage has the keys, and the window's size."""
    make = "tar -c -C /usr/bin busybox | docker import - box >/dev/null; docker run -it --rm box /busybox sh"
    start(make, "echo after", record=False, settings="")
    tmux.press("n", "n")
    tmux.wait_for(r"^/ #$")
    tmux.type("echo in $((40 + 2)); /busybox stty size")
    tmux.wait_for(r"^in 42\n29 100$")
    leave_and_return(tmux, "^in 42$")
    tmux.type("exit")
    tmux.wait_for("^# Step 1$")
    tmux.press("n", "n")
    tmux.wait_for("^after$")


def test_programs_never_get_the_mouse(start: Start, tmux: Tmux) -> None:
    """Selecting text with it works as usual; colours are the program's."""
    modes = r"printf '\e[?1000h\e[?1;1002h\e[?10'; sleep 0.3; printf '03h\e[31mred\e[0m '; read -p 'go? '"
    start(modes, record=False)
    tmux.press("n", "n")
    tmux.wait_for(r"^red go\?")
    assert not tmux.has_mouse


def test_ctrl_c_ends_the_command_only(start: Start, tmux: Tmux) -> None:
    """The step fails with 130, and the rehearsal goes on."""
    start("echo begun; sleep 100", "echo after", record=False)
    tmux.press("n", "n")
    tmux.wait_for("^begun$")
    press_until(tmux, "C-c", lambda screen: "# Step 1" in screen)
    tmux.wait_for("FAILED exit status 130")
    tmux.press("n", "n")
    tmux.wait_for(r"^\$ echo after\nafter$")


def test_long_output_blocks_no_key(start: Start, tmux: Tmux) -> None:
    """It scrolls, and the next step can be run at once."""
    start("seq 20000", "echo after", record=False)
    tmux.press("n", "n")
    screen = tmux.wait_for("^# Step 1$")
    assert program_lines(screen)[-4:] == ["19999", "20000", "# Step 1", "$"]
    tmux.press("n", "n")
    tmux.wait_for("^after$")


def test_output_without_end_does_not_freeze_it(start: Start, tmux: Tmux) -> None:
    """While they pour, keys are taken within moments, and memory stays bounded."""
    start(f"yes {'y' * 98} | head -c 2G", "echo after", record=False)
    tmux.press("n", "n")
    tmux.wait_for("^y{98}\ny{98}$")
    pid = rehearsal_of(tmux)
    wait_until(lambda: int(Path(f"/proc/{pid}/io").read_text().split()[3]) > 30 << 20)
    memory = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0])
    assert memory < MOST_MEMORY
    tmux.press("C-]")
    tmux.wait_for("the keys are yours")
    tmux.press("q", "q")
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), timeout_s=30)
