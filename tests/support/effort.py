"""How much work something is, for tests that must hold on a busy machine: CPU time, compared within one run."""

from __future__ import annotations

import math
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
    """The CPU time of eight times *size*, in units of that of *size*; of each the least that was measured.

    That of *size* is measured three times, and both again, up to nine times, if the machine seems to be busy.
    """
    small, large = min(cpu_s(lambda: work(size)) for _ in range(3)), math.inf
    times = math.inf
    for _ in range(9):
        large = min(large, cpu_s(lambda: work(8 * size)))
        times = large / max(small, 0.0005)
        if times < LINEAR:
            break
        small = min(small, cpu_s(lambda: work(size)))
    return times
