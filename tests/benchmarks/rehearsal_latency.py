"""How quick a rehearsal is: `python tests/benchmarks/rehearsal_latency.py`.

Drives `quarterdeck rehearse` in a terminal, and measures from the key to the bytes that it causes: the first output of
a step, echo in an interactive program, going back to the twin, and the first step of the next demo. Then the time that
the process and its children take while nothing happens. Prints medians; only those have limits.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.demo_projects import demo, write_demos
from support.projects import ROOT
from support.pty_window import PtyWindow

LIMITS_MS = {"output": 50, "echo": 30, "back": 100, "output after back": 50, "next demo": 50}
"""From the key to the first byte that it causes, in milliseconds."""
MOST_AT_REST = 1.0
"""Percent of one core."""
REST_S = 10.0
_PAUSE_S = 4.0
"""Seconds in which a twin catches up, and the next stage comes up: with nothing else to do, it takes one."""


def main() -> int:
    """0 when every median is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="how often each is measured")
    rounds = parser.parse_args().rounds
    within = True
    for name, seconds in measure(rounds).items():
        median, most = statistics.median(seconds) * 1000, max(seconds) * 1000
        print(f"{name:<20}{median:6.1f} ms, at most {most:6.1f} (limit {LIMITS_MS[name]})", flush=True)
        within = within and median <= LIMITS_MS[name]
    percent = measure_rest()
    print(f"{'at rest':<20}{percent:6.2f} % of one core (limit {MOST_AT_REST})")
    return 0 if within and percent <= MOST_AT_REST else 1


def measure(rounds: int) -> Mapping[str, list[float]]:
    """Seconds from a key to what it causes, by what was measured."""
    steps = [f"echo out-$((1000 + {number}))" for number in range(rounds)]
    with rehearsing({"a": demo(*steps)}, "a") as window:
        outputs = [run_step(window, f"out-{1000 + number}") for number in range(rounds)]
    with rehearsing({"a": demo("PS1='ready> ' bash --norc --noprofile -i")}, "a", "--twin", "off") as window:
        echoes = measure_echo(window, rounds)
    with rehearsing({"a": demo("echo out-$((1000 + 0))", "echo out-$((1000 + 1))")}, "a") as window:
        run_step(window, "out-1000")
        backs, outputs_after = measure_back(window, rounds)
    demos = {f"d{number}": demo(f"echo out-$((1000 + {number}))") for number in range(rounds + 1)}
    with rehearsing(demos, "talk", "--twin", "off") as window:
        run_step(window, "out-1000")
        next_demos = []
        for number in range(1, rounds + 1):
            time.sleep(_PAUSE_S)
            window.press(b"n")
            time.sleep(0.1)
            next_demos.append(run_step(window, f"out-{1000 + number}"))
    return {
        "output": outputs,
        "echo": echoes,
        "back": backs,
        "output after back": outputs_after,
        "next demo": next_demos,
    }


def measure_echo(window: PtyWindow, rounds: int) -> list[float]:
    """From a key to its echo in a shell inside a step."""
    window.press(b"nn")
    window.wait_for(rb"ready> ")
    echoes = []
    for number in range(rounds):
        time.sleep(0.1)
        letter = b"QWXYZ"[number % 5 :][:1]
        echoes.append(latency(window, letter, letter))
    return echoes


def measure_back(window: PtyWindow, rounds: int) -> tuple[list[float], list[float]]:
    """From the key that goes back to the prompt, and from the key that runs the step again to its output."""
    backs, outputs = [], []
    for _ in range(rounds):
        outputs.append(run_step(window, "out-1001"))
        time.sleep(_PAUSE_S)
        start = len(window.text)
        backs.append(latency(window, b"p", rb"\A(?s:.*)# Step 1(?s:.*)\$\x1b\[0m "))
        if b"preparing" in window.text[start:]:
            raise RuntimeError("the twin was not ready")
    return backs, outputs[1:] or outputs


def run_step(window: PtyWindow, output: str) -> float:
    """Type and run a step; from the second key to its output."""
    start = len(window.text)
    window.press(b"n")
    window.wait_for(rb"echo out", start)
    time.sleep(0.1)
    seconds = latency(window, b"n", output.encode())
    window.wait_for(rb"as recorded|not recorded", start)
    return seconds


def latency(window: PtyWindow, key: bytes, pattern: bytes) -> float:
    """Seconds from *key* to what it causes."""
    start = len(window.text)
    at = window.press(key)
    return window.wait_for(pattern, start) - at


def measure_rest() -> float:
    """Percent of one core that a rehearsal takes while nothing happens; its containers are not counted."""
    with rehearsing({"a": demo("echo out-$((1000 + 0))", "echo last")}, "a") as window:
        run_step(window, "out-1000")
        time.sleep(2 * _PAUSE_S)
        before, began = processor_s(window.process.pid), time.monotonic()
        time.sleep(REST_S)
        return 100 * (processor_s(window.process.pid) - before) / (time.monotonic() - began)


def processor_s(pid: int) -> float:
    """Seconds of processor time of a process and its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return own + sum(map(processor_s, children))


@contextmanager
def rehearsing(demos: Mapping[str, str], name: str, *options: str) -> Iterator[PtyWindow]:
    """A rehearsal whose stage is ready; `talk` is a deck of all demos' first steps."""
    command = [sys.executable, "-m", "quarterdeck", "rehearse", name, "--type", "off", *options]
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        root = write_demos(Path(folder), demos)
        slides = "\n---\n".join(f"# Slide\n\n<!-- include: {demo}-0.command -->\n" for demo in demos)
        (root / "slides" / "talk.md").write_text(slides)
        (root / "slides" / "talk.yaml").write_text("slides: [talk.md]\n")
        with PtyWindow(command, root, PYTHONPATH=str(ROOT / "build")) as window:
            window.wait_for(rb"# Step 0")
            time.sleep(2 * _PAUSE_S)
            yield window


if __name__ == "__main__":
    sys.exit(main())
