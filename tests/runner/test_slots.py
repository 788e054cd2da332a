"""Which worker may start a stage, and which demo may run."""

from __future__ import annotations

import pytest

from quarterdeck.runner.scheduler import SlotCounter

TWO = "tcp://a:2375 tcp://b:2375"


@pytest.fixture(autouse=True)
def no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own setting says nothing about these tests."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)


def test_one_job_has_a_second_worker_for_the_next_stage() -> None:
    """It sets a stage only when a demo runs, so that the first stage is not held up by the second."""
    slots = SlotCounter(1, None)
    assert (slots.addresses, slots.workers) == ((None,), (0, 0))
    assert slots.may_take(0, True)
    slots.take("first", 0, True)
    assert not slots.may_take(0, True)
    slots.start("first")
    assert slots.may_take(0, True)
    slots.take("second", 0, True)
    assert not slots.has_slot(0)
    assert not slots.may_take(0, True)
    slots.leave("first")
    assert slots.has_slot(0)


def test_a_stage_that_is_not_released_takes_no_slot() -> None:
    """It may be set at once, and what is released goes before it."""
    slots = SlotCounter(1, None)
    assert slots.may_take(0, False)
    slots.take("later", 0, False)
    assert slots.may_take(0, True)
    slots.take("now", 0, True)
    slots.start("now")
    assert not slots.may_take(0, False)


def test_jobs_are_spread_over_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """As evenly as can be; without a number, one on each; and no more engines than jobs."""
    monkeypatch.setenv("DOCKER_HOST", TWO)
    assert SlotCounter(None, None).workers == (0, 1, 0, 1)
    assert SlotCounter(3, None).workers == (0, 1, 0, 0, 1)
    assert SlotCounter(1, None).addresses == ("tcp://a:2375",)
    assert SlotCounter(None, "tcp://b:2375").addresses == ("tcp://b:2375",)


def test_no_stage_is_made_ready_where_an_engine_idles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo would wait for a slot on the one while the other has nothing to do."""
    monkeypatch.setenv("DOCKER_HOST", TWO)
    slots = SlotCounter(2, None)
    slots.take("first", 0, True)
    slots.start("first")
    assert not slots.may_take(0, True)
    slots.take("second", 1, True)
    assert slots.may_take(0, True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ()),
        ("unix:///run/docker.sock", ("unix:///run/docker.sock",)),
        (" tcp://a:1,tcp://b:2 \t tcp://c:3 ", ("tcp://a:1", "tcp://b:2", "tcp://c:3")),
    ],
)
def test_docker_host_may_list_several_engines(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: tuple[str, ...]
) -> None:
    """With blanks or commas between them."""
    from quarterdeck.live.engine.client import engine_addresses

    monkeypatch.setenv("DOCKER_HOST", value)
    assert engine_addresses() == expected
