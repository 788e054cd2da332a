"""Messages of bash about background jobs. Those of jobs that ended have cases in screens.md, too."""

from __future__ import annotations

from quarterdeck.terminal.job_notices import drop_ended_jobs, drop_stopped_jobs

ENDED = (
    "[1]+  Done                    sleep 1\n\x1b[31m[2]-  Exit 3                  false\x1b[0m\n[10]  Terminated   x"
)
STOPPED = "[2]+  Stopped                 cat\n"
OTHER = "[1] 12345\n[1] Done with it\n[10%] Done\n[3]   Running                 sleep 9 &\ntext [1]+  Done  sleep 1\n"


def test_each_kind_is_dropped_alone() -> None:
    """Jobs that ended in one function, jobs that were stopped in the other; similar text in neither."""
    text = OTHER + STOPPED + ENDED
    assert drop_ended_jobs(text) == OTHER + STOPPED
    assert drop_stopped_jobs(text) == OTHER + ENDED
