"""Waiting for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(claim: Callable[[], T], timeout_s: float = 60, pause_s: float = 0.05) -> T:
    """The value of *claim*, once it is true; the test fails where it stays false for *timeout_s* seconds.

    *pause_s*: seconds between two looks; more where a look is dear.
    """
    deadline = time.monotonic() + timeout_s
    while not (value := claim()):
        assert time.monotonic() < deadline, f"still {value!r} after {timeout_s} s"
        time.sleep(pause_s)
    return value
