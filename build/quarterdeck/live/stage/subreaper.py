"""The subreaper: a process between us and what runs on the user's machine, so that none of it outlives us.

All that a stage of `kind: host` starts is a child of this process, which is a child subreaper (prctl(2)): a daemon
that leaves its session, its group and its parent becomes its child and not that of init. Its standard input is a
socket. When that ends, because we are done or were killed, it kills all its descendants and removes the stage's
folder. Rejected: groups and sessions (daemons leave them), marks in the environment (`env -i` drops them), cgroups
(few users may write them).

It imports nothing but the standard library, since it starts with every such stage.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_PR_SET_CHILD_SUBREAPER = 36
_TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_REQUEST_BYTES = 1 << 18
_ENDING_S = 30.0
"""Seconds after which processes are left that cannot be killed."""


def serve(folder: str) -> None:
    """Start processes as requested on standard input until that ends; then end all of them and remove *folder*."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in _TERMINAL_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    woken, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    running: dict[int, int] = {}
    with socket.socket(fileno=0) as requests:
        while True:
            ready, _, _ = select.select([requests.fileno(), woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
                _reap(running)
            if requests.fileno() in ready and not _answer(requests, running):
                break
    _end_all()
    shutil.rmtree(folder, ignore_errors=True)


def _answer(requests: socket.socket, running: dict[int, int]) -> bool:
    """Start the process of the next request; False if there is none."""
    data = b""
    with suppress(OSError):
        data, descriptors, _, _ = socket.recv_fds(requests, _REQUEST_BYTES, 4)
    if not data:
        return False
    request = json.loads(data)
    *standard, status = descriptors
    try:
        process = _start(request, standard)
        process.returncode = 0  # `_reap` waits for it, not its object
        running[process.pid] = status
        answer: dict[str, Any] = {"pid": process.pid}
    except OSError as error:
        os.close(status)
        answer = {"error": error.strerror or str(error)}
    for descriptor in standard:
        os.close(descriptor)
    with suppress(OSError):
        requests.send(json.dumps(answer).encode())
    return True


def _start(request: dict[str, Any], standard: list[int]) -> subprocess.Popen[bytes]:
    def prepare() -> None:
        for number in _TERMINAL_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        if request["terminal"]:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    return subprocess.Popen(
        request["command"],
        stdin=standard[0],
        stdout=standard[1],
        stderr=standard[2],
        cwd=request["folder"],
        env={**os.environ, **request["environment"]},
        start_new_session=True,
        preexec_fn=prepare,
    )


def _reap(running: dict[int, int]) -> None:
    """Wait for children that have ended; pass on the statuses of those in *running*."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        if pid in running:
            code = os.waitstatus_to_exitcode(status)
            descriptor = running.pop(pid)
            with suppress(OSError):
                os.write(descriptor, b"%d\n" % (code if code >= 0 else 128 - code))
            os.close(descriptor)


def _end_all() -> None:
    """Stop all descendants, so that none of them starts others, and kill them; again until there are none."""
    deadline = time.monotonic() + _ENDING_S
    while (pids := _descendants()) and time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        time.sleep(0.005)
        _reap({})


def _descendants() -> set[int]:
    children: dict[int, list[int]] = {}
    with os.scandir("/proc") as entries:
        pids = [int(entry.name) for entry in entries if entry.name.isdecimal()]
    for pid in pids:
        with suppress(OSError):
            # The name of a program, in parentheses, may hold anything; the parent comes second after it.
            parent = int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])
            children.setdefault(parent, []).append(pid)
    descendants: set[int] = set()
    pending = [os.getpid()]
    while pending:
        new = [pid for pid in children.get(pending.pop(), ()) if pid not in descendants]
        descendants.update(new)
        pending += new
    return descendants


if __name__ == "__main__":
    serve(sys.argv[1])
