"""Who may talk to the server: each rule with an attack that it stops."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from quarterdeck.serve.access import own_address
from support.serving import Server, open_served, serving, visit, wait_for

TEXT = "## Only for the presenter\n"
LOCAL = "127.0.0.1:{port}"
HOSTS = [f"{name}:{{port}}" for name in ("attacker.example", "127.attacker.example", "127.0.0.1.attacker.example")]
HOSTS += ["127.0.0.1", "localhost", "localhost:{port}.attacker.example", "localhost:1", f"{LOCAL}@attacker.example"]
ORIGINS = ["null", "http://attacker.example", "http://127.0.0.1:1", "http://localhost:{port}", "file://"]
ORIGINS += [f"https://{LOCAL}", f"http://{LOCAL}.attacker.example"]
PATHS = [f"/assets/{path}" for path in ("../quarterdeck.toml", "..%2f..%2fslides%2ftalk.md", "/etc/passwd", "%00")]
PATHS += [
    "/slides/talk.md",
    "/..%2fslides%2ftalk.html",
    "/_live/..%2f..%2fdeck.js",
    "/assets/%2e%2e/%2e%2e/slides/talk.md",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one deck."""
    root = tmp_path_factory.mktemp("served") / "project"
    (root / "slides").mkdir(parents=True)
    (root / "slides" / "talk.yaml").write_text("slides: [talk.md]\n")
    (root / "slides" / "talk.md").write_text(TEXT)
    with serving(root) as server:
        yield server


def cookie(server: Server, token: str | None = None) -> str:
    """The header of a browser that knows the token."""
    return f"quarterdeck-{server.port}={server.token if token is None else token}"


def get(server: Server, path: str, *, method: str = "GET", **headers: str) -> tuple[HTTPResponse, str]:
    """The response to a request of a program that is no browser."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, path, headers={"Cookie": cookie(server), **headers})
    response = connection.getresponse()
    return response, response.read().decode("utf-8", "replace")


def open_socket(
    server: Server, *, origin: str | None = "", token: str | None = None, host: str = ""
) -> ClientConnection:
    """A WebSocket as a page opens it; *origin* empty: that of the server."""
    headers = {"Cookie": cookie(server, token)}
    raw = socket.create_connection(("127.0.0.1", server.port))
    return connect(
        f"ws://{host or f'127.0.0.1:{server.port}'}/_live/socket",
        sock=raw,
        origin=server.address if origin == "" else origin,  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,
    )


def read_all(page: ClientConnection) -> None:
    """Read messages until the connection ends."""
    while True:
        page.recv(timeout=60)


def test_the_presenter_sees_the_deck(server: Server) -> None:
    """The rules below refuse others only."""
    response, text = get(server, "/talk.html")
    assert (response.status, TEXT.strip("# \n") in text) == (200, True)
    with open_socket(server) as page:
        page.send(json.dumps({"kind": "hello", "page": "talk.html", "version": "?"}))
        assert json.loads(page.recv(timeout=60)) == {"kind": "reload"}


@pytest.mark.parametrize(
    "path", ["/", "/talk.html", "/assets/reveal.js", "/_live/client.js", "/none", "/talk.html?token="]
)
@pytest.mark.parametrize("known", ["", "quarterdeck-1=x", "quarterdeck-{port}=wrong", "quarterdeck-{port}="])
def test_without_the_token_there_is_nothing(server: Server, path: str, known: str) -> None:
    """Another user of this machine finds the port."""
    response, text = get(server, path, Cookie=known.format(port=server.port))
    assert (response.status, "presenter" in text) == (403, False)


def test_the_token_becomes_a_cookie(server: Server) -> None:
    """Scripts cannot read it, other sites cannot use it, and the token leaves the address bar; only on this server."""
    response, text = get(server, f"//attacker.example/?token={server.token}", Cookie="")
    expected = f"{cookie(server)}; Path=/; HttpOnly; SameSite=Strict"
    assert (response.status, response.headers["Set-Cookie"]) == (200, expected)
    assert 'content="0;url=/attacker.example/"' in text
    assert get(server, "/talk.html?token=wrong", Cookie="")[0].status == 403


@pytest.mark.parametrize("host", HOSTS)
def test_names_that_resolve_to_this_machine(server: Server, host: str) -> None:
    """DNS rebinding: the attacker's own name, with a port of ours; Host and Origin agree."""
    name = host.format(port=server.port)
    assert get(server, "/talk.html", Host=name)[0].status == 403
    assert get(server, "/talk.html", Host=name, Origin=f"http://{name}")[0].status == 403


@pytest.mark.parametrize("origin", [None, *ORIGINS])
def test_sockets_of_other_origins(server: Server, origin: str | None) -> None:
    """A page of another site, or of another port of this machine, to which browsers send the cookie."""
    with pytest.raises((InvalidHandshake, ConnectionClosed)):
        open_socket(server, origin=origin and origin.format(port=server.port))


def test_sockets_without_the_token(server: Server) -> None:
    """An origin is easily made up by a program."""
    with pytest.raises((InvalidHandshake, ConnectionClosed)):
        open_socket(server, token="wrong")


@pytest.mark.parametrize("path", PATHS)
def test_only_published_files(server: Server, path: str) -> None:
    """Names of files are looked up in a list, not on the disk."""
    response, text = get(server, path)
    assert (response.status, TEXT in text) == (404, False)


@pytest.mark.parametrize("path", ["/", "/talk.html", "/none.html", "/_live/client.js"])
def test_headers(server: Server, path: str) -> None:
    """What browsers enforce, on every response."""
    headers = get(server, path)[0].headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"].replace("style-src 'self' 'unsafe-inline'", "")


@pytest.mark.parametrize(
    "messages",
    [["nonsense"], ["[]"], ['{"kind": "run"}'], ['{"kind": "hello"}'], [b"\0"], ["x" * 100_000]]
    + [
        ['{"kind": "hello", "page": "talk.html"}', text]
        for text in ('{"kind": "run"}', '{"kind": "where", "slide": "a"}', "")
    ],
)
def test_pages_can_only_ask(server: Server, messages: list[str | bytes]) -> None:
    """Anything else ends the connection, and harms no one."""
    with open_socket(server) as page:
        for message in messages:
            page.send(message)
        with pytest.raises(ConnectionClosed):
            read_all(page)
    assert "Traceback" not in server.printed.read_text()


def test_writing_methods(server: Server) -> None:
    """There is nothing to write to."""
    assert {get(server, "/talk.html", method=method)[0].status for method in ("POST", "PUT", "DELETE")} == {405}


def test_only_this_machine(server: Server) -> None:
    """Without --host, the other addresses of this machine refuse connections."""
    for address in {own_address(), "127.0.0.2"} - {"127.0.0.1"}:  # all of 127.0.0.0/8 is this machine's
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, server.port), timeout=60).close()


def test_the_token_is_kept_for_the_next_start(server: Server) -> None:
    """Open pages connect again; nobody else can read it."""
    path = server.root / ".quarterdeck" / "serve-token"
    assert (path.read_text(), path.stat().st_mode & 0o777) == (server.token, 0o600)
    assert (server.root / ".quarterdeck" / ".gitignore").read_text() == "*\n"


HOSTILE = """<!DOCTYPE html><title>Hostile</title><iframe src="{address}/talk.html"></iframe>
<button onclick="deck = window.open('{address}/talk.html'); setInterval(attack, 50)">attack</button>
<script>const attack = () => {{
  for (const to of [deck, frames[0]]) to.postMessage('{{"method":"triggerKey","args":[66]}}', '*');
}}</script>"""


@pytest.fixture
def hostile_site(server: Server) -> Iterator[str]:
    """The address of another site of this machine, to which browsers send the same cookies."""
    body = HOSTILE.format(address=server.address).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}/"
    site.shutdown()


def test_another_site_cannot_press_keys(shared_page: Any, server: Server, hostile_site: str) -> None:
    """It opens the deck and sends reveal.js a key by `postMessage`; in a frame, the deck does not load."""
    open_served(shared_page, server, "talk.html")
    visit(shared_page, hostile_site)
    shared_page.click("button")
    wait_for(shared_page, "deck.closed")  # for this page; nothing that it sends arrives
    assert [frame.url for frame in shared_page.frames[1:]] == ["chrome-error://chromewebdata/"]


def test_messages_of_other_origins_end_at_the_guard(shared_page: Any, server: Server) -> None:
    """Without COOP, as in old browsers, they arrive in the page, before reveal.js's own listener."""
    open_served(shared_page, server, "talk.html")
    paused = """origin => {
      dispatchEvent(new MessageEvent("message", { data: '{"method":"triggerKey","args":[66]}', origin }));
      return Reveal.isPaused();
    }"""
    assert shared_page.evaluate(paused, "http://attacker.example") is False
    assert shared_page.evaluate(paused, server.address) is True
