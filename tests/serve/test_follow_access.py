"""Who may follow, and what followers may do: each rule with an attack that it stops. No engine is needed for that."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from quarterdeck.serve.access import own_address
from support.followers import follow_server, follower, get, open_follower, write_followed_deck
from support.serving import Server, serving


@pytest.fixture(scope="module")
def presenters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The presenter's server, whose slides are not live."""
    root = tmp_path_factory.mktemp("followed") / "project"
    write_followed_deck(root)
    with serving(root, "talk", "--follow") as server:
        yield server


@pytest.fixture(scope="module")
def followed(presenters: Server) -> Server:
    """The audience's server."""
    return follow_server(presenters)


@pytest.mark.parametrize("message", ['{"kind":"run","cue":0}', b"ls\n", "", "x" * 1000])
def test_a_follower_who_sends_anything_has_to_go(followed: Server, message: str | bytes) -> None:
    """There is no way in."""
    with follower(followed) as page:
        page.connection.send(message)
        with pytest.raises(ConnectionClosed):
            page.wait_until(lambda: False)


def test_nothing_to_write_to(followed: Server) -> None:
    """GET and HEAD only."""
    paths = ("/", "/slides.html", "/follow/page.js")
    assert {get(followed, path, method="HEAD")[0] for path in paths} == {200}
    methods = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    assert {get(followed, path, method=method)[0] for path in paths for method in methods} == {405}


def test_no_script_of_the_page_sends(followed: Server) -> None:
    """Neither through the socket nor otherwise."""
    scripts = "".join(get(followed, f"/follow/{name}.js")[1] for name in ("guard", "frame", "page"))
    assert [word for word in (".send(", "fetch(", "XMLHttp", "sendBeacon", "EventSource") if word in scripts] == []


def test_each_token_opens_its_own_server_only(presenters: Server, followed: Server) -> None:
    """A follower is no presenter."""
    assert presenters.token != followed.token
    for host, other in ((presenters, followed), (followed, presenters)):
        stranger = host._replace(token=other.token)
        assert get(stranger, f"/?token={other.token}", Cookie="")[0] == 403
        for path in ("/", "/slides.html", "/talk.html", "/assets/reveal.js", "/_live/client.js", "/follow/page.js"):
            assert get(stranger, path)[0] == 403
        cookie = f"quarterdeck-{other.port}={other.token}"
        assert get(host, "/", Cookie=cookie)[0] == 403
    with pytest.raises((InvalidHandshake, ConnectionClosed)):
        open_follower(followed, token=presenters.token)
    headers = {"Cookie": f"quarterdeck-{presenters.port}={followed.token}"}
    with pytest.raises((InvalidHandshake, ConnectionClosed)):
        connect(
            f"ws://127.0.0.1:{presenters.port}/_live/socket",
            origin=presenters.address,
            additional_headers=headers,
        )  # type: ignore[arg-type]


def test_nothing_of_the_presenter_is_there(followed: Server) -> None:
    """Not his pages, scripts or socket; nor files by their paths."""
    paths = ["/talk.html", "/index.html", "/_live/client.js", "/_live/steps.css", "/_live/vendor/xterm.js"]
    paths += ["/slides/talk.md", "/assets/../quarterdeck.toml", "/assets/..%2f..%2fslides%2ftalk.md", "/assets/%00"]
    paths += [
        "/follow/../live/steps.js",
        "/follow/..%2flive%2fsteps.js",
        "/follow/vendor/..%2f..%2fdeck.js",
        "/follow//etc/passwd",
    ]
    assert {get(followed, path)[0] for path in paths} == {404}
    with pytest.raises((InvalidHandshake, ConnectionClosed)):
        connect(
            f"ws://127.0.0.1:{followed.port}/_live/socket",
            origin=followed.address,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"quarterdeck-{followed.port}={followed.token}"},
        )


def test_hosts_and_origins(followed: Server) -> None:
    """The machine's own names and addresses; a socket only from the page itself."""
    address = own_address()
    for name in ("localhost", "127.0.0.1", socket.gethostname().lower()):
        assert get(followed, "/", Host=f"{name}:{followed.port}")[0] == 200
    for name in ("attacker.example", f"{address}.attacker.example", f"{address}@attacker.example"):
        assert get(followed, "/", Host=f"{name}:{followed.port}")[0] == 403
    for origin in (
        None,
        "null",
        "http://attacker.example",
        f"http://{address}:1",
        f"https://127.0.0.1:{followed.port}",
    ):
        with pytest.raises((InvalidHandshake, ConnectionClosed)):
            open_follower(followed, origin=origin)


@pytest.mark.parametrize("path", ["/", "/slides.html", "/follow/page.js", "/none"])
def test_headers(followed: Server, path: str) -> None:
    """What browsers enforce."""
    headers = get(followed, path)[2]
    policy = headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert ("frame-ancestors 'self'" in policy, "script-src 'self' 'unsafe-inline'" in policy) == (True, False)


def test_other_machines_reach_followers_pages_only(presenters: Server, followed: Server) -> None:
    """Without --host the presenter's server stays on the loopback interface."""
    for address in {own_address(), "127.0.0.2"} - {"127.0.0.1"}:  # all of 127.0.0.0/8 is this machine's
        socket.create_connection((address, followed.port), timeout=60).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, presenters.port), timeout=60).close()
