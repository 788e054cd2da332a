"""The stage of `kind: host`: the shell runs on the user's own machine, the registry is published at localhost:5000.

For demos of what no container can have: a cluster that is there, a device, the user's own configuration. The shell has
the user's HOME and environment, but our locale, time zone, pagers and terminal; the demo works in a copy of its folder
below the folder for temporary files, under the same name in each run, since outputs show it. Only one such stage of a
user stands at a time.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import stat
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.client import LABEL, RUN_LABEL, connect
from quarterdeck.live.engine.images import Say, find_stage_image, has_image
from quarterdeck.live.stage.container import Stage, thrown_away_together
from quarterdeck.live.stage.local_host import Machine

PORT = 5000
_ANONYMOUS = re.compile(r"[0-9a-f]{64}\Z")
"""The name of a volume that nobody named: it belongs to a container, often one of ours."""
_COMING_S = 10.0
"""Seconds in which the registry must answer."""


@contextlib.contextmanager
def open_host_stage(project: Project, settings: StageSettings, say: Say) -> Iterator[Stage]:
    """A registry in a container, and shells on this machine; nothing of them is left when this ends, however it ends.

    Raises:
        StageError: No engine answers, the port is taken, the machine cannot do it, or an image of `preload` is missing.
    """
    if not sys.platform.startswith("linux"):
        raise StageError("stages of `kind: host` need Linux, to end all that a demo starts", "leave `kind: host` out")
    if shutil.which("bash") is None:
        raise StageError("stages of `kind: host` need bash, which this machine lacks", "install bash")
    client = connect()
    image = settings.registry or find_stage_image(client, project, say)
    for name in settings.preload:
        if not has_image(client, name):
            raise StageError(f"preload: the engine has no image {name}", f"docker pull {name}")
    with _one_at_a_time(say), contextlib.ExitStack() as stack:
        if holder := find_holder(client):
            hint = "stop it for a while, or leave `kind: host` out: other stages need no port"
            raise StageError(f"port {PORT} of this machine is taken by {holder}", hint)
        containers = stack.enter_context(thrown_away_together())
        registry = containers.start(image, "registry.sh", hostname="quarterdeck", publish=PORT)
        _await_registry()
        folder = _make_folder()
        machine = Machine(folder)
        stack.callback(machine.close)
        before = _on_engine(client) if settings.engine else {}
        yield Stage(
            shells=machine,
            registry=registry,
            settings=settings,
            open_stream=machine.open_stream,
            home=f"{folder}/demo",
            files=f"{folder}/run",
            mark=f"{uuid4().hex[:12]}-",
            find_leftovers=lambda: _leftovers(before, _on_engine(client)) if settings.engine else (),
        )


def find_holder(client: Any) -> str | None:
    """Who has the port of the registry on this machine: a container, a process, somebody; None when it is free."""
    published = client.containers.list(filters={"publish": str(PORT)}, ignore_removed=True)
    if published:
        return f"the container {published[0].name} ({published[0].attrs['Config']['Image']})"
    if _is_free():
        return None
    return _listening_process() or "a process of somebody else"


def _is_free() -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("localhost", PORT), 1):
        return False
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", PORT))
        except OSError:
            return False
    return True


def _listening_process() -> str | None:
    """The process that listens at the port, as far as we may see it, by proc(5)."""
    sockets = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path("/proc/net", table).read_text().split("\n")[1:-1]:
                fields = line.split()
                if fields[1].endswith(f":{PORT:04X}") and fields[3] == "0A":
                    sockets.add(f"socket:[{fields[9]}]")
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if str(link.readlink()) in sockets:
                process = link.parent.parent
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def _await_registry() -> None:
    deadline = time.monotonic() + _COMING_S
    while True:
        try:
            with urllib.request.urlopen(f"http://localhost:{PORT}/v2/", timeout=2):
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline:
                hint = "`kind: host` needs an engine on this machine: see DOCKER_HOST"
                raise StageError(f"the registry does not answer at localhost:{PORT}: {error}", hint) from error
            time.sleep(0.03)


def _make_folder() -> Path:
    """A fresh folder for the demos and what drives them, which nobody else can have put there."""
    folder = Path(tempfile.gettempdir()) / f"quarterdeck-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise StageError(f"{folder} belongs to somebody else, or is open to others", "remove it")
    for path in folder.iterdir():
        # Of a run that was killed together with its keeper.
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for name in ("demo", "run"):
        (folder / name).mkdir()
    return folder


@contextlib.contextmanager
def _one_at_a_time(say: Say) -> Iterator[None]:
    """The port is one, and so is the folder: another run waits. The lock goes with the process that holds it."""
    import fcntl

    with (Path(tempfile.gettempdir()) / f"quarterdeck-{os.getuid()}-host.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another stage of `kind: host` on this machine")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _on_engine(client: Any) -> dict[str, dict[str, str]]:
    """What stands on the user's engine and is not ours: by kind and id, with the name to show."""
    containers = client.containers.list(all=True, ignore_removed=True)
    return {
        "container": {one.id: one.name for one in containers if RUN_LABEL not in one.labels},
        "network": {one.id: one.name for one in client.networks.list()},
        "volume": {one.id: one.name for one in client.volumes.list() if not _ANONYMOUS.match(one.name)},
        "image": {one.id: (one.tags or [one.short_id])[0] for one in client.images.list() if LABEL not in one.labels},
    }


_REMOVERS = {
    "container": "docker rm -f -v",
    "network": "docker network rm",
    "volume": "docker volume rm",
    "image": "docker rmi",
}


def _leftovers(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> tuple[str, ...]:
    """A sentence for each kind of what is new; who made it can't be known, so we remove none of it."""
    found = []
    for kind, things in after.items():
        names = [name for key, name in sorted(things.items()) if key not in before[kind]]
        if names:
            shown = " ".join(re.sub(r"^sha256:", "", name) for name in names[:8]) + (" …" if len(names) > 8 else "")
            plural = kind if len(names) == 1 else f"{kind}s"
            found.append(
                f"new {plural} on your engine since this demo began: let clean.sh say `{_REMOVERS[kind]} {shown}`"
            )
    return tuple(found)
