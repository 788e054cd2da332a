"""The messages of bash about background jobs, which come between two commands at a random time."""

from __future__ import annotations

import re

_JOB = r"^(?:\x1b\[[\d;]*m)?\[\d+\][-+ ] {1,2}"
_REST = r"(?: .*)?(?:\x1b\[0m)?(?:\n|\Z)(?:\(wd now: .*\n)?"
_ENDED = re.compile(
    rf"{_JOB}(?:Done(?:\(\d+\))?|Exit \d+|Terminated|Killed|Hangup|Interrupt|Quit|Aborted|Segmentation fault"
    rf"|Broken pipe){_REST}",
    re.MULTILINE,
)
_STOPPED = re.compile(rf"{_JOB}Stopped{_REST}", re.MULTILINE)


def drop_ended_jobs(text: str) -> str:
    """*text*, with the real escape character, without messages about jobs that have ended."""
    return _ENDED.sub("", text) if "[" in text else text


def drop_stopped_jobs(text: str) -> str:
    """*text* without messages about jobs that were stopped."""
    return _STOPPED.sub("", text) if "[" in text else text
