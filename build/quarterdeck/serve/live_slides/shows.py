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
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.live_slides.show import Show, order_message
from quarterdeck.serve.open_pages import OpenPage


class _Open:
    """A deck that is open."""

    def __init__(self) -> None:
        self.pages: list[OpenPage] = []
        self.order: DeckOrder | None = None
        self.show: Show | None = None
        self.numbers: tuple[int | None, ...] = ()


class Shows:
    """All shows of a server. Used in the thread of the event loop but for the constructor and `close`."""

    def __init__(self, site: LiveSite, lease: RunLease, *, twin: bool = True) -> None:
        """*lease*: the engine, and the run that the stages belong to; *twin* as in `Performer`."""
        self._site = site
        self._lease = lease
        self._twin = twin
        self._decks: dict[str, _Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        """Decks are opened and changed one after the other."""

    def add(self, page: OpenPage) -> None:
        """A page has been opened; its deck's show begins if none is there."""
        deck = self._decks.setdefault(page.deck, _Open())
        deck.pages.append(page)
        if deck.show is not None and deck.order is not None:
            page.send(order_message(deck.order.order, deck.numbers))
            deck.show.add(page)
        elif deck.order is None:
            self._spawn(page.deck)

    def remove(self, page: OpenPage) -> None:
        """A page has gone."""
        deck = self._decks[page.deck]
        deck.pages.remove(page)
        if deck.show is not None:
            deck.show.remove(page)

    def receive(self, page: OpenPage, message: Mapping[str, Any]) -> bool:
        """Do what a page asks for; whether it is something that a page of ours asks for."""
        deck = self._decks[page.deck]
        if message["kind"] == "at":
            self._note_place(deck, message)
            return True
        return deck.show is None or deck.show.receive(page, message)

    def receive_bytes(self, page: OpenPage, data: bytes) -> None:
        """Give the running step what was typed on a page."""
        show = self._decks[page.deck].show
        if show is not None:
            show.receive_bytes(data)

    def follow_build(self) -> None:
        """The site has changed: the shows follow."""
        for name in list(self._decks):
            self._spawn(name)

    def close(self) -> None:
        """End all shows, and remove their stages; after the event loop has ended."""
        for deck in self._decks.values():
            if deck.show is not None:
                deck.show.close().close()

    def _spawn(self, name: str) -> None:
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
            deck.order, inputs = loaded
            deck.numbers = self._number_slides(name, deck.order)
            order = deck.order.order
            for page in deck.pages:
                page.send(order_message(order, deck.numbers))
            if deck.show is not None and _same_demos(deck.show.order, order):
                deck.show.reorder(order)
                return
            start = None
            if deck.show is not None:
                start = _start_again(deck.show, order)
                await self._end(deck)
            if not order.cues:
                return
            for other in list(self._decks.values()):
                if other is not deck and not other.pages:
                    other.order = None
                    await self._end(other)
            performer = await loop.run_in_executor(None, self._perform, order, inputs, start)
            deck.show = Show(performer, loop)
            for page in deck.pages:
                deck.show.add(page)

    def _perform(self, order: RunningOrder, inputs: DemoInputs, start: int | None) -> Performer:
        return Performer(order, inputs, self._lease, twin=self._twin, start=start)

    async def _end(self, deck: _Open) -> None:
        show, deck.show = deck.show, None
        if show is not None:
            await asyncio.get_running_loop().run_in_executor(None, show.close().close)

    def _number_slides(self, name: str, order: DeckOrder) -> tuple[int | None, ...]:
        """For each slide of the running order the number that the deck's page has for it, if it shows it."""
        page = self._site.pages.get(f"{name}.html")
        waiting: dict[Any, list[int]] = {}
        for number, slide in zip(page.numbers, page.slides, strict=True) if page else ():
            waiting.setdefault(slide.at, []).append(number)
        return tuple(waiting[at].pop(0) if waiting.get(at) else None for at in order.places)

    def _note_place(self, deck: _Open, message: Mapping[str, Any]) -> None:
        if deck.show is not None and message.get("slide") in deck.numbers:
            deck.show.show_slide(deck.numbers.index(message["slide"]))


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
