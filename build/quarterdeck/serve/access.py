"""Who may talk to the server: rules for Host, Origin and the token, and the headers that browsers enforce.

What they defend against: other users and machines (the token), pages of other sites that the presenter visits (Origin,
SameSite, COOP), and such a site whose name resolves to this machine (Host against a list; with DNS rebinding, Origin
and Host agree).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from quarterdeck.deck.html.tokens import RawText, Tag, read_tokens

HEADERS: Mapping[str, str] = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Of every response."""
_NOT_SCRIPTS = frozenset({"application/json", "application/ld+json", "text/template", "text/plain"})


class Access:
    """The rules of one server."""

    def __init__(self, port: int, token: str, names: Iterable[str] = ()) -> None:
        """*names*: host names by which this server is reached, beside those of the loopback interface."""
        self.cookie = f"quarterdeck-{port}"
        """Its name; cookies of a host are sent to all of its ports."""
        self.token = token
        self._hosts = {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]", *names)}
        self._port = port

    def allows_host(self, host: str, local_address: str) -> bool:
        """Whether a request may name *host* (header `Host`); *local_address*: that which the client connected to."""
        return host in self._hosts or host == f"{_bracketed(local_address)}:{self._port}"

    def allows_origin(self, origin: str, host: str) -> bool:
        """Whether a page of *origin* may connect; *host* is one that is allowed."""
        return origin == f"http://{host}"

    def is_token(self, token: str) -> bool:
        """Whether *token* is that of this server."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    def knows(self, cookies: str) -> bool:
        """Whether the header `Cookie` has the token."""
        try:
            morsel = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return False
        return morsel is not None and self.is_token(morsel.value)

    def set_cookie(self) -> str:
        """The header `Set-Cookie` that remembers the token until the browser is closed."""
        return f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def load_token(folder: Path, name: str = "serve-token") -> str:
    """The token of a project, kept in *folder* so that open pages survive a restart of the server; made if missing.

    *name*: of its file; each server of a project has a token of its own.
    """
    path = folder / name
    try:
        token = path.read_text("ascii").strip()
        if re.fullmatch(r"[\w-]{32,}", token) and path.stat().st_mode & 0o077 == 0:
            return token
    except (OSError, UnicodeDecodeError):
        pass
    token = secrets.token_urlsafe(32)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(token, encoding="ascii")
    return token


def own_names() -> tuple[str, ...]:
    """The names of this machine in its network."""
    name = socket.gethostname().lower()
    return (name, f"{name}.local") if not _is_address(name) else ()


def own_address() -> str:
    """The address by which other machines reach this one; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def page_policy(html: str, notes_plugin: str, host: str) -> str:
    """The Content-Security-Policy of the page *html*: only its own scripts run, and it loads only from this server.

    Args:
        html: The page.
        notes_plugin: The text of reveal.js's notes plugin, whose window inherits the policy.
        host: The host that the page was requested from, for WebSockets.
    """
    scripts, handlers = _inline_code(html)
    hashes = " ".join(_source(text) for text in (*scripts, *speaker_scripts(notes_plugin)))
    attributes = " ".join(["'unsafe-hashes'", *map(_source, handlers)]) if handlers else "'none'"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}",
            f"script-src-attr {attributes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "frame-src 'self' data: blob:",
            f"connect-src 'self' ws://{host}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
        )
    )


def speaker_scripts(notes_plugin: str) -> list[str]:
    """The scripts in the window that reveal.js's notes plugin writes: in a template literal of its own text."""
    written = re.search(r"\.write\(`(.*?)(?<!\\)`\)", notes_plugin, re.DOTALL)
    text = re.sub(r"\\(.)", r"\1", written[1]) if written else ""
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def _inline_code(html: str) -> tuple[set[str], set[str]]:
    """The scripts in *html*, and its attributes that are scripts."""
    scripts: set[str] = set()
    handlers: set[str] = set()
    tag = None
    for token in read_tokens(html):
        if isinstance(token, Tag):
            tag = token
            text = html[token.start : token.end]
            if not token.closing and re.search(r"(?i)\son[a-z]+\s*=", text):
                handlers |= {value for name, value in token.attributes.items() if name.startswith("on")}
        elif isinstance(token, RawText) and token.element == "script" and tag:
            kind = tag.attributes.get("type", "").strip().lower()
            if "src" not in tag.attributes and kind not in _NOT_SCRIPTS:
                scripts.add(html[token.start : token.end])
    return scripts, handlers


def _source(text: str) -> str:
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
