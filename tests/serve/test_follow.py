"""A deck that an audience follows: a real server, a real engine; followers and the presenter without a browser."""

from __future__ import annotations

import json
import signal
import socket
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from quarterdeck.serve.access import own_address
from support.followers import Follower, follow_server, follower, go, open_follower
from support.live_pages import LivePage, live_page
from support.projects import MakeProject, quarterdeck
from support.serving import Server, save, serving


def get(server: Server, path: str, *, method: str = "GET", **headers: str) -> tuple[int, str, Any]:
    """Status, text and headers of the response to a follower's browser."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, path, headers={"Cookie": f"quarterdeck-{server.port}={server.token}", **headers})
    response = connection.getresponse()
    return response.status, response.read().decode("utf-8", "replace"), response.headers


def test_a_step_reaches_followers(presenter: LivePage, followed: Server) -> None:
    """What was run, with caption and commands, and what it prints; who comes late gets the same."""
    with follower(followed) as early:
        presenter.run("shell-0")
        early.wait_until(lambda: "first 42" in early.output)
        presenter.run("shell-1")
        early.wait_until(lambda: "loud 2" in early.output)
        with follower(followed) as late:
            assert (late.output, list(late.steps)) == (early.output, list(early.steps))
        assert list(early.steps)[-2:] == ["shell-0", "shell-1"]
        step = early.steps["shell-1"]
        assert (step["caption"], step["recorded"]) == ("Step 1", False)
        assert step["commands"] == ["for number in 1 2; do", "  echo loud $number", "done"]


def test_a_recording_is_marked(presenter: LivePage, followed: Server) -> None:
    """The presenter played it in place of running the step."""
    with follower(followed) as page:
        presenter.send("recorded", cue=presenter.cue("shell-2"))
        page.wait_until(lambda: page.terminal and page.terminal["recorded"])
        assert page.steps["shell-2"]["recorded"] is True


def test_output_is_neutral_and_masked(presenter: LivePage, followed: Server) -> None:
    """As the presenter's pages have it."""
    with follower(followed) as page:
        presenter.run("shell-4", first=True)
        page.wait_until(lambda: "done" in page.output)
        assert ("0123456789" in page.output, "title" in page.output, "\x1b[c" in page.output) == (False, False, False)


def test_much_output_is_skipped_and_pieces_are_small(presenter: LivePage, followed: Server) -> None:
    """Three megabytes: followers see the end, and get little more than they can read."""
    with follower(followed) as page:
        presenter.run("shell-3", first=True)
        page.wait_until(lambda: "the end" in page.output)
        assert max(len(message.get("text", "")) for message in page.messages) <= 1 << 17


def test_the_place_and_the_slides_so_far(presenter: LivePage, followed: Server) -> None:
    """Slides come when they are shown, never hidden ones; the fragment too."""
    with follower(followed) as page:
        number = go(presenter, 1, fragment=0)
        page.wait_until(lambda: page.at and page.at["slide"] == number)
        assert page.at is not None
        assert page.at["fragment"] == 0
        go(presenter, 3)
        last = go(presenter, 4)
        page.wait_until(lambda: page.at and page.at["slide"] == last)
    text = get(followed, "/slides.html")[1]
    private = ("PRIVATE", "HIDDEN", ">Rest<", "data-timing")
    assert (">Second<" in text, [word for word in private if word in text]) == (True, [])


def test_a_blank_screen_is_blank_for_followers(presenter: LivePage, followed: Server) -> None:
    """Nothing that happens meanwhile reaches them, also who comes meanwhile; afterwards they see what the room sees."""
    with follower(followed) as page:
        number = go(presenter, 1)
        page.wait_until(lambda: page.at and page.at["slide"] == number)
        go(presenter, 1, paused=True)
        page.wait_until(lambda: page.blank)
        seen = len(page.messages)
        presenter.run("shell-0")
        last = go(presenter, 5, paused=True)
        presenter.send("do", action="again")
        presenter.wait_until_ended("shell-0")
        with follower(followed) as late:
            assert (late.blank, late.at, late.terminal) == (True, None, None)
        assert ">Rest<" not in get(followed, "/slides.html")[1]
        go(presenter, 5)
        page.wait_until(lambda: not page.blank)
        assert next(message["kind"] for message in page.messages[seen:]) == "everything"
        assert page.at is not None
        assert (page.at["slide"], "first 42" in page.output) == (last, True)


def test_an_edit_reaches_followers(presenter: LivePage, followed: Server) -> None:
    """In place."""
    path = followed.root / "slides" / "talk.md"
    go(presenter, 1)
    with follower(followed) as page:
        save(path, path.read_text().replace("- another", "- EDITED"))
        page.wait_until(lambda: any("EDITED" in json.dumps(message) for message in page.messages))
        assert [message["kind"] for message in page.messages if "EDITED" in json.dumps(message)] == ["update"]


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


def test_each_token_opens_its_own_server_only(followed_talk: Server, followed: Server) -> None:
    """A follower is no presenter."""
    assert followed_talk.token != followed.token
    for host, other in ((followed_talk, followed), (followed, followed_talk)):
        stranger = host._replace(token=other.token)
        assert get(stranger, f"/?token={other.token}", Cookie="")[0] == 403
        for path in ("/", "/slides.html", "/talk.html", "/assets/reveal.js", "/_live/client.js", "/follow/page.js"):
            assert get(stranger, path)[0] == 403
        cookie = f"quarterdeck-{other.port}={other.token}"
        assert get(host, "/", Cookie=cookie)[0] == 403
    with pytest.raises((InvalidHandshake, ConnectionClosed)):
        open_follower(followed, token=followed_talk.token)
    headers = {"Cookie": f"quarterdeck-{followed_talk.port}={followed.token}"}
    with pytest.raises((InvalidHandshake, ConnectionClosed)):
        connect(
            f"ws://127.0.0.1:{followed_talk.port}/_live/socket",
            origin=followed_talk.address,
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


def test_other_machines_reach_followers_pages_only(followed_talk: Server, followed: Server) -> None:
    """Without --host the presenter's server stays on the loopback interface."""
    if (address := own_address()) == "127.0.0.1":
        pytest.skip("this machine has no network")
    socket.create_connection((address, followed.port), timeout=60).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, followed_talk.port), timeout=60).close()


def test_a_slow_follower_costs_no_memory_and_gets_everything(presenter: LivePage, followed: Server) -> None:
    """Who reads nothing for a while is not waited for; then it gets what there is."""
    with follower(followed) as page, open_follower(followed) as slow:
        presenter.run("shell-3", first=True)
        page.wait_until(lambda: "the end" in page.output)
        late = Follower(slow)
        late.wait_until(lambda: "the end" in late.output)
        assert late.output[-200:] == page.output[-200:]


def test_without_a_deck(make_project: MakeProject) -> None:
    """An audience follows one deck."""
    done = quarterdeck(
        "serve", "--follow", cwd=make_project({"slides/a.yaml": "slides: [a.md]\n", "slides/a.md": "## A\n"})
    )
    message = "--follow needs a deck\n  hint: name the one that the audience follows: quarterdeck serve DECK --follow\n"
    assert (done.returncode, done.stderr) == (2, message)


def test_a_restart_keeps_the_token(make_project: MakeProject) -> None:
    """Without --live: the slides only. The token is in a file of its own, which others cannot read."""
    root = make_project({"slides/a.yaml": "slides: [a.md]\n", "slides/a.md": "## A\n"})
    tokens = []
    for _ in range(2):
        with serving(root, "a", "--follow") as server:
            tokens.append(follow_server(server).token)
            with follower(follow_server(server)) as page:
                assert page.messages[0]["terminal"] is None
                with live_page(server, "a") as presenter:
                    presenter.send("at", slide=2, fragment=-1, paused=False)
                    page.wait_until(lambda: page.at and page.at["slide"] == 2)
                server.process.send_signal(signal.SIGINT)
                with suppress(ConnectionClosed):
                    page.wait_until(lambda: False)
            server.process.wait(60)
            assert "Traceback" not in server.printed.read_text()
    path = root / ".quarterdeck" / "follow-token"
    assert (tokens[0] == tokens[1] == path.read_text(), path.stat().st_mode & 0o777) == (True, 0o600)
    assert "█" in server.printed.read_text()
