"""Casts of rehearsals, in asciinema's own player."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.browser import watched_page
from support.casts import make_page
from support.demo_projects import demo, record_once, write_demos
from support.front_end import fetch_packages
from support.projects import quarterdeck


def test_a_cast_plays_to_its_end(engine: Any, browser: Any, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """With a marker for each step, named like it, and the commands and outputs on its screen."""
    write_demos(tmp_path, {"a": demo("echo one", "printf '\\e[32mgreen\\e[0m\\n'", "echo last $((40 + 2))")})
    record_once(tmp_path)
    done = quarterdeck("rehearse", "a", "--auto", "--cast", "a.cast", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert pytestconfig.cache is not None
    page_file = make_page(tmp_path, (tmp_path / "a.cast").read_text("utf-8"), fetch_packages(pytestconfig.cache))
    with watched_page(browser) as page:
        page.goto(page_file.as_uri())
        page.wait_for_function("seen.ended", timeout=60_000)
        assert page.evaluate("seen.markers") == ["a-0", "a-1", "a-2"]
        screen = page.locator(".ap-term").inner_text()
        assert [line for line in ("# Step 0", "echo one", "one", "green", "last 42") if line not in screen] == []
        box = page.locator(".ap-term").bounding_box()
        assert box["width"] > 1000
        assert page.wrong == []
