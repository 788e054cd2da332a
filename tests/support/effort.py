"""How much work something is, for tests that must hold on a busy machine: CPU time, compared within one run."""

from __future__ import annotations

import time
from collections.abc import Callable

LINEAR = 24
"""Eight times as much of what takes linear time takes less than that; quadratic time would be 64 times as much."""


def cpu_s(work: Callable[[], object]) -> float:
    """Seconds of CPU time that *work* takes."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times as much eight times *size* is, the least of three rounds of each, in turn."""
    rounds = [(cpu_s(lambda: work(size)), cpu_s(lambda: work(8 * size))) for _ in range(3)]
    small, large = map(min, zip(*rounds, strict=True))
    return large / max(small, 0.0005)
