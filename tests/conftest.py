"""Fixtures for all tests: projects of a few files, a real engine, a real browser.

Without an engine or a browser, the tests that need one are skipped, with the reason; with `CI=true` they fail.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from quarterdeck.base.errors import StageError
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.lease import RunLease
from support.browser import ARGUMENTS, find_chromium
from support.projects import ROOT, MakeProject
from support.tmux import Tmux

settings.register_profile("quarterdeck", deadline=None)  # how long an example takes depends on who else is working
settings.load_profile("quarterdeck")

SLOW = ({"wheel"}, {"engine", "browser"})
"""Fixtures of the tests that take longest, because they wait for other processes; those of the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start slow tests first, so that no worker is left alone with them at the end of a run."""
    items.sort(key=lambda item: [fixtures.isdisjoint(getattr(item, "fixturenames", ())) for fixtures in SLOW])
    # Tests that fork must run before any that use a browser, whose driver leaves threads behind.
    items.sort(
        key=lambda item: "browser" in getattr(item, "fixturenames", ()) and item.get_closest_marker("alone") is not None
    )


def pytest_collection_finish() -> None:
    """What was collected stays: the collector of garbage need not look through it again and again."""
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """A function that writes files into a new project folder and returns its path."""

    def make(files: dict[str, str]) -> Path:
        (tmp_path / "slides").mkdir(exist_ok=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path

    return make


@pytest.fixture(scope="session")
def engine() -> Any:
    """A client of the machine's Docker engine."""
    try:
        return Engine().connect()
    except StageError as error:
        _missing(f"these tests need a Docker engine: {error}")


@pytest.fixture(scope="session")
def stage_image(engine: Any) -> str:
    """The tag of the built-in stage's image, built if it is missing."""
    from quarterdeck.base.project import load_project
    from quarterdeck.live.engine.images import find_stage_image

    return find_stage_image(engine, load_project(ROOT), print)


@pytest.fixture(scope="session")
def lease(engine: Any) -> Iterator[RunLease]:
    """The run of this process's tests on that engine."""
    with RunLease(Engine()) as lease:
        yield lease


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, headless, with a canvas of 1920 x 1080; from Playwright."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        _missing("these tests need a Chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """A window of tmux of 100 x 30 characters, with a bash in it."""
    if shutil.which("tmux") is None:
        _missing("these tests need tmux")
    with Tmux(tmp_path) as window:
        yield window


def _missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
