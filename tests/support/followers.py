"""A deck that is followed, and its followers without a browser."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from support.demo_projects import demo, write_demos
from support.live_pages import LivePage
from support.serving import Server

STEPS = (
    "echo first $((40 + 2))",
    "for number in 1 2; do\n  echo loud $number\ndone",
    "printf 'wide %s\\n' \"$(seq -s ' ' 1 30)\"",
    "head -c 3000000 /dev/zero | tr '\\0' x | fold -w 80; echo the end",
    "echo ghp_0123456789abcdefghijklmnopqrstuvwxyzAB; printf '\\033]0;title\\007\\033[c done\\n'",
    "cat",
)
SLIDES = """\
## Start

- a point {.fragment}
- another {.fragment}

<!-- PRIVATE -->

Note: PRIVATE

---

## First {data-notes=PRIVATE}

<!-- .slide: data-notes="PRIVATE" data-timing="90" -->

<!-- include: shell-0.command -->

![](shown.svg)

Note: PRIVATE <aside class="notes">PRIVATE</aside> PRIVATE

---

<!-- .slide: data-visibility="hidden" -->

## HIDDEN

![](hidden.svg)

---

## Second

<!-- include: shell-1.command -->

---

## Rest

""" + "".join(f"<!-- include: shell-{number}.command -->\n\n" for number in range(2, len(STEPS)))


def write_followed_deck(root: Path) -> None:
    """Make a project in *root* with the deck `talk`."""
    write_demos(root, {"shell": demo(*STEPS)})
    (root / "slides" / "talk.yaml").write_text("metadata: {title: A talk}\nslides: [talk.md]\n")
    (root / "slides" / "talk.md").write_text(SLIDES)
    for name in ("shown", "hidden"):
        (root / "slides" / f"{name}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{name}</desc></svg>'
        )


def follow_server(server: Server) -> Server:
    """The server for the audience, which *server* has beside it."""
    match = re.search(r"for the audience: (http://\S+:(\d+))/\?token=(\S+)\n", server.printed.read_text())
    assert match is not None
    return server._replace(address=f"http://127.0.0.1:{match[2]}", token=match[3])


class Follower:
    """Takes messages until something is true."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.messages: list[Mapping[str, Any]] = []
        self.steps: dict[str, Mapping[str, Any]] = {}
        self.terminal: Mapping[str, Any] | None = None
        self.output = ""
        self.at: Mapping[str, Any] | None = None
        self.blank = False

    def take(self) -> None:
        """Take the next messages."""
        for message in json.loads(self.connection.recv(timeout=120)):
            self.messages.append(message)
            kind = message["kind"]
            if kind == "everything":
                self.blank, self.at = message["blank"], message["at"]
                self.steps = {step["name"]: step for step in message["steps"]}
                self._begin(message["terminal"])
            elif kind == "step":
                self.steps.pop(message["name"], None)
                self.steps[message["name"]] = message
            elif kind == "terminal":
                self._begin(message if message["cue"] is not None else None)
            elif kind == "output":
                self.output += message["text"]
            elif kind == "at":
                self.at = message
            elif kind == "blank":
                self.blank = True

    def _begin(self, terminal: Mapping[str, Any] | None) -> None:
        self.terminal, self.output = terminal, terminal["text"] if terminal else ""

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Take messages until *holds*."""
        while not holds():
            self.take()


def open_follower(server: Server, token: str | None = None, origin: str | None = "") -> ClientConnection:
    """A WebSocket as the follow page opens it; *server*: that for the audience."""
    raw = socket.create_connection(("127.0.0.1", server.port))
    return connect(
        f"ws://127.0.0.1:{server.port}/follow/socket",
        sock=raw,
        origin=server.address if origin == "" else origin,  # type: ignore[arg-type]
        additional_headers={"Cookie": f"quarterdeck-{server.port}={server.token if token is None else token}"},
        compression=None,
    )


@contextmanager
def follower(server: Server) -> Iterator[Follower]:
    """A follower of the deck, who has got everything so far; *server*: that for the audience."""
    with open_follower(server) as connection:
        page = Follower(connection)
        page.wait_until(lambda: page.messages)
        yield page


def go(presenter: LivePage, slide: int, *, fragment: int = -1, paused: bool = False) -> int:
    """Let the presenter's page be at a slide of the deck, 0 for its title; the number of that slide."""
    number = min(step["slide"] for step in presenter.steps) - 2 + slide
    presenter.send("at", slide=number, fragment=fragment, paused=paused)
    return number


def get(server: Server, path: str, *, method: str = "GET", **headers: str) -> tuple[int, str, Any]:
    """Status, text and headers of the response to a follower's browser."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, path, headers={"Cookie": f"quarterdeck-{server.port}={server.token}", **headers})
    response = connection.getresponse()
    return response.status, response.read().decode("utf-8", "replace"), response.headers
