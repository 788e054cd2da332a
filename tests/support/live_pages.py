"""A page of `serve --live` without a browser: what it asks for and what it gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from support.serving import Server

_LONGEST_S = 120


class LivePage:
    """Takes messages until something is true; shows output as fast as it comes."""

    def __init__(self, connection: ClientConnection, server: Server) -> None:
        self._connection = connection
        self.server = server
        self.steps: list[Mapping[str, Any]] = []
        self.state: Mapping[str, Any] = {}
        self.terminal: Mapping[str, Any] = {"cue": None}
        self.output = b""
        """What the terminal was given."""
        self.messages: list[Mapping[str, Any]] = []

    def send(self, kind: str, **values: Any) -> None:
        """Send a message."""
        self._connection.send(json.dumps({"kind": kind, **values}))

    def type(self, data: bytes) -> None:
        """Type into the running step."""
        self._connection.send(data)

    def take(self) -> None:
        """Take the next message."""
        message = self._connection.recv(timeout=_LONGEST_S)
        if isinstance(message, bytes):
            self.output += message
            self.send("taken", bytes=len(self.output))
            return
        values = json.loads(message)
        self.messages.append(values)
        if values["kind"] == "order":
            self.steps = values["steps"]
        elif values["kind"] == "state":
            self.state = values
        elif values["kind"] == "terminal":
            self.terminal, self.output = values, b""

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Take messages until *holds*."""
        while not holds():
            self.take()

    def wait_for(self, kind: str) -> Mapping[str, Any]:
        """The next message of *kind*."""
        before = len(self.messages)
        self.wait_until(lambda: any(message["kind"] == kind for message in self.messages[before:]))
        return next(message for message in self.messages[before:] if message["kind"] == kind)

    def cue(self, step: str) -> int:
        """The cue of the step with that name."""
        return int(next(entry["cue"] for entry in self.steps if entry["step"] == step))

    def wait_until_ready(self) -> None:
        """Wait until the next step could begin at once."""
        self.wait_until(lambda: self.state.get("ready"))

    def begin_again(self) -> None:
        """Wait until it knows its deck, and reset the demo that is next: no step has been run."""
        self.wait_until(lambda: self.steps and self.state)
        self.send("do", action="reset")
        self.wait_until(lambda: self.state["next"] == 0 and not self.state["results"])

    def run(self, step: str, **options: Any) -> str:
        """Run *step*; what it printed, when it has ended."""
        cue = self.cue(step)
        self.send("run", cue=cue, **options)
        self.wait_until(lambda: self.terminal["cue"] == cue)
        self.wait_until_ended(step)
        return self.output.decode()

    def wait_until_ended(self, step: str) -> None:
        """Wait until *step* is the one that has ended last, and nothing runs."""
        cue = self.cue(step)
        self.wait_until(
            lambda: self.state["phase"] == "idle" and self.state["last"] and self.state["last"]["cue"] == cue
        )


@contextmanager
def live_page(server: Server, name: str, **hello: Any) -> Iterator[LivePage]:
    """A page of the deck *name*, connected."""
    headers = {"Cookie": f"quarterdeck-{server.port}={server.token}"}
    address = f"ws://127.0.0.1:{server.port}/_live/socket"
    with connect(address, origin=server.address, additional_headers=headers, compression=None) as connection:  # type: ignore[arg-type]
        page = LivePage(connection, server)
        page.send("hello", page=f"{name}.html", version="", **hello)
        yield page
