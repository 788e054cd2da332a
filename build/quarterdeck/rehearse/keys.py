"""The keys of a rehearsal: what a terminal sends, and what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum


class Action(Enum):
    """What a key does, with the sentence of the help."""

    FORWARD = "type the command; run it"
    BACK = "go back to before the last step"
    AGAIN = "run the last step again"
    SKIP = "leave the step out"
    JUMP = "jump to a step: a number, a name, or text"
    GO_ON = "go on by itself until something is wrong"
    RECORDING = "play the recorded output instead"
    AT_ONCE = "show the recorded output at once"
    SHELL = "open the demo's shell; Ctrl-D comes back"
    BLANK = "blank the screen; any key comes back"
    EDIT = "edit the command; Enter keeps it, Escape gives it up"
    DIFF = "show what differs from the recording"
    HELP = "list the keys"
    QUIT = "quit, when pressed twice"
    INTERRUPT = "press Ctrl-C in the step that runs; quit otherwise, when pressed twice"
    SUSPEND = "suspend; `fg` comes back"
    NOTHING = ""


KEYS: Mapping[str, Action] = {
    "enter": Action.FORWARD, "space": Action.FORWARD, "right": Action.FORWARD, "page-down": Action.FORWARD,
    "down": Action.FORWARD, "n": Action.FORWARD,
    "left": Action.BACK, "page-up": Action.BACK, "up": Action.BACK, "p": Action.BACK,
    "a": Action.AGAIN, "s": Action.SKIP, "g": Action.JUMP, "c": Action.GO_ON,
    "r": Action.RECORDING, "o": Action.AT_ONCE, "!": Action.SHELL, ".": Action.BLANK, "b": Action.BLANK,
    "e": Action.EDIT, "d": Action.DIFF, "?": Action.HELP, "q": Action.QUIT,
    "ctrl-c": Action.INTERRUPT, "ctrl-z": Action.SUSPEND,
    "escape": Action.NOTHING, "f5": Action.NOTHING,
}  # fmt: skip
"""By the names of keys. Escape and F5 are what clickers send to start and end a slide show; they do no harm."""

LEAVE = b"\x1d"
"""Ctrl-], the chord that takes the keys from a program; pressed twice, it goes to the program."""

_CODES = {
    b"\r": "enter", b"\n": "enter", b" ": "space", b"\x03": "ctrl-c", b"\x1a": "ctrl-z", b"\x7f": "backspace",
    b"\x08": "backspace", b"\x1b": "escape", b"\x01": "ctrl-a", b"\x04": "ctrl-d", b"\x05": "ctrl-e",
    b"\x0b": "ctrl-k", b"\x15": "ctrl-u", b"\x17": "ctrl-w",
    b"\x1b[A": "up", b"\x1b[B": "down", b"\x1b[C": "right", b"\x1b[D": "left",
    b"\x1bOA": "up", b"\x1bOB": "down", b"\x1bOC": "right", b"\x1bOD": "left",
    b"\x1b[5~": "page-up", b"\x1b[6~": "page-down", b"\x1b[H": "home", b"\x1b[F": "end", b"\x1bOH": "home",
    b"\x1bOF": "end", b"\x1b[1~": "home", b"\x1b[4~": "end", b"\x1b[3~": "delete", b"\x1b[15~": "f5", b"\x1b[[E": "f5",
}  # fmt: skip
_KEY = re.compile(rb"\x1b\[\[[A-E]|\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|[\xc0-\xff][\x80-\xbf]*|.", re.DOTALL)


def split_keys(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The keys in *data*: name (the character itself where it has none, empty where it is unknown) and bytes."""
    for match in _KEY.finditer(data):
        code = match[0]
        text = code.decode("utf-8", "replace")
        yield _CODES.get(code, text if text.isprintable() else ""), code


def help_lines() -> list[str]:
    """The keys and what they do, a line for each action."""
    names: dict[Action, list[str]] = {}
    for name, action in KEYS.items():
        names.setdefault(action, []).append(name)
    lines = [f"{' '.join(names[action]):<36}{action.value}" for action in names if action.value]
    return [*lines, f"{'ctrl-]':<36}take the keys from the program that runs; twice: send it"]
