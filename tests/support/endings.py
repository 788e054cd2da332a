"""How rehearsals end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from random import Random

from support.mortal_engine import MortalEngine
from support.pty_window import PtyWindow
from support.waiting import wait_until

PATIENCE_S = 120
Ending = Callable[[PtyWindow, MortalEngine], None]


def _press_until_it_ends(window: PtyWindow, keys: bytes) -> None:
    def ended() -> bool:
        if window.process.poll() is None:
            window.press(keys)
            time.sleep(0.5)
        return window.process.poll() is not None

    wait_until(ended, PATIENCE_S)


def _quit(window: PtyWindow, _: MortalEngine) -> None:
    _press_until_it_ends(window, b"\x1dqq")


def _press_ctrl_c(window: PtyWindow, _: MortalEngine) -> None:
    _press_until_it_ends(window, b"\x03")


def _kill_with(number: signal.Signals) -> Ending:
    def kill(window: PtyWindow, _: MortalEngine) -> None:
        os.kill(window.process.pid, number)

    return kill


def _close_window(window: PtyWindow, _: MortalEngine) -> None:
    window.close()


def _lose_engine(window: PtyWindow, engine: MortalEngine) -> None:
    engine.die()

    def lost() -> bool:
        window.press(b"n")  # where nothing runs, it is noticed when something is to
        time.sleep(0.5)
        return b"no stage" in window.text

    wait_until(lost, PATIENCE_S)
    _press_until_it_ends(window, b"qq")


def _make_tiny(window: PtyWindow, _: MortalEngine) -> None:
    start = len(window.text)
    window.resize(20, 5)
    os.killpg(window.process.pid, signal.SIGWINCH)
    window.wait_for(rb"\x1b\[1;4r", start, PATIENCE_S)  # the rows of programs; in one, nothing else of ours is drawn
    _press_until_it_ends(window, b"\x1dqq")


ENDINGS: Mapping[str, Ending] = {
    "q q": _quit,
    "Ctrl-C": _press_ctrl_c,
    "TERM": _kill_with(signal.SIGTERM),
    "INT": _kill_with(signal.SIGINT),
    "HUP": _kill_with(signal.SIGHUP),
    "closed window": _close_window,
    "dead engine": _lose_engine,
    "20 x 5": _make_tiny,
}
"""Each by its name; what is pressed is pressed again until the rehearsal has ended."""
MOMENTS = ("at the prompt", "while a step runs", "in a program", "at any moment")


def end_rehearsal(window: PtyWindow, engine: MortalEngine, ending: str, moment: str, random: Random) -> list[str]:
    """End the rehearsal in *window* at *moment*, and wait for the end; what of the terminal is not as it was.

    The rehearsal is of a demo with the steps of `STEPS`, without typing.
    """
    if moment == "at any moment":
        time.sleep(random.uniform(0.3, 4.0))
    else:
        window.wait_for(rb"# Step 0", timeout_s=PATIENCE_S)
    if moment == "while a step runs":
        window.press(b"nn")
        window.wait_for(rb"begun\r\n", timeout_s=PATIENCE_S)
    elif moment == "in a program":
        window.press(b"ss")
        window.wait_for(rb"# Step 2", timeout_s=PATIENCE_S)
        window.press(b"nn")
        window.wait_for(rb"\x1b\[\?1049h", timeout_s=PATIENCE_S)
    ENDINGS[ending](window, engine)
    try:
        window.process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        return ["still runs"]
    if ending == "closed window":
        return []
    return [*window.unsettled, *([] if window.settings == window.before else ["settings"])]


STEPS = ("echo begun; sleep 100", "echo second", "watch date")
"""One that runs, one that ends, and one that has a screen of its own."""
