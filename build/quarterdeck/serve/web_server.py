"""uvicorn: the servers of the presenter's and of the audience's pages, both in one event loop."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from quarterdeck.base.errors import UsageError


class WebServer(uvicorn.Server):
    """Serves one application, and has perhaps another server beside it."""

    def __init__(
        self,
        app: ASGIApp,
        ready: Callable[[], None],
        *,
        longest_message: int,
        beside: tuple[WebServer, socket.socket] | None = None,
        leads: bool = True,
    ) -> None:
        """A server that does not run yet.

        Args:
            app: What it serves.
            ready: Called when it can be connected to, in the event loop.
            longest_message: The longest message of a page, in bytes.
            beside: A server that starts and ends with this one, and what it listens on.
            leads: Whether Ctrl-C ends it; a server beside another one ends with that.
        """
        super().__init__(_configure(app, longest_message))
        self.has_started = asyncio.Event()
        self._ready = ready
        self._beside = beside
        self._leads = leads
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take Ctrl-C as the wish to end."""
        if not self._leads:
            yield
            return
        with super().capture_signals():
            yield

    async def startup(self, *arguments: Any, **options: Any) -> None:
        """Begin to serve."""
        await super().startup(*arguments, **options)
        if self._beside is not None:
            server, listening = self._beside
            self._task = asyncio.create_task(server.serve([listening]))
            await server.has_started.wait()
        self._ready()
        self.has_started.set()

    async def shutdown(self, *arguments: Any, **options: Any) -> None:
        """End all connections."""
        if self._beside is not None and self._task is not None:
            self._beside[0].should_exit = True
            await self._task
        await super().shutdown(*arguments, **options)


def listen(port: int, *, everywhere: bool) -> socket.socket:
    """A socket on *port*, or on any port for 0; not *everywhere*: on the loopback interface.

    Raises:
        UsageError: The port is in use, or may not be used.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("0.0.0.0" if everywhere else "127.0.0.1", port))
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            why = "is in use" if error.errno == errno.EADDRINUSE else "may not be used"
            raise UsageError(f"port {port} {why}", "use another one: --port 0 takes one that is free") from error
        raise
    return listening


def _configure(app: ASGIApp, longest_message: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=longest_message,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
