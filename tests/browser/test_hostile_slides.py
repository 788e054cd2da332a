"""No slide loads anything from another machine, whatever its author wrote: thousands of hostile ones, in a browser.

`make hostile N=10000` tries that many; `make test` tries some hundreds.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from support.browser import ARGUMENTS
from support.building import build
from support.hostile_slides import HostileSlides
from support.waiting import wait_until

MakeProject = Callable[[dict[str, str]], Path]

SLIDES = int(os.environ.get("QUARTERDECK_HOSTILE_SLIDES", "600"))
"""How many are tried."""
PER_DECK = 100
OPTIONS = "reveal: {viewDistance: 9999, mobileViewDistance: 9999, preloadIframes: true}"
"""Lets reveal.js load every slide at once."""
LINKS = """() => [...document.querySelectorAll("link, base, meta[http-equiv]")]
  .filter((node) => /^(https?|ftp|wss?):/.test(node.href || "") || /url|http/.test(node.content || ""))
  .map((node) => node.outerHTML)"""
"""What a browser may look up without a connection that could be seen, such as `dns-prefetch`."""


_HOST = re.compile(rb"[\w.-]+\.hostile\.example")
"""In a request, or in the greeting of TLS."""


class Patient(Problems):
    """Publishes what it can: hostile slides refer to files that are not there, too."""

    def raise_if_any(self) -> None:
        """Go on."""


class Listener:
    """A server that every host name leads to; it notes who was asked, and answers nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port: int = self._socket.getsockname()[1]
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(0.2)
                asked = b""
                with contextlib.suppress(OSError):
                    while (more := connection.recv(8192)) and not _HOST.search(asked := asked + more):
                        pass
                host = _HOST.search(asked)
                if host or not asked:  # a browser asks its maker for news, too
                    self.asked.append(host[0].decode() if host else "a connection without a request")

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """The server, for all tests of this file."""
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def chromium(listener: Listener, browser: Any) -> Iterator[Any]:
    """A Chromium for which every host name is the listener's address."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(found for name in names if (found := shutil.which(name)))
    rules = f"--host-resolver-rules=MAP * 127.0.0.1:{listener.port}"
    chromium = browser.browser_type.launch(executable_path=path, args=[*ARGUMENTS, rules])
    yield chromium
    chromium.close()


def requests_of(chromium: Any, listener: Listener, pages: list[Path], slides: int = 0) -> list[str]:
    """The requests that leave *pages* when they are opened, decks of so many *slides*."""
    listener.asked.clear()
    bad: list[str] = []
    context = chromium.new_context()
    context.on("request", lambda request: bad.append(request.url) if _leaves(request.url) else None)
    for path in pages:
        page = context.new_page()
        page.goto(path.as_uri(), wait_until="commit")
        if slides:
            page.wait_for_function("window.Reveal && Reveal.isReady()")
            # Code with an `<iframe>` in it may swallow slides, one in ten thousand: most must be there to be judged.
            assert page.evaluate("document.querySelectorAll('section').length") > 0.8 * slides, path.name
        page.wait_for_timeout(300)
        bad += page.evaluate(LINKS)
        page.close()
    context.close()
    return [*bad, *listener.asked]


def _leaves(url: str) -> bool:
    return not url.startswith(("file:///", "data:", "blob:", "about:", "chrome"))


@pytest.mark.parametrize("first", range(0, SLIDES, PER_DECK))
def test_no_request_leaves(make_project: MakeProject, chromium: Any, listener: Listener, first: int) -> None:
    """Neither from a deck, all slides of which are loaded, nor from the index."""
    generator = HostileSlides(first)
    slides = "\n\n---\n\n".join(generator.slide() for _ in range(PER_DECK))
    root = make_project({"slides/deck.yaml": f"slides: [a.md]\n{OPTIONS}", "slides/a.md": slides, "slides/a.png": ""})
    build(load_project(root), (), problems=Patient())
    site = root / "site"
    assert requests_of(chromium, listener, [site / "deck.html"], PER_DECK) == []
    assert requests_of(chromium, listener, [site / "index.html"]) == []


AWAY = "https://a.hostile.example/b"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title/>'
    f'<image id="i" href="{AWAY}" width="9" height="9"/></svg>'
)
DOCUMENTS = {
    "slides/a.html": f'<!DOCTYPE html><base href="{AWAY}/"><link rel="stylesheet" href="c.css"><img src="{AWAY}">',
    "slides/b.html": f'<meta http-equiv="refresh" content="0;url={AWAY}">b',
    "slides/c.svg": DRAWING,
    "slides/d.htm": f"<!DOCTYPE html><html><style>@import '{AWAY}';</style><p>d</p></html>",
    "slides/e.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body><img src="{AWAY}" alt="e"/></body></html>',
    "slides/f.svg": f'<!DOCTYPE svg [<!ENTITY away "{AWAY}">]>' + DRAWING.replace(AWAY, "&away;"),
    "slides/g.svg": f'<?xml-stylesheet href="{AWAY}"?>' + DRAWING.replace(AWAY, ""),
}
"""Files of a project, each of which loads something from another machine when a browser opens it."""


@pytest.mark.parametrize("single_file", [False, True])
def test_documents_in_frames(
    make_project: MakeProject, chromium: Any, listener: Listener, *, single_file: bool
) -> None:
    """They load nothing from other machines either, whatever shows them."""
    names = [path.removeprefix("slides/") for path in DOCUMENTS]
    slides = [
        *(f'<iframe src="{name}"></iframe>' for name in names),
        *(f'<object data="{name}"></object>\n<embed src="{name}">' for name in names),
        *(f'<svg><use href="{name}#i"/></svg>' for name in names if name.endswith("svg")),
        *(f'<!-- .slide: data-background-iframe="{name}" -->' for name in names),
        "![c](c.svg)",
    ]
    text = "\n\n---\n\n".join(slides)
    root = make_project({"slides/deck.yaml": f"slides: [a.md]\n{OPTIONS}", "slides/a.md": text, **DOCUMENTS})
    problems = Problems()
    build(load_project(root), (), problems=problems, single_file=single_file)
    assert {warning.at.path for warning in problems.warnings} >= DOCUMENTS.keys() - {"slides/b.html"}
    assert requests_of(chromium, listener, [root / "site" / "deck.html"], len(slides)) == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_are_hostile(tmp_path: Path, chromium: Any, listener: Listener, path: str) -> None:
    """As they are, they would load it."""
    document = tmp_path / Path(path).name
    document.write_text(DOCUMENTS[path], "utf-8")
    page = tmp_path / "page.html"
    page.write_text(f'<!doctype html><title>x</title><iframe src="{document.name}"></iframe>', "utf-8")
    wait_until(lambda: requests_of(chromium, listener, [page]))


@pytest.mark.parametrize(
    "html",
    [
        "<img src=https://a.hostile.example/b>",
        "<link rel=preconnect href=https://a.hostile.example>",
        "<link rel=dns-prefetch href=https://a.hostile.example>",
        "<p style='background: url(http://a.hostile.example/b)'>x",
    ],
)
def test_a_request_is_seen(tmp_path: Path, chromium: Any, listener: Listener, html: str) -> None:
    """The judge sees what no slide can hold."""
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><title>x</title>{html}", "utf-8")
    assert requests_of(chromium, listener, [page])
