"""The shows of a server: one for each deck that is open and has steps; a deck without pages gives way to others."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from quarterdeck.base.errors import Problems, QuarterdeckError
from quarterdeck.base.project import Project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.present.deck_order import DeckOrder, load_deck_order
from quarterdeck.present.performer import Performer
from quarterdeck.present.running_order import RunningOrder
from quarterdeck.serve.live_site import INDEX, LiveSite
from quarterdeck.serve.live_slides.open_deck import OpenDeck
from quarterdeck.serve.live_slides.show import Show
from quarterdeck.serve.open_pages import OpenPage


class Shows:
    """All shows of a server. Used in the thread of the event loop but for the constructor and `close`."""

    def __init__(self, site: LiveSite, lease: RunLease | None, *, twin: bool = True) -> None:
        """The shows of *site*.

        Args:
            site: What the server serves.
            lease: The engine, and the run that the stages belong to; None: no steps are run.
            twin: As in `Performer`.
        """
        self._site = site
        self._lease = lease
        self._twin = twin
        self._decks: dict[str, OpenDeck] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        """Decks are opened and changed one after the other."""

    @property
    def are_live(self) -> bool:
        """Whether steps can be run."""
        return self._lease is not None

    def order_of(self, deck: str) -> RunningOrder | None:
        """The running order of a deck, if it is known."""
        open_deck = self._decks.get(deck)
        return open_deck.order.order if open_deck and open_deck.order else None

    def add(self, page: OpenPage) -> None:
        """A page has been opened; its deck's show begins if none is there."""
        deck = self._decks.setdefault(page.deck, OpenDeck(live=self.are_live))
        deck.add(page)
        if deck.order is None:
            self._follow(page.deck)

    def remove(self, page: OpenPage) -> None:
        """A page has gone."""
        self._decks[page.deck].remove(page)

    def receive(self, page: OpenPage, message: Mapping[str, Any]) -> bool:
        """Do what a page asks for; whether it is something that a page of ours asks for."""
        return self._decks[page.deck].receive(page, message)

    def receive_bytes(self, page: OpenPage, data: bytes) -> None:
        """Give the running step what was typed on a page."""
        show = self._decks[page.deck].show
        if show is not None:
            show.receive_bytes(data)

    def follow_build(self) -> None:
        """The site has changed: the shows follow."""
        for name in list(self._decks):
            self._follow(name)

    def close(self) -> None:
        """End all shows, and remove their stages; after the event loop has ended."""
        for deck in self._decks.values():
            if deck.show is not None:
                deck.show.close().close()

    def _follow(self, name: str) -> None:
        """Let what is known of the deck *name* be that of the newest build, where anybody needs it."""
        deck = self._decks[name]
        if f"{name}.html" == INDEX or not (self.are_live or any(page.speaker for page in deck.pages)):
            deck.order = None
            return
        task = asyncio.get_running_loop().create_task(self._bring_up(name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _bring_up(self, name: str) -> None:
        """Let the show of the deck *name* be that of the newest build."""
        async with self._turn:
            deck = self._decks[name]
            loop = asyncio.get_running_loop()
            before = deck.order.order if deck.order else None
            loaded = await loop.run_in_executor(None, _load, name, self._site.project, before)
            if loaded is None:
                return
            deck_order, inputs = loaded
            deck.reorder(deck_order, self._site.pages.get(f"{name}.html"))
            order = deck_order.order
            if deck.show is not None and _same_demos(deck.show.order, order):
                deck.show.reorder(order)
            elif self._lease is not None:
                start = _start_again(deck.show, order) if deck.show is not None else None
                await self._end(deck)
                if order.cues:
                    await self._make_room(deck)
                    performer = await loop.run_in_executor(None, self._perform, order, inputs, start)
                    assert deck.clock is not None
                    deck.show = Show(performer, deck.clock, loop, deck.publish_view)
                    for page in deck.pages:
                        deck.show.add(page)
            deck.publish_view()

    async def _make_room(self, deck: OpenDeck) -> None:
        """End the shows of other decks that no page shows."""
        for other in list(self._decks.values()):
            if other is not deck and not other.pages:
                other.order = None
                await self._end(other)

    def _perform(self, order: RunningOrder, inputs: DemoInputs, start: int | None) -> Performer:
        assert self._lease is not None
        return Performer(order, inputs, self._lease, twin=self._twin, start=start)

    async def _end(self, deck: OpenDeck) -> None:
        show, deck.show = deck.show, None
        if show is not None:
            await asyncio.get_running_loop().run_in_executor(None, show.close().close)


def _load(name: str, project: Project, before: RunningOrder | None) -> tuple[DeckOrder, DemoInputs] | None:
    """The running order of a deck, and the files of its demos; None if anything is wrong, which the build reports."""
    problems = Problems()
    try:
        catalogue = Catalogue(project, problems)
        return load_deck_order(name, project, catalogue, problems, before=before), catalogue.inputs
    except (QuarterdeckError, OSError):
        return None


def _same_demos(before: RunningOrder, now: RunningOrder) -> bool:
    return all(now.scripts.get(name) is script for name, script in before.scripts.items()) and bool(now.cues)


def _start_again(show: Show, order: RunningOrder) -> int | None:
    """The index in *order* of the cue that is next in *show*."""
    position = show.position
    cue = show.order.cues[position] if position < len(show.order.cues) else None
    return next((other.index for other in order.cues if cue and other.name == cue.name and other.shown), None)
