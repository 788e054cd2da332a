"""Chromium, and decks in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

UNUSED = (
    # Pages for the address bar that each new window loads, which takes a second of CPU time.
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    # What Playwright disables: the last list of features counts, and no other.
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "TcpPortRandomizationWin", "ThirdPartyStoragePartitioning", "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
)  # fmt: skip
"""Features of Chromium that decks and tests do without."""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={','.join(UNUSED)}",
)
READY = (
    "document.querySelector('.reveal.ready') && document.fonts.status === 'loaded'"
    " && !document.querySelector('.diagram.waiting')"
)
"""Whether a deck has started: reveal.js sets the class together with its event, when `isReady()` is true already."""
LONGEST_S = 120
"""How long a page may take, on a machine with a high load."""


def find_chromium() -> str | None:
    """The path of the system's Chromium; None without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def watched_page(browser: Any, *, offline: bool = True) -> Iterator[Any]:
    """A page of 1920 x 1080; `page.wrong` lists failed requests, requests to other machines, and errors in scripts."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, offline=offline)
    context.set_default_timeout(LONGEST_S * 1000)
    page = context.new_page()
    page.wrong = []
    here = ("file:", "data:", "blob:", "about:") if offline else ("data:", "blob:", "about:", "http://127.0.0.1:")
    page.on("request", lambda request: request.url.startswith(here) or page.wrong.append(f"leaves: {request.url}"))
    page.on("requestfailed", lambda request: page.wrong.append(f"failed: {request.url}"))
    page.on("response", lambda response: response.status >= 400 and page.wrong.append(f"failed: {response.url}"))
    page.on("pageerror", lambda error: page.wrong.append(f"error: {error}"))
    page.on("console", lambda message: message.type == "error" and page.wrong.append(f"console: {message.text}"))
    yield page
    context.close()


def open_deck(page: Any, address: str) -> None:
    """Open the deck at *address*, and wait until its first slide is shown as it stays."""
    page.goto(address)
    page.wait_for_function(READY)
