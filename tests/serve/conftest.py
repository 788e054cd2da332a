"""Pages of Chromium with a network, and a server whose slides are live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.browser import watched_page
from support.followers import follow_server, write_followed_deck
from support.live_pages import LivePage, live_page
from support.live_slides import write_live_deck
from support.serving import Server, open_served, serving, wait_for, wrong_in


@pytest.fixture(scope="module")
def shared_page(browser: Any) -> Iterator[Any]:
    """One page for all tests of a module."""
    with watched_page(browser, offline=False) as page:
        yield page


@pytest.fixture(scope="session")
def live_server(engine: Any, stage_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose slides are live."""
    del engine, stage_image
    root = tmp_path_factory.mktemp("live") / "project"
    write_live_deck(root)
    with serving(root, "--live", "--twin", "off") as server:
        yield server


@pytest.fixture(scope="module")
def live_tab(browser: Any, live_server: Server) -> Iterator[Any]:
    """One page for all tests of a module."""
    with watched_page(browser, offline=False) as page:
        open_served(page, live_server, "live.html")
        yield page


@pytest.fixture
def live(live_tab: Any, live_server: Server) -> Iterator[Any]:
    """The live deck of 1920 x 1080; afterwards nothing runs in it any more."""
    live_tab.set_viewport_size({"width": 1920, "height": 1080})
    live_tab.bring_to_front()
    wait_for(live_tab, "window.Live?.blocks.all().length && Reveal.isReady()")
    yield live_tab
    live_tab.evaluate("document.activeElement?.blur()")
    live_tab.evaluate("Reveal.togglePause(false); Live.panels.close()")
    if live_tab.evaluate("Boolean(document.querySelector('section.present .control.run:disabled'))"):
        live_tab.evaluate("Live.send({ kind: 'do', action: 'reset' })")
        wait_for(live_tab, "document.querySelector('section.present .control.run:enabled')")
    assert wrong_in(live_tab) == []


@pytest.fixture(scope="session")
def followed_talk(engine: Any, stage_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The presenter's server of a deck that is followed; the audience's is beside it."""
    del engine, stage_image
    root = tmp_path_factory.mktemp("followed") / "project"
    write_followed_deck(root)
    with serving(root, "talk", "--live", "--twin", "off", "--follow") as server:
        yield server


@pytest.fixture(scope="session")
def followed(followed_talk: Server) -> Server:
    """The audience's server."""
    return follow_server(followed_talk)


@pytest.fixture
def presenter(followed_talk: Server) -> Iterator[LivePage]:
    """The presenter's page of it; no step has been run."""
    with live_page(followed_talk, "talk") as page:
        page.begin_again()
        yield page
