"""The server process: the first build, then builds in a thread of their own, and uvicorn in the main thread."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import NamedTuple
from urllib.parse import quote

from quarterdeck.base.project import Project
from quarterdeck.deck.cache.cache_store import FOLDER
from quarterdeck.deck.model import BuildOptions
from quarterdeck.serve.access import Access, load_token, own_address, own_names
from quarterdeck.serve.app import LiveApp
from quarterdeck.serve.follow.follow_server import let_follow
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.live_slides.shows import Shows
from quarterdeck.serve.site_builder import Outcome, SiteBuilder
from quarterdeck.serve.watching import Watcher
from quarterdeck.serve.web_server import WebServer, listen

_LONGEST_REPEATING_S = 2.0
"""Builds during which files change are repeated instead of shown, for up to this time."""
_MOST_BYTES = 1 << 16
"""The longest message of a page."""


class ServeOptions(NamedTuple):
    """How to serve."""

    port: int
    """0 for any that is free."""
    everywhere: bool = False
    """Listen on all interfaces instead of the loopback interface."""
    poll: bool = False
    """Look at the files instead of waiting for events."""
    live: bool = False
    """Run steps on the slides."""
    twin: bool = True
    """With live slides: a second stage, so that going back is quick."""
    follow: str = ""
    """The deck that an audience follows, on all interfaces; empty for none."""


def serve_site(
    project: Project,
    build: BuildOptions,
    options: ServeOptions,
    *,
    built: Callable[[Outcome], None],
    ready: Callable[[Sequence[str], str], None],
) -> None:
    """Serve the decks of *project* until the process is interrupted.

    Args:
        project: The project.
        build: The decks, and how they are built.
        options: How they are served.
        built: Called after each build that is shown, in another thread but for the first.
        ready: Called with the addresses, the token included, when pages can be opened, and with the address for the
            audience, empty if there is none.

    Raises:
        StageError: Slides are to be live, and there is no engine.
        UsageError: The port is in use, or the first build is asked for decks that do not exist.
        KeyboardInterrupt: Ctrl-C.
    """
    with closing(listen(options.port, everywhere=options.everywhere)) as listening, ExitStack() as stack:
        port = listening.getsockname()[1]
        access = Access(port, load_token(project.root / FOLDER), own_names() if options.everywhere else ())
        builder, site = SiteBuilder(project, build), LiveSite(project)
        outcome = builder.build(first=True)
        site.take(outcome)
        built(outcome)
        gc.collect()
        gc.freeze()  # what the first build has made stays
        shows = stack.enter_context(_live_slides(site, options)) if options.live else Shows(site, None)
        app = LiveApp(site, access, shows)
        following = None
        if options.follow:
            follow_port = port + 1 if options.port else 0
            following = stack.enter_context(let_follow(options.follow, project, site, shows, follow_port))
        hosts = ["127.0.0.1", *([own_address()] if options.everywhere else ())]
        page = f"{quote(outcome.made.decks[0])}.html" if build.names and outcome.made else ""
        addresses = [f"http://{host}:{port}/{page}?token={access.token}" for host in dict.fromkeys(hosts)]

        def publish(outcome: Outcome) -> None:
            app.publish(site.take(outcome))
            if following is not None:
                following.audience.follow_build()

        def say_ready() -> None:
            ready(addresses, following.address if following else "")

        with Watcher(project, poll=options.poll) as watcher:
            thread = threading.Thread(target=_rebuild, args=(watcher, builder, publish, built), daemon=True)
            thread.start()
            try:
                beside = (following.server, following.listening) if following else None
                server = WebServer(app.app, say_ready, longest_message=_MOST_BYTES, beside=beside)
                server.run(sockets=[listening])
            finally:
                watcher.wake()
                thread.join()


@contextmanager
def _live_slides(site: LiveSite, options: ServeOptions) -> Iterator[Shows]:
    """The shows of *site*, whose stages are removed at the end.

    Raises:
        StageError: There is no engine.
    """
    from quarterdeck.live.engine.client import Engine
    from quarterdeck.live.engine.lease import RunLease

    engine = Engine()
    engine.connect()
    with RunLease(engine) as lease:
        shows = Shows(site, lease, twin=options.twin)
        try:
            yield shows
        finally:
            shows.close()


def _rebuild(
    watcher: Watcher, builder: SiteBuilder, publish: Callable[[Outcome], None], built: Callable[[Outcome], None]
) -> None:
    """Build after each burst of changes, until the watcher is woken."""
    since = None
    while watcher.wait() is not None:
        since = since or time.monotonic()
        with _without_garbage_collection():
            outcome = builder.build()
            if watcher.changed_again() and time.monotonic() - since < _LONGEST_REPEATING_S:
                continue  # it may have read half of a file
            since = None
            publish(outcome)
        watcher.project = outcome.project
        built(outcome)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A build makes millions of values and no cycles: looking for these would take as long as the build."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
