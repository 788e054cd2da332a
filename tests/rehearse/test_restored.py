"""The terminal is as it was, however a rehearsal ends; see `tests/benchmarks/rehearsal_endings.py` for more of it."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from support.containers import our_containers
from support.demo_projects import demo, write_demos
from support.endings import ENDINGS, MOMENTS, STEPS, end_rehearsal
from support.mortal_engine import MortalEngine
from support.pty_window import PtyWindow
from support.waiting import wait_until


@pytest.mark.parametrize(("ending", "moment"), [(name, MOMENTS[n % len(MOMENTS)]) for n, name in enumerate(ENDINGS)])
def test_the_terminal_is_restored(
    engine: Any, mortal_engine: MortalEngine, tmp_path: Path, ending: str, moment: str
) -> None:
    """Its settings, a cursor, the usual screen, no mouse; and no container stays."""
    write_demos(tmp_path, {"a": demo(*STEPS)})
    command = [sys.executable, "-m", "quarterdeck", "rehearse", "a", "--type", "off"]
    with PtyWindow(command, tmp_path, DOCKER_HOST=mortal_engine.address) as window:
        assert end_rehearsal(window, mortal_engine, ending, moment, Random(ending)) == [], window.text[-500:]
    wait_until(lambda: not our_containers(engine, window.process.pid))
