"""Rehearsals in a real terminal, on stages of a real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.demo_projects import NO_ENGINE, demo, record_once, write_demos
from support.mortal_engine import MortalEngine
from support.tmux import Tmux

Start = Callable[..., None]


@pytest.fixture
def mortal_engine(engine: Any) -> Iterator[MortalEngine]:
    """The machine's engine, which can die for those who ask this one."""
    with MortalEngine() as mortal:
        yield mortal


STEPS = ("X=zero; echo is $X", "echo one $X", "echo two; echo more", "echo three")


@pytest.fixture(scope="session")
def recording(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The recording of a demo `a` with STEPS, which takes a stage to make."""
    root = write_demos(tmp_path_factory.mktemp("recorded"), {"a": demo(*STEPS)})
    record_once(root)
    return (root / "commands" / "a.recording.yaml").read_bytes()


@pytest.fixture
def start(request: pytest.FixtureRequest, engine: Any, tmux: Tmux, tmp_path: Path) -> Start:
    """A function that starts a rehearsal of a demo `a` with these steps, or with STEPS; by default on one stage."""

    def begin(*steps: str, options: str = "--type off", record: bool = True, settings: str = NO_ENGINE) -> None:
        write_demos(tmp_path, {"a": demo(*(steps or STEPS))}, settings)
        if record and steps:
            record_once(tmp_path)
        elif record:
            (tmp_path / "commands" / "a.recording.yaml").write_bytes(request.getfixturevalue("recording"))
        tmux.type(f"quarterdeck rehearse a {options}")
        tmux.wait_for("^# Step 0$")

    return begin
