"""Rehearsals in a real terminal, on stages of a real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.demo_projects import demo, write_demos
from support.mortal_engine import MortalEngine
from support.projects import quarterdeck
from support.tmux import Tmux

Start = Callable[..., None]


@pytest.fixture
def mortal_engine(engine: Any) -> Iterator[MortalEngine]:
    """The machine's engine, which can die for those who ask this one."""
    with MortalEngine() as mortal:
        yield mortal


STEPS = ("X=zero; echo is $X", "echo one $X", "echo two; echo more", "echo three")


@pytest.fixture
def start(engine: Any, tmux: Tmux, tmp_path: Path) -> Start:
    """A function that starts a rehearsal of a demo `a` with these steps."""

    def begin(*steps: str, options: str = "--type off", record: bool = True) -> None:
        write_demos(tmp_path, {"a": demo(*(steps or STEPS))})
        if record:
            assert quarterdeck("record", cwd=tmp_path).returncode == 0
        tmux.type(f"quarterdeck rehearse a {options}")
        tmux.wait_for("^# Step 0$")

    return begin
