"""Steps that run from pages of a deck, on a stage of a real engine: what pages ask for, and what they get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from support.containers import our_containers
from support.demo_projects import demo, record_once, write_demos
from support.live_pages import LivePage, live_page
from support.serving import Server, save, serving

STEPS = (
    "count=1; echo one | tee -a ~/done",
    "echo two $((++count)) | tee -a ~/done",
    "cat ~/done",
    "#@ match: [hello]\n#@ send: [you]\nread -p 'Who? ' who; echo hello $who",
    "sh -c 'echo running; exec sleep 600'",
)
SLIDES = "\n---\n".join(f"## Slide {number}\n\n<!-- include: shell-{number} -->\n" for number in range(len(STEPS)))


@pytest.fixture(scope="module")
def server(engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one deck, whose demo but for its last step is recorded."""
    root = tmp_path_factory.mktemp("served") / "project"
    write_demos(root, {"shell": demo(*STEPS[:-1])})
    record_once(root)
    write_demos(root, {"shell": demo(*STEPS)})
    (root / "slides" / "talk.yaml").write_text("slides: [talk.md]\n")
    (root / "slides" / "talk.md").write_text(SLIDES)
    with serving(root, "--live") as server:
        yield server


@pytest.fixture
def page(server: Server) -> Iterator[LivePage]:
    """A page that has reset the demo."""
    with live_page(server, "talk") as page:
        page.begin_again()
        yield page


def test_a_step_runs_and_is_judged(page: LivePage) -> None:
    """In a terminal of its own; a step that is asked for before its stage is ready waits."""
    page.send("size", rows=20, columns=90)
    assert page.run("shell-0") == "one\r\n"
    assert page.terminal == {"kind": "terminal", "cue": 0, "recorded": False, "rows": 20, "columns": 90}
    last = page.state["last"]
    assert (last["name"], last["verdict"], last["summary"].split(",")[0]) == ("shell-0", "PASSED", "as recorded")
    assert page.run("shell-1") == "two 2\r\n"
    assert sorted(page.state["results"]) == ["0", "1"]


def test_steps_before_it_are_offered_first(page: LivePage) -> None:
    """Those that slides show and that have not run; they run quietly, and only when the presenter agrees."""
    page.send("run", cue=2)
    offer = page.wait_for("offer")
    assert (offer["cue"], offer["steps"]) == (2, ["shell-0", "shell-1"])
    assert (page.terminal["cue"], page.state["running"]) == (None, None)
    assert page.run("shell-2", first=True) == "one\r\ntwo 2\r\n"
    assert sorted(page.state["results"]) == ["2"]
    assert page.run("shell-1") == "two 2\r\n", "those before it have run in this performance"


def test_back_and_again(page: LivePage) -> None:
    """Back is to before the last step, again from the state that it found."""
    page.run("shell-0")
    page.run("shell-1")
    page.send("do", action="back")
    page.wait_until(lambda: page.state["next"] == 1 and page.terminal["cue"] is None)
    assert (sorted(page.state["results"]), page.state["last"]) == (["0"], None)
    page.wait_until_ready()
    assert page.run("shell-1") == "two 2\r\n"
    page.send("do", action="again")
    page.wait_until(lambda: page.state["running"] == 1)
    page.wait_until_ended("shell-1")
    assert page.output == b"two 2\r\n"
    assert page.run("shell-2") == "one\r\ntwo 2\r\n"


def test_a_recording_is_played_instead(page: LivePage) -> None:
    """In the same terminal, said to be recorded; of any step, without running those before it."""
    page.send("recorded", cue=2)
    page.wait_until(lambda: page.output.endswith(b"two 2\r\n") and page.state["phase"] == "idle")
    assert (page.terminal["recorded"], page.output) == (True, b"one\r\ntwo 2\r\n")
    assert page.state["next"] == 0
    page.send("recorded", cue=0)
    page.wait_until(lambda: page.state["next"] == 1 and page.state["phase"] == "idle")
    assert (page.output, page.state["last"]["verdict"]) == (b"one\r\n", "recorded")


def test_a_step_that_asks_gets_what_is_typed(page: LivePage) -> None:
    """It is said to be interactive; another page that comes late sees the same."""
    page.send("run", cue=3, first=True)
    page.wait_until(lambda: page.output.endswith(b"Who? ") and page.state["interactive"])
    page.type(b"every")
    page.wait_until(lambda: page.output.endswith(b"every"))
    with live_page(page.server, "talk", receiver=True) as late:
        late.wait_until(lambda: late.output.endswith(b"Who? every"))
        assert late.state["running"] == 3
        page.type(b"body\r")
        late.wait_until(lambda: late.output.endswith(b"hello everybody\r\n") and late.state["running"] is None)
    page.wait_until_ended("shell-3")


def test_a_running_step_is_stopped(page: LivePage) -> None:
    """As Ctrl-C does; its recording, which it does not have, is not missed."""
    page.send("run", cue=4, first=True)
    page.wait_until(lambda: page.terminal["cue"] == 4 and page.output == b"running\r\n")
    page.send("do", action="stop")
    page.wait_until_ended("shell-4")
    assert page.state["last"]["verdict"] == "FAILED"


def test_who_only_watches_asks_for_nothing(server: Server, page: LivePage) -> None:
    """A page in the speaker window that tries is disconnected, and nothing runs."""
    for attempt in ({"kind": "run", "cue": 0}, b"exit\r", {"kind": "do", "action": "reset"}):
        with live_page(server, "talk", receiver=True) as watcher:
            watcher.wait_until(lambda watcher=watcher: watcher.state)
            if isinstance(attempt, bytes):
                watcher.type(attempt)
            else:
                watcher.send(**attempt)  # type: ignore[arg-type]
            with pytest.raises(ConnectionClosed):
                watcher.wait_until(lambda: False)
            assert (watcher.state["running"], watcher.terminal["cue"]) == (None, None)


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "run", "cue": "rm -rf /"},
        {"kind": "run", "cue": 99},
        {"kind": "run", "cue": -1},
        {"kind": "run", "script": "rm -rf /"},
        {"kind": "do", "action": "close"},
        {"kind": "size", "rows": 100000, "columns": 1},
        {"kind": "taken", "bytes": -5},
        {"kind": "eval"},
    ],
)
def test_only_steps_of_the_deck_run(server: Server, page: LivePage, message: dict[str, Any]) -> None:
    """A page that asks for anything else is not ours, and is disconnected."""
    page.send(**message)
    with pytest.raises(ConnectionClosed):
        page.wait_until(lambda: False)


def test_an_edit_of_a_slide_keeps_the_stage(server: Server, page: LivePage) -> None:
    """The demo goes on where it was; where the slide of a running step is deleted, that ends."""
    page.run("shell-0")
    before = [(step["slide"], step["step"]) for step in page.steps]
    save(server.root / "slides" / "talk.md", "## New\n\n---\n" + SLIDES.replace("## Slide 1\n", "## Slide One\n"))
    page.wait_for("order")
    assert [(step["slide"], step["step"]) for step in page.steps] == before
    page.send("run", cue=2)
    assert page.wait_for("offer")["steps"] == ["shell-1"], "what follows is after the edit"
    assert sorted(page.state["results"]) == ["0"]
    assert (page.terminal["cue"], page.output, page.state["last"]["name"]) == (0, b"one\r\n", "shell-0")
    assert page.run("shell-1") == "two 2\r\n"
    page.send("run", cue=4, first=True)
    page.wait_until(lambda: page.output == b"running\r\n")
    save(server.root / "slides" / "talk.md", SLIDES.replace("## Slide 4\n", "## Slide Four\n"))
    page.wait_for("order")
    page.send("do", action="stop")
    page.wait_until_ended("shell-4")
    assert page.output.startswith(b"running\r\n")
    page.send("run", cue=4, first=True)
    page.wait_until(lambda: page.state["running"] == 4 and page.output == b"running\r\n")
    save(server.root / "slides" / "talk.md", SLIDES.rpartition("\n---\n")[0])
    page.wait_until(lambda: page.state["running"] is None and page.terminal["cue"] is None)
    assert [step["step"] for step in page.steps] == ["shell-0", "shell-1", "shell-2", "shell-3"]
    save(server.root / "slides" / "talk.md", SLIDES)
    page.wait_until(lambda: len(page.steps) == len(STEPS))


def test_a_step_that_no_slide_shows_is_not_run_for_itself(server: Server, page: LivePage) -> None:
    """It only prepares the others; a page that asks for it is not ours."""
    slides = SLIDES.split("\n---\n")
    save(server.root / "slides" / "talk.md", "\n---\n".join([slides[0], *slides[2:]]))
    page.wait_until(lambda: [step["cue"] for step in page.steps] == [0, 2, 3, 4])
    page.send("run", cue=1)
    with pytest.raises(ConnectionClosed):
        page.wait_until(lambda: False)
    with live_page(server, "talk") as other:
        save(server.root / "slides" / "talk.md", SLIDES)
        other.wait_until(lambda: len(other.steps) == len(STEPS))
        assert (other.terminal["cue"], other.state["results"]) == (None, {})


def test_an_edit_of_the_demo_begins_it_again(server: Server, page: LivePage) -> None:
    """On a fresh stage, at the same step."""
    page.run("shell-0")
    edited = demo(*STEPS).replace("echo two", "echo second")
    save(server.root / "commands" / "shell.demo", edited)
    page.wait_until(lambda: page.state["next"] == 1 and not page.state["results"] and page.state["ready"])
    assert page.run("shell-1", first=True) == "second 2\r\n"
    save(server.root / "commands" / "shell.demo", demo(*STEPS))
    page.wait_for("order")
    page.wait_until(lambda: not page.state["results"] and page.state["ready"])


def test_nothing_stays(engine: Any, server: Server, page: LivePage) -> None:
    """Stages, whatever runs on them, are gone when the server has ended."""
    page.send("run", cue=4, first=True)
    page.wait_until(lambda: page.state["phase"] == "running")
    server.process.send_signal(2)
    assert server.process.wait(60) in (0, 130)
    assert our_containers(engine, server.process.pid) == set()
