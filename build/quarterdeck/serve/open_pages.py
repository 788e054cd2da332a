"""The pages that are open in browsers: each has one WebSocket, and a queue of messages that waits for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from quarterdeck.serve.changes import Message

_LONGEST_QUEUE = 50
"""A page that is further behind reloads instead."""


class OpenPage:
    """A page in a browser, from when it connects."""

    def __init__(self, name: str, *, speaker: bool = False, receiver: bool = False, audience: bool = False) -> None:
        """A page that shows nothing yet.

        Args:
            name: Of its file, `NAME.html`.
            speaker: Whether it is the speaker page of that deck.
            receiver: Whether it only shows what another page does, and may ask for nothing.
            audience: Whether it stands for the audience, which follows the presenter's page.
        """
        self.name = name
        self.deck = name.removesuffix(".html")
        self.speaker = speaker
        self.receiver = receiver
        self.audience = audience
        self._waiting: asyncio.Queue[str | bytes | _Newest] = asyncio.Queue()
        self._newest: dict[str, str] = {}
        """Messages of which only the newest counts, by their kind: those that are to be sent, and the last sent."""
        self._queued: set[str] = set()
        self._texts = 0

    @property
    def is_main(self) -> bool:
        """Whether it is a page that a presenter moves through."""
        return not (self.speaker or self.receiver)

    async def next(self) -> str | bytes:
        """The next message to be sent."""
        item = await self._waiting.get()
        if isinstance(item, _Newest):
            self._queued.discard(item.kind)
            return self._newest[item.kind]
        self._texts -= isinstance(item, str)
        return item

    def send(self, message: Message) -> None:
        """Send *message* after those that wait."""
        if self._texts >= _LONGEST_QUEUE:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._queued.clear()
            self._texts = 0
            message = {"kind": "reload"}
        self._texts += 1
        self._waiting.put_nowait(encode(message))

    def send_bytes(self, data: bytes) -> None:
        """Send *data* after the messages that wait; the caller sees to it that not too much waits."""
        self._waiting.put_nowait(data)

    def send_newest(self, message: Message) -> None:
        """Send *message*, instead of one of its kind that waits, unless it is what the page has."""
        kind, text = message["kind"], encode(message)
        if self._newest.get(kind) == text:
            return
        self._newest[kind] = text
        if kind not in self._queued:
            self._queued.add(kind)
            self._waiting.put_nowait(_Newest(kind))


class _Newest(NamedTuple):
    """The place in the queue of the newest message of a kind."""

    kind: str


class OpenPages:
    """All open pages. Used in the thread of the event loop only."""

    def __init__(self) -> None:
        self._pages: set[OpenPage] = set()

    def add(self, page: OpenPage) -> None:
        """A page has connected."""
        self._pages.add(page)

    def remove(self, page: OpenPage) -> None:
        """A page has gone."""
        self._pages.discard(page)

    def send(self, messages: Mapping[str, Message], to_all: Iterable[Message]) -> None:
        """Send each page the message for its name, if there is one, and those *to_all*."""
        to_all = tuple(to_all)
        for page in self._pages:
            if page.name in messages:
                page.send(messages[page.name])
            for message in to_all:
                page.send(message)


def encode(message: Message) -> str:
    """*message* as JSON."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> dict[str, Any] | None:
    """A message of a page; None if it is not one."""
    try:
        message = json.loads(text)
    except ValueError:
        return None
    return message if isinstance(message, dict) and isinstance(message.get("kind"), str) else None
