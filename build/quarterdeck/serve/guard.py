"""The door of the web application: requests pass the rules of `Access`, and responses get their headers."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quarterdeck.serve.access import HEADERS, Access

_STRICT = "default-src 'none'; frame-ancestors 'self'"
"""The Content-Security-Policy of responses that are no pages."""
_UNKNOWN = "Open the address that `quarterdeck serve` has printed: it contains a token.\n"


class Guard:
    """Refuses requests that are not from a page of ours or from the person who started the server."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        local = (scope.get("server") or ("", 0))[0] or ""
        if not self._access.allows_host(host, local):
            await _refuse(scope, receive, send, "unknown host name\n")
        elif origin is None and scope["type"] == "websocket":
            await _refuse(scope, receive, send, "no origin\n")
        elif origin is not None and not self._access.allows_origin(origin, host):
            await _refuse(scope, receive, send, "another origin\n")
        elif scope["type"] == "http" and (given := parse_qs(scope["query_string"].decode("latin-1")).get("token")):
            await self._let_in(given[-1], scope, receive, send)
        elif not self._access.knows(headers.get("cookie", "")):
            await _refuse(scope, receive, send, _UNKNOWN)
        else:
            await self._app(scope, receive, _with_headers(send))

    async def _let_in(self, token: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the cookie, and go to the same page without the token.

        By a page of ours: after a redirect the browser would still count the request as one of the site that had the
        link, and leave a strict cookie out.
        """
        if not self._access.is_token(token):
            await _refuse(scope, receive, send, _UNKNOWN)
            return
        path = quote("/" + scope["path"].lstrip("/"))
        page = f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={escape(path)}">'
        response = HTMLResponse(page, headers={"Set-Cookie": self._access.set_cookie(), "Cache-Control": "no-store"})
        await response(scope, receive, _with_headers(send))


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse(why, 403)(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", _STRICT)
        await send(message)

    return send_with_headers
