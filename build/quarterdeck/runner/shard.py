"""Runs divided among machines, by how long they took when they were recorded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

from quarterdeck.base.errors import UsageError
from quarterdeck.demo.catalogue import Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import Recording

_STAGE_S = 0.7
"""Seconds that a stage costs, whatever runs on it."""


def parse_shard(text: str) -> tuple[int, int]:
    """`2/3` as (2, 3): the second of three parts.

    Raises:
        UsageError: It is no such division.
    """
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"'{text}' is no shard", "write the part and how many there are, from 1/3 to 3/3")
    return int(match[1]), int(match[2])


def divide_runs(runs: Sequence[Run], seconds: Mapping[str, float], parts: int) -> tuple[tuple[Run, ...], ...]:
    """Divide *runs* into *parts* that take about as long; some are empty if runs are few.

    The result is the same on every machine. Within a part, the runs stay in their order. *seconds*: how long each demo
    takes, by name.
    """
    costs = [_STAGE_S + sum(seconds[demo.name] for demo in run.demos) for run in runs]
    loads = [0.0] * parts
    chosen: dict[int, int] = {}
    for index in sorted(range(len(runs)), key=lambda index: (-costs[index], index)):
        part = loads.index(min(loads))
        loads[part] += costs[index]
        chosen[index] = part
    return tuple(tuple(run for index, run in enumerate(runs) if chosen[index] == part) for part in range(parts))


def choose_part(shard: str, runs: Sequence[Run], seconds: Mapping[str, float]) -> tuple[Demo, ...]:
    """The demos of *shard*, such as `2/3`, out of those that are asked for in *runs*.

    Raises:
        UsageError: It is no such division.
    """
    part, parts = parse_shard(shard)
    chosen = divide_runs(runs, seconds, parts)[part - 1]
    return tuple(demo for run in chosen for demo in run.demos if demo.name in run.asked)


def recorded_seconds(recordings: Mapping[str, Recording | None]) -> Mapping[str, float]:
    """How long each demo took when it was recorded, by name; for those never recorded, the median of the others."""
    seconds = {
        name: sum(step.seconds for step in recording.steps) for name, recording in recordings.items() if recording
    }
    usual = median(seconds.values()) if seconds else 1.0
    return defaultdict(lambda: usual, seconds)


def longest_first(runs: Sequence[Run], seconds: Mapping[str, float]) -> tuple[Run, ...]:
    """*runs* in the order in which workers side by side end soonest."""
    return tuple(sorted(runs, key=lambda run: -sum(seconds[demo.name] for demo in run.demos)))
