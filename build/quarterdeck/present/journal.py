"""The journal of rehearsals: what was performed, how long it took and how it went; kept also after `kill -9`.

While a rehearsal runs, each event is a line of `NAME.running.jsonl`. At its end, or when the next one starts, these
lines become one line of `NAME.jsonl`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quarterdeck.base.files import save_text
from quarterdeck.present.running_order import Cue
from quarterdeck.present.wording import LEFT_OUT

FOLDER = Path(".quarterdeck") / "rehearsals"
"""Below the project's root; never committed."""


def file_stem(name: str) -> str:
    """The name of a deck or demo as a part of a file's name."""
    return name.replace("/", "-")


class Journal:
    """The journal of the rehearsal that runs."""

    def __init__(self, root: Path, name: str, started: str) -> None:
        """Begin a rehearsal; one that was killed is closed first.

        Args:
            root: The project's root.
            name: The name of the deck or demo.
            started: The time, in ISO format.
        """
        self._folder = root / FOLDER
        self._name = file_stem(name)
        self._started = started
        self._folder.mkdir(parents=True, exist_ok=True)
        self.close()
        self._append({"started": started})

    def performed(self, cue: Cue, seconds: float, verdict: str, elapsed_s: float, *, script: str | None = None) -> None:
        """Note how a step went: *verdict* is a word of `wording`, *script* its command if the presenter changed it."""
        changed = {} if script is None else {"script": script}
        self._note(cue, elapsed_s, seconds=round(seconds, 2), verdict=verdict, **changed)

    def skipped(self, cue: Cue, elapsed_s: float) -> None:
        """Note a step that was left out."""
        self._note(cue, elapsed_s, verdict=LEFT_OUT)

    def moved(self, position: int, elapsed_s: float) -> None:
        """Note that the cue *position* is next."""
        self._append({"position": position, "elapsed": round(elapsed_s, 1)})

    def close(self) -> None:
        """Turn the lines of the rehearsal that ran last into one."""
        lines = load_lines(self._running)
        if len(lines) > 1:
            earlier = load_lines(self._kept)
            # The first line is missing where another rehearsal of this name has closed the journal meanwhile.
            summary = {"started": lines[0].get("started", self._started), **summarise(lines)}
            save_text(self._kept, "".join(f"{json.dumps(line)}\n" for line in (*earlier, summary)))
        self._running.unlink(missing_ok=True)

    @property
    def _running(self) -> Path:
        return self._folder / f"{self._name}.running.jsonl"

    @property
    def _kept(self) -> Path:
        return self._folder / f"{self._name}.jsonl"

    def _note(self, cue: Cue, elapsed_s: float, **facts: Any) -> None:
        place = {"step": cue.name, "slide": cue.slide, "position": cue.index + 1}
        self._append({**place, **facts, "elapsed": round(elapsed_s, 1)})

    def _append(self, line: Mapping[str, Any]) -> None:
        with self._running.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")
            file.flush()
            os.fsync(file.fileno())


def summarise(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the lines of one rehearsal come to: its position, its time, and its steps."""
    steps = [
        {key: line[key] for key in ("step", "slide", "seconds", "verdict", "script", "elapsed") if key in line}
        for line in lines
        if "step" in line
    ]
    return {"position": lines[-1].get("position", 0), "elapsed": lines[-1].get("elapsed", 0.0), "steps": steps}


def load_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a journal; the last is left out if it was cut off when the machine went down."""
    lines = []
    for text in path.read_text("utf-8").split("\n") if path.is_file() else ():
        try:
            lines.append(json.loads(text))
        except ValueError:
            continue
    return lines


def last_rehearsal(root: Path, name: str) -> dict[str, Any] | None:
    """The rehearsal of *name* that was last, as `summarise` has it; None if there is none."""
    stem = file_stem(name)
    running = load_lines(root / FOLDER / f"{stem}.running.jsonl")
    if len(running) > 1:
        return summarise(running)
    kept = load_lines(root / FOLDER / f"{stem}.jsonl")
    return kept[-1] if kept else None


def past_rehearsals(root: Path, name: str) -> list[dict[str, Any]]:
    """All rehearsals of *name* that have ended, the first of them first."""
    return load_lines(root / FOLDER / f"{file_stem(name)}.jsonl")
