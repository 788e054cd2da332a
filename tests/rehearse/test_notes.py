"""Rehearsals in two real terminals: the audience's and the presenter's."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.rehearse.notes_socket import FOLDER
from support.demo_projects import NO_ENGINE, record_once, write_demos
from support.tmux import Tmux

DEMO = """# A demo

# Zero
echo zero

# One
echo one; cat /tmp/drift 2>/dev/null || touch /tmp/drift

# Two
#@ optional: true
sleep 1; echo two

# Three
#@ send: ["Ada"]
read -p 'name? ' NAME; echo "[$NAME]"
"""
SLIDES = """# First

<!-- include: a-0.command -->
<!-- include: a-1.command -->

Note:
Say **hello**.

---

# Second

<!-- include: a-2.command -->
<!-- include: a-3.command -->

Note:
Say *goodbye*.
"""
LINE = re.compile(r"^ \d:\d\d  ", re.MULTILINE)
"""The presenter's line in the audience's terminal."""


@pytest.fixture(scope="module")
def recordings() -> dict[str, bytes]:
    """By its second step, the recording of the demo; to record it takes a stage."""
    return {}


@pytest.fixture
def talk(engine: Any, tmp_path: Path, recordings: dict[str, bytes]) -> Callable[..., None]:
    """A function that writes and records a deck `talk`, with options of its demo's second step."""

    def write(deck: str = "slides: [talk.md]\n", one: str = "echo one") -> None:
        write_demos(tmp_path, {"a": DEMO.replace(DEMO.split("# One\n")[1].split("\n")[0], one)}, NO_ENGINE)
        (tmp_path / "slides" / "talk.md").write_text(SLIDES)
        (tmp_path / "slides" / "talk.yaml").write_text(deck)
        recording = tmp_path / "commands" / "a.recording.yaml"
        if one in recordings:
            recording.write_bytes(recordings[one])
        else:
            record_once(tmp_path)
            recordings[one] = recording.read_bytes()

    return write


def process_of(tmux: Tmux) -> int:
    """The process of quarterdeck in a window."""
    done = subprocess.run(["pgrep", "-P", str(tmux.pid), "-f", "rehearse"], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


def sockets(root: Path) -> list[Path]:
    """The files of sockets in a project."""
    return list((root / FOLDER).glob("*"))


def test_a_talk_in_two_terminals(talk: Callable[..., None], tmux: Tmux, tmp_path: Path) -> None:
    """Notes come first, are killed and come back; the rehearsal ends and starts again; the audience sees the deck."""
    talk()
    notes = tmux.beside(80, 24)
    before = notes.run("stty -g")
    notes.type("quarterdeck rehearse --notes")
    notes.wait_for("waiting for a rehearsal")
    tmux.type("quarterdeck rehearse talk --type off --twin off")
    screen = notes.wait_for(r"^now   Zero$")
    assert "First\nSay hello." in screen
    assert "now   Zero\n      $ echo zero\n      zero\nnext  One\n      $ echo one" in screen
    assert "slide 1/2   step 1/4" in screen.split("\n")[0]
    tmux.wait_for(lambda screen: screen == "First\n# Zero\n$")
    tmux.press("n", "n")
    notes.wait_for(r"^last  ✓ a-0  as recorded, \d\.\d s$")
    notes.wait_for(r"^now   One$")
    tmux.press("n", "n")
    notes.wait_for(r"^now   Two   optional   on the next slide$")
    assert "Say hello." in notes.screen
    tmux.press("n")
    screen = notes.wait_for("Say goodbye")
    assert "Say hello" not in screen
    assert "next  Three" in screen

    os.kill(process_of(notes), signal.SIGKILL)
    tmux.wait_for(LINE.search)
    notes.type(f"stty {before}; clear; quarterdeck rehearse --notes talk")
    notes.wait_for(r"^now   Two   optional$")
    tmux.wait_for(lambda screen: not LINE.search(screen))
    tmux.press("n", "n")
    screen = notes.wait_for(r"^now   Three$")
    assert "      type: Ada" in screen
    tmux.press("n", "n")
    notes.wait_for(r"^now   Three   runs$")
    tmux.wait_for(r"^name\?")
    tmux.type("Ada")
    notes.wait_for("^now   the end$")

    tmux.press("q")
    notes.wait_for("press it again to quit")
    tmux.press("q")
    notes.wait_for("the rehearsal has ended")
    tmux.wait_for(r"\$\Z")
    assert sockets(tmp_path) == []
    tmux.type("clear; quarterdeck rehearse talk --type off --twin off")
    notes.wait_for(r"^now   Zero$")
    notes.press("q", "q")
    tmux.wait_for(LINE.search)
    assert notes.run("stty -g") == before


def test_drift_is_shown_to_the_presenter_only(talk: Callable[..., None], tmux: Tmux) -> None:
    """The verdict with the masked diff; it is gone when the presenter goes back."""
    talk(one="echo one; uname -s; date +%s%N | md5sum | tr a-f q-v")
    notes = tmux.beside()
    tmux.type("quarterdeck rehearse talk --type off --twin off")
    tmux.wait_for("^# Zero$")
    notes.type("quarterdeck rehearse --notes talk")
    notes.wait_for(r"^now   Zero$")
    tmux.press("n", "n")
    tmux.wait_for("^# One$")
    tmux.press("n", "n")
    screen = notes.wait_for(r"^last  ≠ a-1  2 lines differ$")
    assert re.search(r"^        Linux\n      - \w+  -\n      \+ \w+  -$", screen, re.MULTILINE)
    assert "differ" not in tmux.screen
    tmux.press("p")
    notes.wait_for(lambda screen: "now   One" in screen and "differ" not in screen)


def test_what_is_late_and_what_to_leave_out(talk: Callable[..., None], tmux: Tmux) -> None:
    """In the notes terminal by name; in the line of a single terminal as a sum."""
    talk("slides: [talk.md]\nduration: 1s\n")
    tmux.type("quarterdeck rehearse talk --type off --twin off")
    tmux.wait_for(r"^ \d:\d\d  \d:\d\d late \(1 optional step to leave out: 0:01\)  a-0 \(1/4\)")
    notes = tmux.beside()
    notes.type("quarterdeck rehearse --notes")
    screen = notes.wait_for(r"^late: leave out a-2 \(0:01\)$")
    assert re.match(r"\d:\d\d   \d:\d\d late ", screen)


def test_the_line_stays_where_it_is_asked_for(talk: Callable[..., None], tmux: Tmux) -> None:
    """With `--notes=line` beside a notes terminal, and with `--notes=off` never; small terminals are a warning."""
    talk()
    notes = tmux.beside()
    tmux.resize(90, 25)
    for mode in ("line", "off"):
        tmux.type(f"clear; quarterdeck rehearse talk --type off --twin off --notes={mode}")
        tmux.wait_for("^# Zero$")
        notes.type("quarterdeck rehearse --notes")
        notes.wait_for("! the audience's terminal has 90 x 25 characters, less than 100 x 30")
        tmux.press("n", "n")
        notes.wait_for("^now   One$")
        assert bool(LINE.search(tmux.screen)) == (mode == "line")
        tmux.press("q", "q")
        notes.wait_for("the rehearsal has ended")
        notes.press("q", "q")
        notes.wait_for(r"\$\Z")
        tmux.wait_for(r"\$\Z")


def test_a_stopped_notes_terminal_holds_nothing_up(talk: Callable[..., None], tmux: Tmux) -> None:
    """The rehearsal goes on; when the notes terminal goes on, too, it shows where the rehearsal is."""
    talk(one="seq 1 20000")
    notes = tmux.beside()
    tmux.type("quarterdeck rehearse talk --type keys")
    notes.type("quarterdeck rehearse --notes talk")
    notes.wait_for(r"^now   Zero$")
    pid = process_of(notes)
    os.kill(pid, signal.SIGSTOP)
    for _ in range(15):
        for _ in range(30):
            tmux.press("?", "n")
        tmux.press("n", "Enter")
        tmux.wait_for(r"^\$ echo zero$")
        tmux.press("Enter")
        tmux.wait_for("^zero$")
        tmux.wait_for("^# One$")
        tmux.press("p")
        tmux.wait_for(lambda screen: "# Zero" in screen and "zero\n" not in screen)
    tmux.press("n", "Enter", "Enter")
    tmux.wait_for("^# One$")
    assert "now   Zero" in notes.screen
    os.kill(pid, signal.SIGCONT)
    notes.wait_for(r"^now   One$")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_notes_terminal_is_left_as_it_was(talk: Callable[..., None], tmux: Tmux, number: signal.Signals) -> None:
    """Its settings, its cursor and what it showed before, also when it is ended while it waits."""
    talk()
    before = tmux.run("stty -g")
    tmux.type("clear; echo here before; quarterdeck rehearse --notes talk")
    tmux.wait_for("waiting for a rehearsal")
    os.kill(process_of(tmux), number)
    tmux.wait_for(r"here before\n(interrupted\n)?\$\Z")
    assert tmux.run("stty -g") == before
