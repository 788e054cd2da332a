"""Editing a command before it is run, in a real terminal, on stages of a real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from quarterdeck.present.journal import FOLDER
from support.tmux import Tmux

Start = Callable[..., None]


def test_an_edited_command_is_what_runs(start: Start, tmux: Tmux, tmp_path: Path) -> None:
    """Now, and when the stage is replayed; it is not compared, later steps are, and the journal has it."""
    start("X=zero; echo is $X", "echo one $X", "echo two", "echo three", options="--type off")
    tmux.press("e")
    tmux.wait_for(r"^\$ X=zero; echo is \$X$")
    tmux.wait_for("Enter keeps the command")
    tmux.press("Home", "Right", "Right", "C-k")
    tmux.wait_for(r"^\$ X=$")
    tmux.type("changed; echo now $X")
    tmux.wait_for(r"^\$ X=changed; echo now \$X$")
    tmux.press("n")
    tmux.wait_for("^now changed$")
    tmux.wait_for(r"a-0: edited, \d\.\d s")
    tmux.press("n", "n")
    tmux.wait_for("^one changed$")
    tmux.wait_for("a-1: 2 lines differ")
    tmux.press("n", "n")
    tmux.wait_for("a-2: as recorded")
    tmux.press("p")
    tmux.wait_for(lambda screen: "# Step 2" in screen and "# Step 1" not in screen)
    tmux.press("g", "2", "Enter")
    tmux.wait_for("^# Step 1$")
    tmux.press("n", "n")
    tmux.wait_for("^one changed$")
    tmux.press("g", "0")
    tmux.press("BSpace")
    tmux.type("a-0")
    tmux.wait_for("^# Step 0$")
    tmux.press("n")
    tmux.wait_for(r"^\$ X=changed; echo now \$X$")
    tmux.press("q", "q")
    tmux.wait_for(r"\$\Z")
    (line,) = (tmp_path / FOLDER / "a.jsonl").read_text().splitlines()
    edited = [step for step in json.loads(line)["steps"] if step["verdict"] == "edited"]
    assert [step["script"] for step in edited] == ["X=changed; echo now $X\n"]
    tmux.type("clear; quarterdeck rehearse a --type off --resume")
    tmux.wait_for("^# Step 0$")
    tmux.press("n")
    tmux.wait_for(r"^\$ X=changed; echo now \$X$")


def test_escape_gives_the_edit_up(start: Start, tmux: Tmux) -> None:
    """The command is as it was, typed or not; a command that is emptied stays as it was, too."""
    start()
    tmux.press("e", "x", "y")
    tmux.wait_for(r"^\$ X=zero; echo is \$Xxy$")
    tmux.press("Escape")
    tmux.wait_for(r"^# Step 0\n\$\n")
    tmux.press("n", "e", "C-w", "z")
    tmux.wait_for(r"^\$ X=zero; echo is z$")
    tmux.press("Escape")
    tmux.wait_for(r"^\$ X=zero; echo is \$X$")
    tmux.press("e", "C-u", "Enter")
    tmux.wait_for("an empty command: it stays as it was")
    tmux.press("n")
    tmux.wait_for("^is zero$")


def test_commands_of_several_lines(start: Start, tmux: Tmux) -> None:
    """Up and down go from line to line; a line longer than the screen wraps, also after a new size."""
    long = "echo " + "x" * 120
    start(f"cat <<END\nfirst\nsecond\nEND\n{long}", record=False)
    tmux.press("n", "e", "Up", "Up", "Up", "End", "1")
    tmux.wait_for(r"^\$ cat <<END\n> first1\n> second\n> END\n\$ echo x+\nx+\n")
    tmux.resize(60, 20)
    tmux.wait_for(r"^\$ cat <<END\n> first1\n> second\n> END\n\$ echo x+\nx+\nx+\n")
    tmux.press("2", "Down", "Down", "Down", "End", "y")
    tmux.wait_for(r"^> first12\n> second\n> END\n\$ echo x+\nx+\nx+y\n")
    tmux.press("Enter")
    tmux.wait_for(lambda screen: "Enter keeps" not in screen)
    tmux.press("n")
    tmux.wait_for(r"^first12\nsecond\nx+\nx+\ny\n")
