"""Runs divided among machines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.base.errors import UsageError
from quarterdeck.base.project import StageSettings
from quarterdeck.demo.catalogue import Run
from quarterdeck.runner.shard import choose_part, divide_runs, longest_first, parse_shard, recorded_seconds
from support.judged_runs import plain_demo, recording_of


def run_of_demos(*names: str) -> Run:
    """Demos that share a stage, all of them asked for."""
    return Run(tuple(replace(plain_demo(1), name=name) for name in names), frozenset(names), StageSettings())


@given(
    st.lists(st.lists(st.floats(0, 100), min_size=1, max_size=4), max_size=12),
    st.integers(1, 9),
)
def test_every_demo_is_in_exactly_one_part_with_its_group(groups: list[list[float]], parts: int) -> None:
    """Whatever they take; runs stay whole and in order, and no part is longer than it must be."""
    runs = [run_of_demos(*(f"{number}-{index}" for index in range(len(group)))) for number, group in enumerate(groups)]
    names = [demo.name for run in runs for demo in run.demos]
    seconds = dict(zip(names, (took for group in groups for took in group), strict=True))
    divided = divide_runs(runs, seconds, parts)
    assert len(divided) == parts
    assert sorted((run for part in divided for run in part), key=runs.index) == runs
    assert all(list(part) == sorted(part, key=runs.index) for part in divided)
    loads = [sum(0.7 + sum(seconds[demo.name] for demo in run.demos) for run in part) for part in divided]
    costs = [0.7 + sum(group) for group in groups]
    # what the rule "the longest first, to whoever has least" guarantees (R. L. Graham, 1969)
    assert max(loads, default=0) <= sum(costs) / parts + max(costs, default=0) + 1e-6


def test_long_demos_are_spread() -> None:
    """Two long ones do not meet while there is room beside short ones."""
    runs = [run_of_demos(name) for name in ("a", "b", "c", "d")]
    divided = divide_runs(runs, {"a": 10, "b": 10, "c": 1, "d": 1}, 2)
    assert [[run.demos[0].name for run in part] for part in divided] == [["a", "c"], ["b", "d"]]


def test_a_part_has_what_was_asked_for() -> None:
    """Demos that only prepare the stage for another are no demos of the part; empty parts are sound."""
    prepared = Run(run_of_demos("parent", "child").demos, frozenset({"child"}), StageSettings())
    seconds = recorded_seconds({})
    assert [demo.name for demo in choose_part("1/1", [prepared], seconds)] == ["child"]
    assert choose_part("2/2", [prepared], seconds) == ()


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3", "", "1/ 2"])
def test_wrong_shards(text: str) -> None:
    """Say what is right."""
    with pytest.raises(UsageError, match="is no shard\n  hint: write the part and how many there are"):
        parse_shard(text)


def test_demos_never_recorded_take_the_median() -> None:
    """Of those that are; with none, a second."""
    demo = plain_demo(3)  # 0.25 s a step
    seconds = recorded_seconds({"a": recording_of(demo, ["", "", ""]), "b": None})
    assert (seconds["a"], seconds["b"], seconds["c"]) == (0.75, 0.75, 0.75)
    assert recorded_seconds({"a": None})["a"] == 1.0


def test_the_longest_first() -> None:
    """As many at a time as there are workers, the last to end ends soonest that way; equals stay in order."""
    runs = [run_of_demos(name) for name in ("a", "b", "c")]
    assert [run.demos[0].name for run in longest_first(runs, {"a": 1, "b": 5, "c": 5})] == ["b", "c", "a"]
