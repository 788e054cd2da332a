"""A deck that an audience follows: a real server, a real engine; followers and the presenter without a browser."""

from __future__ import annotations

import json
import signal
from contextlib import suppress

from websockets.exceptions import ConnectionClosed

from support.followers import Follower, follow_server, follower, get, go, open_follower
from support.live_pages import LivePage, live_page
from support.projects import MakeProject, quarterdeck
from support.serving import Server, save, serving


def test_a_step_reaches_followers(presenter: LivePage, followed: Server) -> None:
    """What was run, with caption and commands, and what it prints; who comes late gets the same."""
    with follower(followed) as early:
        presenter.run("shell-0")
        early.wait_until(lambda: "first 42" in early.output)
        presenter.run("shell-1")
        early.wait_until(lambda: "loud 2" in early.output)
        presenter.run("shell-0")
        early.wait_until(lambda: "first 42" in early.output)
        with follower(followed) as late:
            assert (late.output, list(late.steps)) == (early.output, list(early.steps))
        assert list(early.steps)[-2:] == ["shell-1", "shell-0"]
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
        page.wait_until(lambda: page.at and (page.at["slide"], page.at["fragment"]) == (number, 0))
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
