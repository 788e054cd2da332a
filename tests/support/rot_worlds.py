"""Copies of recorded demos in which things are no longer as they were: what `rot/rot.yaml` says, made on disk.

Rot that shows in other steps shares a copy, since each copy is a stage of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROT = Path(__file__).resolve().parents[1] / "runner" / "rot"
DEMOS = tuple(sorted(path.stem for path in ROT.glob("*/*.demo")))


@dataclass(frozen=True)
class Rot:
    """One thing that is no longer as it was: an entry of `rot.yaml`, which explains its keys."""

    what: str
    demo: str
    why: str
    verdicts: dict[str, str]
    """By step, what `check` must say."""
    at: str = ""
    tools: dict[str, str] = field(default_factory=dict)
    edit: tuple[str, str] | None = None
    files: dict[str, str] = field(default_factory=dict)
    recording: tuple[str, str] | None = None
    unrecorded: bool = False
    new: str = ""

    @property
    def alone(self) -> bool:
        """Whether another change in its copy could be what is noticed."""
        return self.unrecorded or set(self.verdicts.values()) <= {"NEW"}

    def goes_with(self, other: Rot) -> bool:
        """Whether both show in one copy, each in its own steps."""
        if self.alone or other.alone or self.demo != other.demo or bool(self.edit) != bool(other.edit):
            return False
        return not (self.verdicts.keys() & other.verdicts.keys() or self.tools.keys() & other.tools.keys())


@dataclass
class Copy:
    """A copy of a demo, with all that has rotted in it."""

    number: int
    demo: str
    rot: list[Rot] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its folder in `commands/`."""
        return f"rot-{self.number}"

    @property
    def path(self) -> str:
        """The demo's file in the project."""
        return f"commands/{self.name}/{self.demo}.demo"

    @property
    def text(self) -> str:
        """The demo as it stands there."""
        text = (ROT / self.demo / f"{self.demo}.demo").read_text("utf-8")
        for rot in self.rot:
            text = _replace(text, rot.edit) if rot.edit else text
        return text

    def expected(self, steps: Sequence[str]) -> dict[str, str]:
        """By step the verdict; a step that says itself what must hold needs no recording and is never NEW."""
        expected = dict.fromkeys(steps, "PASSED")
        for new in (rot.new for rot in self.rot if rot.new):
            first = 0 if new == "all" else steps.index(new.removeprefix("after ")) + 1
            expected |= {step: "NEW" for step in steps[first:] if step not in ("show", "launch")}
        for rot in self.rot:
            expected |= rot.verdicts
        return expected

    def place(self, rot: Rot) -> str:
        """`path:line: ` of the first line that *one* may be about; empty where that is said of the whole step."""
        if not rot.at:
            return ""
        lines = self.text.split("\n")
        number = next(index for index, line in enumerate(lines, 1) if line.startswith(rot.at))
        return f"{self.path}:{number}: "

    def write(self, commands: Path) -> None:
        """Make it in *commands*, beside the demo as it was recorded."""
        folder = commands / self.name
        shutil.copytree(commands / self.demo, folder)
        (folder / f"{self.demo}.demo").write_text(self.text, "utf-8")
        recording = folder / f"{self.demo}.recording.yaml"
        text = _replace(recording.read_text("utf-8"), (f"demo: {self.demo}/", f"demo: {self.name}/"))
        for rot in self.rot:
            text = _replace(text, rot.recording) if rot.recording else text
            for file, content in rot.files.items():
                (folder / file).write_text(content, "utf-8")
        recording.write_text(text, "utf-8")
        if any(rot.unrecorded for rot in self.rot):
            recording.unlink()

    def write_tools(self, world: Path) -> None:
        """The other programs of its world, where `rot/image/astray` looks for them."""
        for tools in (rot.tools for rot in self.rot):
            for name, script in tools.items():
                tool = world / f"{self.name}-{self.demo}" / name.replace("/", "?")
                tool.parent.mkdir(exist_ok=True)
                tool.write_text(f"#!/bin/bash\n{script}\n", "utf-8")
                tool.chmod(0o755)


def load_rot() -> list[Rot]:
    """All of the corpus."""
    entries: list[dict[str, Any]] = yaml.safe_load((ROT / "rot.yaml").read_text("utf-8"))
    return [Rot(**entry, unrecorded=entry.get("recording", entry) is None) for entry in entries]


def pack(corpus: Sequence[Rot]) -> list[Copy]:
    """As few copies as hold all of it, each thing in the first in which nothing else hides it."""
    copies: list[Copy] = []
    for rot in corpus:
        for copy in copies:
            if all(rot.goes_with(other) for other in copy.rot):
                break
        else:
            copy = Copy(len(copies), rot.demo)
            copies.append(copy)
        copy.rot.append(rot)
    return copies


def _replace(text: str, change: tuple[str, str]) -> str:
    before, after = change
    assert before in text, before
    return text.replace(before, after)
