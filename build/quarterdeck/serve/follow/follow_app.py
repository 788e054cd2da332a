"""The web application of the follow page. It has no way in: it serves files, and a WebSocket that only sends."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from quarterdeck.base.shipped import shipped_templates
from quarterdeck.deck.assets.asset_memory import Asset
from quarterdeck.serve.access import Access, page_policy
from quarterdeck.serve.changes import LivePage
from quarterdeck.serve.follow.audience import Audience, Follower
from quarterdeck.serve.follow.slides_so_far import find_files, with_frame_script
from quarterdeck.serve.guard import Guard
from quarterdeck.serve.live_site import LiveSite

_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "guard.js": ("live/guard",),
    "frame.js": ("live/place", "live/slides", "follow/frame"),
    "page.js": (
        "follow/begin",
        "live/blocks",
        "live/step_terminal",
        "follow/slide_frame",
        "follow/terminal_panel",
        "follow/step_list",
        "follow/connection",
    ),
}
"""What the page, and the frame in it with the slides, get as scripts; modules in `templates/`, in order."""
_COPYING = re.compile(r'<script src="assets/copying\.[^"]*"></script>')
_NO_SLIDES = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>quarterdeck</title></head></html>'


class FollowApp:
    """Serves what an `Audience` may see."""

    def __init__(self, site: LiveSite, access: Access, audience: Audience) -> None:
        self._site = site
        self._audience = audience
        self._files: tuple[LivePage | None, Mapping[str, Asset]] = (None, {})
        self._made: dict[str, tuple[LivePage | None, bytes, Callable[[str], str]]] = {}
        """What followers get, for which slides; and its Content-Security-Policy, by host."""
        routes = [
            Route("/", self._page),
            Route("/slides.html", self._slides),
            Route("/assets/{name}", self._asset),
            Route("/follow/{name:path}", self._file),
            WebSocketRoute("/follow/socket", self._socket),
        ]
        self.app: ASGIApp = Guard(Starlette(routes=routes), access)

    async def _page(self, request: Request) -> Response:
        return self._respond("page", _make_page, request)

    async def _slides(self, request: Request) -> Response:
        return self._respond("slides", _make_slides, request)

    def _respond(self, name: str, make: Callable[[LivePage | None], str], request: Request) -> Response:
        page = self._audience.page
        made = self._made.get(name)
        if made is None or made[0] is not page:
            html = make(page)
            made = page, html.encode("utf-8", "surrogateescape"), cache(lambda host: page_policy(html, "", host))
            self._made[name] = made
        headers = {"Content-Security-Policy": made[2](request.headers["host"]), "Cache-Control": "no-store"}
        return Response(made[1], media_type="text/html", headers=headers)

    async def _asset(self, request: Request) -> Response:
        page = self._audience.page
        if self._files[0] is not page:
            self._files = page, find_files(page.html if page else "", self._site.files)
        asset = self._files[1].get(request.path_params["name"])
        if asset is None or (asset.data is None and not asset.path.is_file()):
            return PlainTextResponse("no such file", 404)
        kind = mimetypes.guess_type(asset.name)[0] or "application/octet-stream"
        headers = {"Cache-Control": "private, max-age=3600"}  # their names change with them
        if asset.data is None:
            return FileResponse(asset.path, media_type=kind, headers=headers)
        return Response(asset.data, media_type=kind, headers=headers)

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name in _SCRIPTS:
            folder = shipped_templates()
            text = "\n".join((folder / f"{module}.js").read_text("utf-8") for module in _SCRIPTS[name])
            return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-store"})
        path = _find_file(name)
        if path is None:
            return PlainTextResponse("no such file", 404)
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    async def _socket(self, socket: WebSocket) -> None:
        """Send until the follower goes; a follower who sends anything has to go."""
        await socket.accept()
        follower = self._audience.add()
        if follower is None:
            await socket.close(1013)
            return
        sending = asyncio.create_task(self._send(socket, follower))
        try:
            await socket.receive()
        finally:
            self._audience.remove(follower)
            sending.cancel()
        with suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(1008)

    async def _send(self, socket: WebSocket, follower: Follower) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await socket.send_bytes(await self._audience.next_piece(follower))


def _make_page(page: LivePage | None) -> str:
    """The page of a follower, in the theme of the deck."""
    parts = page.parts if page else None
    sheets = [address for address in (parts.style_sheets if parts else ()) if address.startswith("assets/theme.")]
    html = (shipped_templates() / "follow" / "page.html").read_text("utf-8")
    html = html.replace("<!-- title -->", escape(parts.title if parts else ""))
    html = html.replace(
        "<!-- theme -->", "".join(f'<link rel="stylesheet" href="{escape(sheet)}">' for sheet in sheets)
    )
    copying = _COPYING.search(page.html) if page else None
    return html.replace("<!-- copying -->", copying[0] if copying else "")


def _make_slides(page: LivePage | None) -> str:
    """The page in its frame."""
    return with_frame_script(page) if page and page.html else _NO_SLIDES


def _find_file(name: str) -> Path | None:
    """The file that the page loads as *name*; None if there is none."""
    templates = shipped_templates()
    files = {
        "page.css": templates / "follow" / "page.css",
        "steps.css": templates / "live" / "steps.css",
        **{f"vendor/{path.name}": path for path in (templates / "vendor" / "live").glob("*.*")},
    }
    return files.get(name)
