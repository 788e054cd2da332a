"""The world: a project with a demo of every verdict, made once for all tests here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.files import locked
from support.pytest_world import write_world


@pytest.fixture(scope="session")
def world(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of that project. Nobody writes into it; workers of pytest-xdist have copies of the same."""
    root = tmp_path_factory.mktemp("world")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return write_world(root)
    first = tmp_path_factory.getbasetemp().parent / "first-world"
    with locked(first.with_suffix(".lock")):
        if not first.is_dir():
            write_world(root).rename(first)
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(first, root)
    return root
