"""Performances on stages of a real engine, driven by hand: commands in, events out."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.check.verdict import Verdict
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.present.performer import Performer
from quarterdeck.present.performer_events import (
    Event,
    Finished,
    Moved,
    Overdue,
    Preparing,
    Ready,
    Shown,
    StageLost,
    Started,
)
from quarterdeck.present.running_order import OrderedSlide, Scripts, order_demo, order_slides
from support.containers import our_containers
from support.demo_projects import demo, record_once, write_demos
from support.waiting import wait_until

E = TypeVar("E")
Perform = Callable[..., "Show"]


class Show:
    """A performer, and what it has reported."""

    def __init__(self, performer: Performer) -> None:
        self.performer = performer
        self.events: list[Event] = []

    def wait_for(self, kind: type[E], timeout_s: float = 120) -> E:
        """The next event of *kind*; those before it are taken."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            while self.events:
                event = self.events.pop(0)
                if isinstance(event, kind):
                    return event
                assert not isinstance(event, StageLost), event.why
            select.select([self.performer], [], [], self.performer.pause_s() or 1.0)
            self.events += self.performer.poll()
        raise AssertionError(f"no {kind.__name__} within {timeout_s} s")

    def run(self) -> tuple[str, Finished]:
        """Run the next cue; what it showed, and its end."""
        self.performer.run()
        text = b""
        while True:
            event = self.wait_for(object)
            if isinstance(event, Shown):
                text += event.data
            assert not isinstance(event, StageLost), event
            if isinstance(event, Finished):
                return text.decode().replace("\r\n", "\n"), event


@pytest.fixture
def perform(engine: Any, tmp_path: Path) -> Iterator[Perform]:
    """A function that starts a performance of the last of some demos, and records them before if asked.

    With *slides*, of a deck with a slide for each of them.
    """
    with RunLease(Engine()) as lease:
        shows = []

        def start(demos: dict[str, str], *, record: bool = False, slides: bool = False, **options: Any) -> Show:
            root = write_demos(tmp_path, demos)
            if record:
                record_once(root)
            project, problems = load_project(root), Problems()
            catalogue = Catalogue(project, problems)
            found = [demo for name in demos if (demo := catalogue.find_demo(name)) is not None]
            order = order_demo(found[-1], Scripts(catalogue))
            if slides:
                shown = [(OrderedSlide(demo.title, ""), [(demo, step) for step in demo.steps]) for demo in found]
                order = order_slides("talk", "Talk", shown, Scripts(catalogue))
            shows.append(Show(Performer(order, catalogue.inputs, lease, **options)))
            return shows[-1]

        yield start
        for show in shows:
            show.performer.close()
        wait_until(lambda: not our_containers(engine))


def test_steps_are_run_and_judged(perform: Perform) -> None:
    """In one shell, each with its verdict against the recording."""
    show = perform({"a": demo("X=5; echo $X", "echo $((X + 1))", "echo three")}, record=True)
    assert [show.run()[0] for _ in range(2)] == ["5\n", "6\n"]
    text, end = show.run()
    assert (text, end.verdict and end.verdict.verdict) == ("three\n", Verdict.PASSED)
    assert show.performer.next_cue is None


def test_back_is_a_swap(perform: Perform) -> None:
    """The twin has run all but the last step, so nothing is to be prepared; the step finds what it found before."""
    show = perform({"a": demo("echo 1 >file", "echo 2 >>file; cat file", "cat file")})
    show.run()
    assert show.run()[0] == "1\n2\n"
    twin = show.performer._pool.others[0]
    wait_until(lambda: show.performer.poll() is not None and len(twin.history) == 1)
    show.performer.back()
    events = show.performer.poll()
    assert [type(event) for event in events] == [Moved, Ready]
    assert show.run()[0] == "1\n2\n"
    assert show.run()[0] == "1\n2\n"


@pytest.mark.parametrize("twin", [True, False])
def test_again_and_jump_replay_what_is_missing(perform: Perform, twin: bool) -> None:
    """With its seconds told before; without a twin the same happens, only later."""
    steps = ("echo 0 >file", "echo 1 >>file; cat file", "echo 2 >>file; cat file", "cat file")
    show = perform({"a": demo(*steps)}, record=True, twin=twin)
    show.run()
    show.run()
    show.performer.again()
    text = b""
    while not isinstance(event := show.wait_for(object), Finished):
        text += event.data if isinstance(event, Shown) else b""
    assert text == b"0\r\n1\r\n"
    show.performer.jump(3)
    preparing = show.wait_for(Preparing)
    assert (preparing.steps, show.performer.position) == (1, 3)
    assert show.run()[0] == "0\n1\n2\n"
    show.performer.jump(0)
    assert show.run()[0] == ""


def test_a_step_that_is_skipped_is_left_out_later(perform: Perform) -> None:
    """Also when a fresh stage catches up."""
    show = perform({"a": demo("echo 0 >file", "echo 1 >>file", "cat file")})
    show.run()
    show.performer.skip()
    assert show.run()[0] == "0\n"
    show.performer.back()
    assert show.run()[0] == "0\n"


def test_a_step_that_was_left_out_may_be_performed_after_all(perform: Perform) -> None:
    """After going back to before it: later steps then find what it did."""
    show = perform({"a": demo("echo 0 >file", "echo 1 >>file", "cat file")})
    show.run()
    show.performer.skip()
    show.performer.back()
    show.run()
    assert show.performer.left_out == {("a", 1)}
    show.run()
    assert show.performer.left_out == frozenset()
    assert show.run()[0] == "0\n1\n"


def test_the_next_demo_begins_at_once(perform: Perform) -> None:
    """While one demo runs, the session of the next one is there, on a stage of its own, and that is the one used."""
    show = perform({"a": demo("echo a"), "b": demo("echo b"), "c": demo("echo c")}, slides=True, twin=False)
    pool = show.performer._pool
    for text in ("a\n", "b\n"):
        wait_until(lambda: show.performer.poll() is not None and pool.others and pool.others[0]._session is not None)
        (following,) = pool.others
        assert show.run()[0] == text
        assert pool.current is following
    assert show.run()[0] == "c\n"
    assert pool.current is following


def test_what_a_person_typed_is_typed_again(perform: Perform) -> None:
    """A program asks, the presenter answers, and the twin gives the same answer."""
    show = perform({"a": demo("read -p 'name? ' NAME", "echo hello $NAME", "echo bye $NAME")})
    show.performer.run()
    show.wait_for(Shown)
    show.performer.send(b"Ada\n")
    show.wait_for(Finished)
    assert show.run()[0] == "hello Ada\n"
    show.performer.back()
    assert show.run()[0] == "hello Ada\n"


def test_demos_before_and_hidden_steps_are_prepared(perform: Perform) -> None:
    """They are cues that are not shown, and run by themselves."""
    first = demo("echo made >/tmp/made")
    second = "# B\n#@ after: a\n\n# Hidden\n#@ hidden: true\nY=7\n\n# Shown\ncat /tmp/made; echo $Y\n"
    show = perform({"a": first, "b": second})
    assert [cue.shown for cue in show.performer.order.cues] == [False, False, True]
    assert show.wait_for(Preparing).steps > 0
    show.wait_for(Ready)
    assert show.run()[0] == "made\n7\n"


def test_what_holds_the_stage_up_can_be_ended(perform: Perform) -> None:
    """A step hangs, its recording is played, the next step waits: Ctrl-C goes to the one that hangs."""
    # The program that hangs says so itself: a Ctrl-C while bash starts one may be lost, as in any terminal.
    hang = "echo 0; [ ! -e /tmp/hang ] || sh -c 'echo hangs; exec sleep 600'"
    show = perform({"a": demo(hang, "echo next")}, record=True, twin=False)
    show.wait_for(Ready)
    stage = show.performer._pool.current
    assert stage is not None
    assert stage._stage is not None
    stage._stage.run("touch", "/tmp/hang")
    show.performer.run()
    shown = b""
    while b"hangs" not in shown:
        shown += show.wait_for(Shown).data
    show.performer.play_recording()
    assert show.wait_for(Finished).verdict is None
    show.performer.run()
    show.performer.interrupt()
    text = b""
    while not isinstance(event := show.wait_for(object), Finished):
        text += event.data if isinstance(event, Shown) else b""
    assert text == b"next\r\n"


def test_there_is_one_stage_on_the_users_machine(perform: Perform) -> None:
    """It has no twin: going back replays on a new one, when the one before is gone."""
    steps = demo("echo 0 >file", "echo 1 >>file; cat file").split("\n", 1)
    show = perform({"a": f"{steps[0]}\n#@ stage: {{kind: host}}\n{steps[1]}"})
    for _ in range(2):
        while show.performer.next_cue is not None:
            text, _ = show.run()
            assert len(show.performer._pool.stages) == 1
        assert text == "0\n1\n"
        show.performer.back()


def test_a_stage_that_dies_gives_way_to_the_recording(perform: Perform, engine: Any) -> None:
    """The talk goes on with recorded output, and a new stage catches up behind it."""
    show = perform({"a": demo("echo 0", "sleep 60; echo 1", "echo 2")}, record=False, twin=False)
    show.run()
    show.performer.run()
    show.wait_for(Started)
    for container in engine.containers.list(filters={"id": list(our_containers(engine))}):
        container.kill()
    assert show.wait_for(StageLost).why
    assert show.wait_for(Started).recorded
    assert show.wait_for(Finished).verdict is None
    assert show.performer.position == 2


def test_an_overdue_step_offers_its_recording(perform: Perform) -> None:
    """At twice its recorded time; it goes on behind the recording, and later steps build on it."""
    show = perform({"a": demo("echo 0; [ -e /tmp/slow ] && sleep 8; X=done", "echo $X")}, record=True)
    show.wait_for(Ready)
    stage = show.performer._pool.current
    assert stage is not None
    assert stage._stage is not None
    stage._stage.run("touch", "/tmp/slow")
    show.performer.run()
    assert show.wait_for(Overdue).cue.index == 0
    show.performer.play_recording()
    assert show.wait_for(Finished).verdict is None
    assert show.run()[0] == "done\n"
