"""The server process: the first build, then builds in a thread of their own, and uvicorn in the main thread."""

from __future__ import annotations

import errno
import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import uvicorn

from quarterdeck.base.errors import UsageError
from quarterdeck.base.project import Project
from quarterdeck.deck.cache.cache_store import FOLDER
from quarterdeck.deck.model import BuildOptions
from quarterdeck.serve.access import Access, load_token, own_address, own_names
from quarterdeck.serve.app import LiveApp
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.live_slides.shows import Shows
from quarterdeck.serve.site_builder import Outcome, SiteBuilder
from quarterdeck.serve.watching import Watcher

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


def serve_site(
    project: Project,
    build: BuildOptions,
    options: ServeOptions,
    *,
    built: Callable[[Outcome], None],
    ready: Callable[[Sequence[str]], None],
) -> None:
    """Serve the decks of *project* until the process is interrupted.

    Args:
        project: The project.
        build: The decks, and how they are built.
        options: How they are served.
        built: Called after each build that is shown, in another thread but for the first.
        ready: Called with the addresses, the token included, when pages can be opened.

    Raises:
        StageError: Slides are to be live, and there is no engine.
        UsageError: The port is in use, or the first build is asked for decks that do not exist.
        KeyboardInterrupt: Ctrl-C.
    """
    with closing(_listen(options)) as listening, ExitStack() as stack:
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
        hosts = ["127.0.0.1", *([own_address()] if options.everywhere else ())]
        page = f"{quote(outcome.made.decks[0])}.html" if build.names and outcome.made else ""
        addresses = [f"http://{host}:{port}/{page}?token={access.token}" for host in dict.fromkeys(hosts)]
        with Watcher(project, poll=options.poll) as watcher:
            thread = threading.Thread(target=_rebuild, args=(watcher, builder, site, app, built), daemon=True)
            thread.start()
            try:
                _Server(_configure(app), lambda: ready(addresses)).run(sockets=[listening])
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
    watcher: Watcher, builder: SiteBuilder, site: LiveSite, app: LiveApp, built: Callable[[Outcome], None]
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
            app.publish(site.take(outcome))
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


def _listen(options: ServeOptions) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("0.0.0.0" if options.everywhere else "127.0.0.1", options.port))
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            why = "is in use" if error.errno == errno.EADDRINUSE else "may not be used"
            raise UsageError(
                f"port {options.port} {why}", "use another one: --port 0 takes one that is free"
            ) from error
        raise
    return listening


def _configure(app: LiveApp) -> uvicorn.Config:
    return uvicorn.Config(
        app.app,
        ws="websockets-sansio",
        ws_max_size=_MOST_BYTES,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, *arguments: Any, **options: Any) -> None:
        await super().startup(*arguments, **options)
        self._ready()
