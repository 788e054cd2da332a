"""A page of the browser, offline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page without a network; `page.wrong` lists failed requests, requests to servers, errors and console errors."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, offline=True)
    page = context.new_page()
    page.wrong = []
    page.on("requestfailed", lambda request: page.wrong.append(f"failed: {request.url}"))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or page.wrong.append(request.url))
    page.on("pageerror", lambda error: page.wrong.append(f"error: {error}"))
    page.on("console", lambda message: message.type == "error" and page.wrong.append(f"console: {message.text}"))
    yield page
    context.close()
