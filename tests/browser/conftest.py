"""Pages of the browser that note what goes wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.browser import watched_page


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page without a network."""
    with watched_page(browser) as page:
        yield page


@pytest.fixture
def online_page(browser: Any) -> Iterator[Any]:
    """A page with a network, for sites that this machine serves."""
    with watched_page(browser, offline=False) as page:
        yield page
