"""A machine that has other work, too."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

SPINNING = "while true; do :; done"
"""A shell script that takes a core."""


@contextmanager
def keeping_busy(scripts: Sequence[str]) -> Iterator[None]:
    """Shell *scripts* that run beside the block, and end with it."""
    processes = [subprocess.Popen(["sh", "-c", text]) for text in scripts]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
