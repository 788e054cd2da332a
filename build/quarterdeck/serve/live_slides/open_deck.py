"""A deck that is open in browsers: its pages, where its presenter is, its clock, and the show of its steps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quarterdeck.present.clock import Clock
from quarterdeck.present.deck_order import DeckOrder
from quarterdeck.present.presenter_view import Scene, make_view
from quarterdeck.serve.changes import LivePage, Message
from quarterdeck.serve.live_slides.show import KINDS, Show
from quarterdeck.serve.live_slides.show_messages import order_message
from quarterdeck.serve.open_pages import OpenPage

_MOVES = ("next", "previous", "blank")
"""What a speaker page may ask of the presenter's page."""


class OpenDeck:
    """One deck and its pages."""

    def __init__(self, *, live: bool) -> None:
        """*live*: whether its steps may be run."""
        self._live = live
        self.pages: list[OpenPage] = []
        self.order: DeckOrder | None = None
        """None until it is known, and while it gives way to others."""
        self.show: Show | None = None
        """None without steps, or without an engine."""
        self.clock: Clock | None = None
        self._page: LivePage | None = None
        self._numbers: tuple[int | None, ...] = ()
        """For each slide of the running order the number that the page has for it, if it shows it."""
        self._place: Message = {}
        """Where the presenter's page is, as it has said itself."""
        self._lead: OpenPage | None = None
        """The presenter's page: the one that moved last."""

    def add(self, page: OpenPage) -> None:
        """A page has come."""
        self.pages.append(page)
        if self.order is not None:
            page.send(order_message(self.order.order, self._numbers))
        if self.show is not None:
            self.show.add(page)
        if page.speaker:
            self._send_place(page)
            self.publish_view()

    def remove(self, page: OpenPage) -> None:
        """A page has gone."""
        self.pages.remove(page)
        if self.show is not None:
            self.show.remove(page)
        if page is self._lead:
            self._lead = None

    def receive(self, page: OpenPage, message: Mapping[str, Any]) -> bool:
        """Do what a page asks for; whether it is something that a page of ours asks for."""
        kind = message["kind"]
        if kind == "at":
            return self._take_place(page, message)
        if kind == "go" and page.speaker and message.get("where") in _MOVES:
            lead = self._lead or next((other for other in self.pages if other.is_main), None)
            if lead is not None:
                lead.send({"kind": "go", "where": message["where"]})
            return True
        if kind == "clock" and page.speaker:
            if self.clock is not None:
                self.clock.restart()
                self.publish_view()
            return True
        return self.show.receive(page, message) if self.show is not None else self._live and kind in KINDS

    def reorder(self, order: DeckOrder, page: LivePage | None) -> None:
        """Take the running order, and the *page*, of a new build."""
        self.order, self._page = order, page
        self._numbers = _number_slides(order, page)
        if self.clock is None:
            self.clock = Clock(order.order, time.monotonic)
        else:
            self.clock.reorder(order.order)
        for open_page in self.pages:
            open_page.send(order_message(order.order, self._numbers))

    def publish_view(self) -> None:
        """Tell the speaker pages what the presenter should know."""
        speakers = [page for page in self.pages if page.speaker]
        if not speakers or self.order is None or self.clock is None or not self.order.order.slides:
            return
        slide = self._slide()
        scene = self.show.scene(slide) if self.show is not None else Scene(slide or 0, None, "end")
        view = make_view(self.order.order, self.clock, scene)
        if slide is None:  # one that a template adds
            view = replace(view, slide_title="", notes="")
        for page in speakers:
            page.send_newest({"kind": "view", **view.as_dict()})

    def _slide(self) -> int | None:
        """The presenter's slide in the running order."""
        number = self._place.get("slide")
        return self._numbers.index(number) if number in self._numbers else None

    def _take_place(self, page: OpenPage, message: Mapping[str, Any]) -> bool:
        slide, fragment, paused = (message.get(name) for name in ("slide", "fragment", "paused"))
        if not (isinstance(slide, int) and isinstance(fragment, int) and isinstance(paused, bool)):
            return False
        if page.is_main:
            self._lead = page
            self._place = {"slide": slide, "fragment": fragment, "paused": paused}
            for other in self.pages:
                if other.speaker:
                    self._send_place(other)
                elif other.audience:
                    other.send_newest({"kind": "at", **self._place})
            self.publish_view()
        return True

    def _send_place(self, page: OpenPage) -> None:
        numbers = self._page.numbers if self._page else ()
        if (slide := self._place.get("slide")) in numbers:
            page.send_newest({"kind": "at", **self._place, "index": numbers.index(slide), "slides": len(numbers)})


def _number_slides(order: DeckOrder, page: LivePage | None) -> tuple[int | None, ...]:
    waiting: dict[Any, list[int]] = {}
    for number, slide in zip(page.numbers, page.slides, strict=True) if page else ():
        waiting.setdefault(slide.at, []).append(number)
    return tuple(waiting[at].pop(0) if waiting.get(at) else None for at in order.places)
