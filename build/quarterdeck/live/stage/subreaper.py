"""The keeper: a process between us and what runs on the user's own machine, so that none of it outlives us.

All that a stage of `kind: host` starts is a child of the keeper, which is a child subreaper (prctl(2)): a daemon that
leaves its session, its group and its parent becomes a child of the keeper and not of init. When the socket to us ends,
because we are done or were killed, the keeper kills whatever descends from it and removes the stage's folder. Rejected:
groups and sessions (daemons leave them), marks in the environment (`env -i` drops them), cgroups (they need a right to
write that few users have).

It imports the standard library and nothing else, since it starts with every such stage.
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
_MOST_BYTES = 1 << 18
_ENDING_S = 10.0
"""Seconds after which what cannot be killed is left."""


def keep(descriptor: int, folder: str) -> None:
    """Start what is asked for at the socket *descriptor* until that ends; then end all of it and remove *folder*."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    woken, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    running: dict[int, int] = {}
    with socket.socket(fileno=descriptor) as asked:
        asked.set_inheritable(False)
        while True:
            ready, _, _ = select.select([asked.fileno(), woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
                _reap(running)
            if asked.fileno() in ready and not _answer(asked, running):
                break
    _end_all()
    shutil.rmtree(folder, ignore_errors=True)


def _answer(asked: socket.socket, running: dict[int, int]) -> bool:
    """Start one process; False at the end of the questions."""
    try:
        data, descriptors, _, _ = socket.recv_fds(asked, _MOST_BYTES, 4)
    except OSError:
        return False
    if not data:
        return False
    wanted = json.loads(data)
    *standard, status = descriptors
    try:
        process = _start(wanted, standard)
        process.returncode = 0  # it is ours to reap, not that of its object
        running[process.pid] = status
        answer: dict[str, Any] = {"pid": process.pid}
    except OSError as error:
        os.close(status)
        answer = {"error": error.strerror or str(error)}
    for one in standard:
        os.close(one)
    with suppress(OSError):
        asked.send(json.dumps(answer).encode())
    return True


def _start(wanted: dict[str, Any], standard: list[int]) -> subprocess.Popen[bytes]:
    def prepare() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        if wanted["terminal"]:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    return subprocess.Popen(
        wanted["command"],
        stdin=standard[0],
        stdout=standard[1],
        stderr=standard[2],
        cwd=wanted["folder"],
        env={**os.environ, **wanted["environment"]},
        start_new_session=True,
        preexec_fn=prepare,
    )


def _reap(running: dict[int, int]) -> None:
    """Take the statuses of children that ended, and pass on those that somebody waits for."""
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
    """Stop all descendants, so that none of them makes others, and kill them; again until there are none."""
    deadline = time.monotonic() + _ENDING_S
    while (left := _descendants()) and time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in left:
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
    found: set[int] = set()
    pending = [os.getpid()]
    while pending:
        new = [pid for pid in children.get(pending.pop(), ()) if pid not in found]
        found.update(new)
        pending += new
    return found


if __name__ == "__main__":
    keep(int(sys.argv[1]), sys.argv[2])
