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
    """The CPU time of eight times *size*, in units of that of *size*; the least of three rounds, or of nine if busy."""
    rounds: list[tuple[float, float]] = []
    while True:
        rounds.append((cpu_s(lambda: work(size)), cpu_s(lambda: work(8 * size))))
        small, large = map(min, zip(*rounds, strict=True))
        times = large / max(small, 0.0005)
        if len(rounds) >= 9 or (len(rounds) >= 3 and times < LINEAR):
            return times
