"""The audience as a whole: pieces are made once, and who does not read costs no memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from quarterdeck.base.project import load_project
from quarterdeck.deck.model import BuildOptions
from quarterdeck.serve.follow.audience import Audience
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.live_slides.shows import Shows
from quarterdeck.serve.site_builder import SiteBuilder
from support.followers import write_followed_deck
from support.projects import MakeProject

OUTPUT = "€".encode() * 16_000


@pytest.fixture
def audience(make_project: MakeProject) -> Audience:
    """That of the deck `talk`."""
    root = make_project({})
    write_followed_deck(root)
    site = LiveSite(load_project(root))
    site.take(SiteBuilder(load_project(root), BuildOptions(("talk",))).build(first=True))
    return Audience("talk", site, Shows(site, None))


def run_apart(work: Coroutine[None, None, None]) -> None:
    """Run *work* in a loop of its own: that of a browser may run in this thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def kinds(piece: bytes) -> list[str]:
    """The kinds of the messages in *piece*."""
    return [message["kind"] for message in json.loads(piece)]


def test_a_piece_is_made_once(audience: Audience) -> None:
    """All followers are sent the same object, and who comes at the same time gets the same beginning."""

    async def follow() -> None:
        audience.begin()
        followers = [audience.add() for _ in range(3)]
        assert all(followers)
        for expected in (["everything"], ["output"]):
            pieces = [await audience.next_piece(follower) for follower in followers if follower]
            assert len({id(piece) for piece in pieces}) == 1
            assert kinds(pieces[0]) == expected
            audience.send_bytes(b"output")

    run_apart(follow())


def test_who_does_not_read_gets_everything_anew(audience: Audience) -> None:
    """The pieces that it has missed are not kept for it."""

    async def follow() -> None:
        audience.begin()
        reader, sleeper = audience.add(), audience.add()
        assert reader
        assert sleeper
        for follower in (reader, sleeper):
            assert kinds(await audience.next_piece(follower)) == ["everything"]
        received = 0
        while received < 3 << 19:
            audience.send_bytes(OUTPUT)
            received += len(await audience.next_piece(reader))
        piece = await audience.next_piece(sleeper)
        assert kinds(piece) == ["everything"]
        audience.send_bytes(b"the end")
        assert await audience.next_piece(sleeper) is await audience.next_piece(reader)

    run_apart(follow())
