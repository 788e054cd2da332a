"""The server for the audience: beside the presenter's, on all interfaces, with a port and a token of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import NamedTuple

from quarterdeck.base.project import Project
from quarterdeck.deck.cache.cache_store import FOLDER
from quarterdeck.serve.access import Access, load_token, own_address, own_names
from quarterdeck.serve.follow.audience import Audience
from quarterdeck.serve.follow.follow_app import FollowApp
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.live_slides.shows import Shows
from quarterdeck.serve.web_server import WebServer, listen

_LONGEST_MESSAGE = 64
"""Bytes; followers send nothing."""
_OPEN_FILES = 8192
"""Connections of followers must not use up what the system lets a process open."""


class Following(NamedTuple):
    """A deck that can be followed."""

    audience: Audience
    address: str
    """For the audience, the token included."""
    server: WebServer
    listening: socket.socket


@contextmanager
def let_follow(deck: str, project: Project, site: LiveSite, shows: Shows, port: int) -> Iterator[Following]:
    """A server for the audience of *deck*, which listens on *port*; 0: on any that is free.

    Raises:
        UsageError: The port is in use.
    """
    _allow_many_connections()
    with closing(listen(port, everywhere=True)) as listening:
        port = listening.getsockname()[1]
        access = Access(port, load_token(project.root / FOLDER, "follow-token"), own_names())
        audience = Audience(deck, site, shows)
        app = FollowApp(site, access, audience).app
        server = WebServer(app, audience.begin, longest_message=_LONGEST_MESSAGE, leads=False)
        yield Following(audience, f"http://{own_address()}:{port}/?token={access.token}", server, listening)


def _allow_many_connections() -> None:
    with suppress(ImportError, OSError, ValueError):  # not on this system, or not allowed
        import resource

        least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
        if least != resource.RLIM_INFINITY and least < limit:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))
