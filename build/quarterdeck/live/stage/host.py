"""The stage of `kind: host`: the shell runs on the user's machine, the registry is published at localhost:5000.

For demos that need what a container cannot provide: an existing cluster, a device, the user's configuration. The shell
has the user's HOME and environment, but our locale, time zone, pagers and terminal. The demo works in a copy of its
folder below the folder for temporary files, under the same name in each run, since outputs show it. A user has only
one such stage at a time.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import socket
import stat
import sys
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack
from uuid import uuid4

from quarterdeck.base.errors import StageError
from quarterdeck.base.files import locked
from quarterdeck.base.project import Project, StageSettings
from quarterdeck.live.engine.client import LABEL, RUN_LABEL
from quarterdeck.live.engine.images import Say, find_stage_image, require_images
from quarterdeck.live.engine.lease import ContainerGroup, RunLease
from quarterdeck.live.process import ANSWER_S, Surroundings, finish
from quarterdeck.live.stage.local_host import LocalHost, LocalProcess
from quarterdeck.live.stage.protocol import Stage, read_versions

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

PORT = 5000
_ANONYMOUS = re.compile(r"[0-9a-f]{64}\Z")
"""The name of an anonymous volume: it belongs to a container, often ours."""


@dataclass(eq=False, slots=True)
class HostStage(Stage):
    """A stage whose shells run on the user's machine."""

    settings: StageSettings
    registry: Container
    host: LocalHost
    """Runs the processes of demos."""
    lease: RunLease
    home: str
    files: str
    mark: str
    client: DockerClient
    before: Mapping[str, Mapping[str, str]]
    """What stood on the user's engine when the stage was opened."""

    def start(self, *command: str, terminal: bool = False, **surroundings: Unpack[Surroundings]) -> LocalProcess:
        return self.host.start(command, terminal=terminal, **surroundings)

    def run(self, *command: str, **surroundings: Unpack[Surroundings]) -> tuple[int, str]:
        process = self.start(*command, **surroundings)
        process.end_input()
        return finish(process)

    def unpack(self, archive: bytes) -> None:
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)
                tar.extractall("/")
        except OSError as error:
            raise StageError(f"the stage does not take the demo's files: {error}") from error

    def versions(self) -> tuple[tuple[str, str], ...]:
        return read_versions(self, "this machine")

    def out_of_memory(self) -> int:
        """0: there is no limit."""
        return 0

    def find_leftovers(self) -> tuple[str, ...]:
        return _leftovers(self.before, _on_engine(self.client)) if self.settings.engine else ()

    def abandon(self) -> None:
        """End all processes on this machine."""
        self.host.close()


@contextlib.contextmanager
def open_host_stage(project: Project, settings: StageSettings, lease: RunLease, say: Say) -> Iterator[HostStage]:
    """A registry in a container and shells on this machine; nothing of them is left when this ends, however it ends.

    Raises:
        StageError: No engine answers, the port is taken, or the machine or its engine lacks something.
    """
    if not sys.platform.startswith("linux"):
        raise StageError("stages of `kind: host` need Linux, to end all that a demo starts", "leave `kind: host` out")
    if shutil.which("bash") is None:
        raise StageError("stages of `kind: host` need bash, which this machine lacks", "install bash")
    client = lease.engine.connect()
    image = settings.registry or find_stage_image(client, project, say)
    require_images(client, settings.preload)
    lock = Path(tempfile.gettempdir()) / f"quarterdeck-{os.getuid()}-host.lock"
    waiting = partial(say, "waiting for another stage of `kind: host` on this machine")
    with locked(lock, waiting), ContainerGroup(lease, client) as containers:
        if holder := find_holder(client):
            hint = "stop it for a while, or leave `kind: host` out: other stages need no port"
            raise StageError(f"port {PORT} of this machine is taken by {holder}", hint)
        ports = {f"{PORT}/tcp": ("127.0.0.1", PORT)}
        registry = containers.start(image, "registry.sh", hostname="quarterdeck", ports=ports)
        containers.hold_all()
        _await_registry()
        folder = _make_folder()
        with contextlib.closing(LocalHost(folder, lease.engine)) as host:
            yield HostStage(
                settings,
                registry,
                host,
                lease,
                home=f"{folder}/demo",
                files=f"{folder}/run",
                mark=f"{uuid4().hex[:12]}-",
                client=client,
                before=_on_engine(client) if settings.engine else {},
            )


def find_holder(client: DockerClient) -> str | None:
    """What has the registry's port on this machine, a container or a process; None when the port is free."""
    published = client.containers.list(filters={"publish": str(PORT)}, ignore_removed=True)
    if published:
        return f"the container {published[0].name} ({published[0].attrs['Config']['Image']})"
    return None if _is_free() else _listening_process() or "a process of another user"


def _is_free() -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("localhost", PORT), 1):
        return False
    try:
        with socket.create_server(("127.0.0.1", PORT)):
            return True
    except OSError:
        return False


def _listening_process() -> str | None:
    """The process that listens at the port, if proc(5) shows it to this user."""
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
    deadline = time.monotonic() + ANSWER_S
    while True:
        try:
            with urllib.request.urlopen(f"http://localhost:{PORT}/v2/", timeout=2):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                hint = "`kind: host` needs an engine on this machine: see DOCKER_HOST"
                raise StageError(f"the registry does not answer at localhost:{PORT}: {error}", hint) from error
            time.sleep(0.03)


def _make_folder() -> Path:
    """A fresh folder for the demos and what drives them, which only this user can have created."""
    folder = Path(tempfile.gettempdir()) / f"quarterdeck-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise StageError(f"{folder} belongs to another user, or is open to others", "remove it")
    for path in folder.iterdir():
        # Left by a run that was killed together with its subreaper.
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for name in ("demo", "run"):
        (folder / name).mkdir()
    return folder


def _on_engine(client: DockerClient) -> dict[str, dict[str, str]]:
    """What stands on the user's engine and is not ours: by kind and id, with the name to show."""
    containers = client.containers.list(all=True, ignore_removed=True)
    volumes = client.volumes.list()
    images = client.images.list()
    return {
        "container": {str(item.id): str(item.name) for item in containers if RUN_LABEL not in item.labels},
        "network": {str(item.id): str(item.name) for item in client.networks.list()},
        "volume": {str(item.id): str(item.name) for item in volumes if not _ANONYMOUS.match(str(item.name))},
        "image": {str(item.id): (item.tags or [item.short_id])[0] for item in images if LABEL not in item.labels},
    }


_REMOVERS = {"container": "rm -f -v", "network": "network rm", "volume": "volume rm", "image": "rmi"}
"""Commands of docker that remove a thing of a kind."""


def _leftovers(before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """A sentence for each kind that has something new; who made it is unknown, so none of it is removed."""
    sentences = []
    for kind, items in after.items():
        names = [name for key, name in sorted(items.items()) if key not in before[kind]]
        if names:
            listed = " ".join(name.removeprefix("sha256:") for name in names[:8]) + (" …" if len(names) > 8 else "")
            plural = kind if len(names) == 1 else f"{kind}s"
            remover = f"docker {_REMOVERS[kind]} {listed}"
            sentences.append(f"new {plural} on your engine since this demo began: let clean.sh say `{remover}`")
    return tuple(sentences)
