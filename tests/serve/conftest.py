"""Pages of Chromium with a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.browser import watched_page


@pytest.fixture(scope="module")
def shared_page(browser: Any) -> Iterator[Any]:
    """One page for all tests of a module."""
    with watched_page(browser, offline=False) as page:
        yield page
