"""The web application: pages, their files, and a WebSocket for each page. A page only ever gets; it starts nothing."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from quarterdeck.base.shipped import shipped_templates
from quarterdeck.serve.access import Access, page_policy
from quarterdeck.serve.changes import LivePage, Message
from quarterdeck.serve.guard import Guard
from quarterdeck.serve.live_site import INDEX, LiveSite
from quarterdeck.serve.live_slides.shows import Shows
from quarterdeck.serve.open_pages import OpenPage, OpenPages, decode
from quarterdeck.serve.page_files import LIVE_HEAD, find_live_file, join_script
from quarterdeck.serve.site_builder import Report

_NO_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>quarterdeck</title></head>
<body class="waiting"></body></html>
"""
"""Shown until a build succeeds."""


class LiveApp:
    """Serves a `LiveSite`."""

    def __init__(self, site: LiveSite, access: Access, shows: Shows) -> None:
        """*shows*: the steps of its decks, and what presenters see beside the slides."""
        self._site = site
        self._shows = shows
        self._pages = OpenPages()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._served: dict[str, tuple[LivePage | None, bytes, Callable[[str], str]]] = {}
        routes = [
            Route("/", self._page),
            Route("/{name}.html", self._page),
            Route("/assets/{name}", self._file),
            Route("/_live/{name}.js", self._script),
            WebSocketRoute("/_live/socket", self._socket),
        ]
        if shows.are_live:
            routes.append(Route("/_live/{name:path}", self._live_file))
        self.app: ASGIApp = Guard(Starlette(routes=routes), access)

    def publish(self, messages: Mapping[str, Message]) -> None:
        """Send *messages* to the pages that they are for, and to all pages what is wrong; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._pages.send, messages, (problems_message(self._site.report),))
                self._loop.call_soon_threadsafe(self._shows.follow_build)

    async def _page(self, request: Request) -> Response:
        name = f"{request.path_params['name']}.html" if "name" in request.path_params else INDEX
        page = self._site.pages.get(name)
        if page is None and self._site.pages:
            return PlainTextResponse(f"no page '{name}'", 404)
        served = self._served.get(name)
        if served is None or served[0] is not page:
            html = with_scripts(page, name, live=self._shows.are_live)
            served = (page, html.encode("utf-8", "surrogateescape"), cache(lambda host: _policy(html, host)))
            self._served[name] = served
        headers = {"Content-Security-Policy": served[2](request.headers["host"]), "Cache-Control": "no-store"}
        return Response(served[1], media_type="text/html", headers=headers)

    async def _file(self, request: Request) -> Response:
        asset = self._site.files.get(request.path_params["name"])
        if asset is None or (asset.data is None and not asset.path.is_file()):
            return PlainTextResponse("no such file", 404)
        kind = mimetypes.guess_type(asset.name)[0] or "application/octet-stream"
        headers = {"Cache-Control": "no-cache"}
        if asset.data is None:
            return FileResponse(asset.path, media_type=kind, headers=headers)
        return Response(asset.data, media_type=kind, headers=headers)

    async def _script(self, request: Request) -> Response:
        text = join_script(request.path_params["name"], live=self._shows.are_live)
        if text is None:
            return PlainTextResponse("no such script", 404)
        return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    async def _live_file(self, request: Request) -> Response:
        path = find_live_file(request.path_params["name"])
        if path is None:
            return PlainTextResponse("no such file", 404)
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    async def _socket(self, socket: WebSocket) -> None:
        self._loop = asyncio.get_running_loop()
        await socket.accept()
        try:
            hello = decode(await socket.receive_text())
            if hello is None or hello["kind"] != "hello" or not isinstance(hello.get("page"), str):
                await socket.close(1008)
                return
            page = OpenPage(hello["page"], speaker=hello.get("speaker") is True, receiver=hello.get("receiver") is True)
            self._greet(page, str(hello.get("version")))
            sending = asyncio.create_task(_send_waiting(socket, page))
            try:
                while await self._answer(socket, page):
                    pass
            finally:
                self._pages.remove(page)
                self._shows.remove(page)
                sending.cancel()
        except (WebSocketDisconnect, KeyError):  # KeyError: bytes instead of text
            pass

    def _greet(self, page: OpenPage, version: str) -> None:
        if not page.speaker:
            for message in self._site.catch_up(page.name, version):
                page.send(message)
        page.send(problems_message(self._site.report))
        self._pages.add(page)
        self._shows.add(page)

    async def _answer(self, socket: WebSocket, page: OpenPage) -> bool:
        """Answer the next message of *page*; False after one that no page of ours sends."""
        received = await socket.receive()
        if received["type"] == "websocket.disconnect":
            return False
        if received.get("bytes") is not None:
            if self._shows.are_live and not page.receiver:
                self._shows.receive_bytes(page, received["bytes"])
                return True
        else:
            message = decode(received["text"])
            if message is not None and self._handle(message, page):
                return True
        await socket.close(1008)
        return False

    def _handle(self, message: Message, page: OpenPage) -> bool:
        if message["kind"] == "where" and isinstance(message.get("slide"), int):
            place, address = self._site.find_slide(page.name, message["slide"])
            page.send({"kind": "where", "place": place, "address": address})
            return True
        if message["kind"] == "hello":
            for answer in self._site.catch_up(page.name, str(message.get("version"))):
                page.send(answer)
            return True
        if page.receiver and message["kind"] != "taken":
            return False
        return self._shows.receive(page, message)


def problems_message(report: Report) -> Message:
    """What is wrong, as a message to a page."""
    return {
        "kind": "problems",
        "errors": [problem._asdict() for problem in report.errors],
        "warnings": [problem._asdict() for problem in report.warnings],
    }


def with_scripts(page: LivePage | None, name: str, *, live: bool = False) -> str:
    """The HTML of *page* with the scripts that keep it up to date; None: no build has succeeded.

    Args:
        page: The page.
        name: Of its file.
        live: Whether its slides are live.
    """
    html = page.html if page else _NO_PAGE
    version = page.version if page else ""
    script = f'<script src="/_live/client.js" data-page="{escape(name)}" data-version="{version}"></script>'
    if live:
        script = LIVE_HEAD + script
    # Before deck.js starts reveal.js, which removes hidden slides.
    at = page.parts.after_slides if page and page.parts else html.rfind("</body>")
    html = html[:at] + script + html[at:] if at >= 0 else html + script
    guard = '<script src="/_live/guard.js"></script>'
    return re.sub(r"<head\b[^>]*>", lambda match: match[0] + guard, html, count=1)


def _policy(html: str, host: str) -> str:
    notes = shipped_templates() / "vendor" / "notes.js"
    return page_policy(html, notes.read_text("utf-8") if notes.is_file() else "", host)


async def _send_waiting(socket: WebSocket, page: OpenPage) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            message = await page.next()
            if isinstance(message, str):
                await socket.send_text(message)
            else:
                await socket.send_bytes(message)
