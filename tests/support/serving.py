"""A running `quarterdeck serve`, and pages of it in a browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from support.browser import LONGEST_S, READY
from support.waiting import wait_until


class Server(NamedTuple):
    """A server in a process of its own."""

    root: Path
    address: str
    """`http://127.0.0.1:PORT`."""
    token: str
    process: subprocess.Popen[bytes]
    printed: Path
    """What it has printed, errors included."""

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return urlsplit(self.address).port or 0

    def page(self, name: str) -> str:
        """The address of a page, with the token."""
        return f"{self.address}/{name}?token={self.token}"

    def fetch(self, path: str) -> str:
        """What a page of the presenter gets for *path*."""
        headers = {"Cookie": f"quarterdeck-{self.port}={self.token}"}
        with urlopen(Request(f"{self.address}/{path}", headers=headers), timeout=LONGEST_S) as response:
            return str(response.read(), "utf-8")


@contextmanager
def serving(root: Path, *arguments: str) -> Iterator[Server]:
    """Serve the project in *root* on a free port, until the block ends with Ctrl-C."""
    printed = root.parent / f"{root.name}-printed"
    command = [sys.executable, "-m", "quarterdeck", "serve", "--port", "0", *arguments]
    with printed.open("w") as output:
        process = subprocess.Popen(command, cwd=root, stdout=output, stderr=output)

    def address() -> re.Match[str] | None:
        assert process.poll() is None, printed.read_text()
        return re.search(r"(http://[^/]+)/\S*\?token=(\S+)\n(?:.*\n)*watching", printed.read_text())

    try:
        match = wait_until(address)
        assert match is not None
        yield Server(root, match[1], match[2], process, printed)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)


def open_served(page: Any, server: Server, name: str) -> None:
    """Open the deck *name* of *server* in *page*, and wait until it is ready and connected."""
    visit(page, server.page(name))
    wait_for(page, f"!location.search.includes('token') && {READY} && window.Live?.isCurrent")
    page.wrong.clear()  # of requests that Chromium aborted because a network changed


def visit(page: Any, address: str) -> None:
    """Go to *address*, again where Chromium aborts that because a network of this machine has changed."""
    from playwright.sync_api import Error

    for tries in range(5, 0, -1):
        try:
            page.goto(address)
            return
        except Error as error:
            if "ERR_NETWORK_CHANGED" not in str(error) or tries == 1:
                raise


def wait_for(page: Any, claim: str) -> None:
    """Wait until *claim*, an expression in JavaScript, is true in *page*.

    Playwright's own `wait_for_function` evaluates text in the page, which the page's Content-Security-Policy forbids.
    """

    def holds() -> bool:
        from playwright.sync_api import Error

        try:
            return bool(page.evaluate(f"() => Boolean({claim})"))
        except Error:  # between two documents
            return False

    try:
        wait_until(holds, LONGEST_S)
    except AssertionError as error:
        raise AssertionError(f"never true: {claim}; {page.wrong}") from error


def save(path: Path, text: str) -> None:
    """Write *text* as an editor does: into another file, which is renamed."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8")
    os.replace(part, path)


def wrong_in(page: Any) -> list[str]:
    """Errors in the scripts of *page*, and what it loads from other machines.

    Requests that a reload ends are none, nor those that Chromium aborts because a network of this machine has changed.
    """
    return [text for text in page.wrong if not text.startswith("failed: ") and "ERR_NETWORK_CHANGED" not in text]


VISIBLE = """() => {
  const slide = Reveal.getCurrentSlide();
  const fragments = Array.from(slide.querySelectorAll(".fragment"));
  return {
    connected: slide.isConnected,
    seen: document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("section") === slide,
    heading: slide.querySelector("h1, h2")?.textContent,
    visible: fragments.filter((part) => getComputedStyle(part).visibility === "visible").map((part) => part.innerText),
    overview: Reveal.isOverview(),
    paused: Reveal.isPaused(),
  };
}"""
"""What the screen shows, instead of what reveal.js believes."""
