"""The world: a project with a demo of every verdict, made once for all tests here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.pytest_world import write_world


@pytest.fixture(scope="session")
def world(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of that project. Nobody writes into it."""
    return write_world(tmp_path_factory.mktemp("world"))
