"""The pages that are open in browsers: each has one WebSocket, and a queue of messages that waits for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

from quarterdeck.serve.changes import Message

_LONGEST_QUEUE = 50
"""A page that is further behind reloads instead."""


class OpenPage:
    """A page in a browser, from when it connects."""

    def __init__(self, name: str) -> None:
        """*name*: of its file, `NAME.html`."""
        self.name = name
        self.waiting: asyncio.Queue[str] = asyncio.Queue()

    def send(self, message: Message) -> None:
        """Send *message* after those that wait."""
        if self.waiting.qsize() >= _LONGEST_QUEUE:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            message = {"kind": "reload"}
        self.waiting.put_nowait(encode(message))


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
