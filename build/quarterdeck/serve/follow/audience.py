"""The audience of a deck: takes what its pages get, and gives it to all followers, in pieces that are encoded once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from quarterdeck.serve.changes import LivePage, Message, compare_pages
from quarterdeck.serve.follow.followed_terminal import FollowedTerminal
from quarterdeck.serve.follow.slides_so_far import find_furthest, show_so_far
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.live_slides.shows import Shows
from quarterdeck.serve.open_pages import OpenPage, encode

_GATHER_S = 0.05
"""Seconds in which messages and output are gathered before they are sent."""
_MOST_PER_S = 1 << 24
"""Bytes that are sent in a second, to all followers together; with more, pieces are gathered for longer."""
_MOST_KEPT = 1 << 19
"""The most bytes of pieces that are kept for followers who are slow; who is slower still gets everything anew."""
_MOST_FOLLOWERS = 2000
_GROUP = 16
"""The number of followers who are sent a piece before the presenter's pages have their turn again."""


class Follower:
    """A page in a browser of somebody in the audience."""

    def __init__(self) -> None:
        self.position: int | None = None
        """The number of the next piece for it; None: it needs everything first."""
        self.wake = asyncio.Event()


class Audience(OpenPage):
    """The followers of a deck: for its show, a page like others. Used in the thread of the event loop."""

    def __init__(self, deck: str, site: LiveSite, shows: Shows) -> None:
        super().__init__(f"{deck}.html", receiver=True, audience=True)
        self._site = site
        self._shows = shows
        self._loop: asyncio.AbstractEventLoop | None = None
        self._followers: set[Follower] = set()
        self._pieces: list[bytes] = []
        self._first = 0
        """The number of the first of the pieces that are kept."""
        self._news: list[Message] = []
        self._everything: bytes | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0.0
        """When the next piece may be sent."""
        self.page: LivePage | None = None
        """The slides that followers may have."""
        self._made_of: tuple[str, tuple[int, ...], int] | None = None
        """What it depends on: the version of the deck's page and its slides, the furthest slide."""
        self._shown: set[int] = set()
        self._place: Message = {}
        self._blank = False
        """Whether the presenter's screen is blank: then followers learn of nothing."""
        self._steps: dict[str, Message] = {}
        """What has been run, by the names of steps; the newest last."""
        self._steps_before: Sequence[Message] = ()
        """The same when the screen became blank."""
        self._terminal = FollowedTerminal()
        self._running = False
        self._got = 0
        """Bytes of output since the terminal began."""
        self._confirmed = 0

    def begin(self) -> None:
        """Join the show; in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._show_slides()
        self._shows.add(self)

    def follow_build(self) -> None:
        """The site has changed; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._show_slides)

    # Followers

    def add(self) -> Follower | None:
        """A follower has come; None: there are too many."""
        if len(self._followers) >= _MOST_FOLLOWERS:
            return None
        follower = Follower()
        self._followers.add(follower)
        return follower

    def remove(self, follower: Follower) -> None:
        """A follower has gone."""
        self._followers.discard(follower)

    async def next_piece(self, follower: Follower) -> bytes:
        """The next piece for *follower*, a list of messages as JSON; whoever is far behind gets everything instead."""
        while True:
            follower.wake.clear()
            piece = self._piece_for(follower)
            if piece is not None:
                return piece
            await follower.wake.wait()

    def _piece_for(self, follower: Follower) -> bytes | None:
        end = self._first + len(self._pieces)
        if follower.position is None or follower.position < self._first:
            if self._has_news and not self._blank:
                return None  # when that has been sent
            follower.position = end
            if self._everything is None:
                self._everything = _encode([self._tell_everything()])
            return self._everything
        if follower.position == end:
            return None
        follower.position += 1
        return self._pieces[follower.position - 1 - self._first]

    # What the show sends its pages

    def send(self, message: Message) -> None:
        """Take a message of the show."""
        if message["kind"] == "terminal":
            self._got = self._confirmed = 0
            self._open_terminal(message)

    def send_newest(self, message: Message) -> None:
        """Take a message of which only the newest counts."""
        if message["kind"] == "at":
            self._move(message)
        elif message["kind"] == "size":
            self._terminal.resize(message["rows"], message["columns"])
            self._tell({"kind": "size", "rows": message["rows"], "columns": message["columns"]})
        elif message["kind"] == "state" and (message["running"] is not None) != self._running:
            self._running = not self._running
            self._tell({"kind": "running", "running": self._running})

    def send_bytes(self, data: bytes) -> None:
        """Take output of the step."""
        self._got += len(data)
        self._terminal.write(data)
        self._changed()

    def _open_terminal(self, message: Message) -> None:
        order = self._shows.order_of(self.deck)
        cue = message["cue"]
        if order is None or cue is None or cue >= len(order.cues):
            self._terminal.begin(None)
        else:
            step = order.cues[cue].step
            name = order.cues[cue].name
            entry = {"name": name, "caption": step.caption, "commands": step.shown, "recorded": message["recorded"]}
            if next(reversed(self._steps.values()), None) != entry:
                self._steps.pop(name, None)
                self._steps[name] = entry
                self._tell({"kind": "step", **entry})
            self._terminal.begin({**message, "caption": step.caption or name})
        self._changed()

    def _move(self, message: Mapping[str, Any]) -> None:
        blank = message["paused"]
        if blank and not self._blank:
            self._steps_before = list(self._steps.values())
            self._tell({"kind": "blank"})
            self._flush()
        self._place = {"slide": message["slide"], "fragment": message["fragment"]}
        was_blank, self._blank = self._blank, blank
        if blank:
            return
        self._shown.add(message["slide"])
        self._show_slides()
        if was_blank:
            self._terminal.take()
            self._news = [self._tell_everything()]
            self._changed()
        elif self._place_shown:
            self._tell({"kind": "at", **self._place_shown})

    @property
    def _place_shown(self) -> Message | None:
        """The presenter's place, if followers may see the slide."""
        return self._place if self.page and self._place.get("slide") in self.page.numbers else None

    def _show_slides(self) -> None:
        """Follow the newest build, and what the presenter has shown of it."""
        page = self._site.pages.get(self.name)
        if page is None or self._blank:
            return
        furthest = find_furthest(page, self._shown)
        if self._made_of == (page.version, page.numbers, furthest):
            return
        self._made_of = page.version, page.numbers, furthest
        before, now = self.page, show_so_far(page, furthest)
        if before is not None and before.version == now.version:
            return
        self.page = now
        message = compare_pages(before, now) if before else {"kind": "reload"}
        self._tell({"to": now.version, **(message or {"kind": "reload"})})

    # Pieces

    def _tell_everything(self) -> Message:
        page, blank = self.page, self._blank
        return {
            "kind": "everything",
            "title": page.parts.title if page and page.parts else self.deck,
            "version": page.version if page else "",
            "blank": blank,
            "at": None if blank else self._place_shown,
            "steps": self._steps_before if blank else list(self._steps.values()),
            "terminal": None if blank else self._terminal.everything(),
            "running": self._running and not blank,
        }

    @property
    def _has_news(self) -> bool:
        return bool(self._news) or self._terminal.has_news

    def _tell(self, message: Message) -> None:
        self._news.append(message)
        self._changed()

    def _changed(self) -> None:
        self._everything = None
        if self._timer is None and self._loop is not None:
            wait_s = max(_GATHER_S, min(1.0, self._next - self._loop.time()))
            self._timer = self._loop.call_later(wait_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._confirmed < self._got:  # the show sends no more before
            self._confirmed = self._got
            self._shows.receive(self, {"kind": "taken", "bytes": self._got})
        if not self._blank:
            self._flush()

    def _flush(self) -> None:
        """Make a piece of what has been gathered, and let followers have it."""
        assert self._loop is not None
        messages = self._news
        if output := self._terminal.take():
            messages.append(output)
        self._news = []
        if not messages or not self._followers:
            self._first += len(self._pieces)
            self._pieces.clear()
            return
        piece = _encode(messages)
        self._pieces.append(piece)
        while sum(map(len, self._pieces)) > _MOST_KEPT and len(self._pieces) > 1:
            del self._pieces[0]
            self._first += 1
        self._next = self._loop.time() + len(piece) * len(self._followers) / _MOST_PER_S
        self._wake(list(self._followers))

    def _wake(self, followers: list[Follower]) -> None:
        for follower in followers[:_GROUP]:
            follower.wake.set()
        if followers[_GROUP:]:
            assert self._loop is not None
            self._loop.call_soon(self._wake, followers[_GROUP:])


def _encode(messages: Sequence[Message]) -> bytes:
    return f"[{','.join(map(encode, messages))}]".encode("utf-8", "replace")
