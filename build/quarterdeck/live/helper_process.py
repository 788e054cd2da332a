"""Helper processes: programs of ours that outlive a `kill -9` of this process, and end what it left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import IO


def start_helper(
    file: str, *arguments: str, input: int | IO[bytes], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start the Python program *file* in a session of its own.

    Its standard *input* tells it what to do, and ends when this process does.
    """
    return subprocess.Popen(
        [sys.executable, "-P", file, *arguments],
        stdin=input,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        env=environment,
    )
