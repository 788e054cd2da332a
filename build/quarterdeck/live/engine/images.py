"""The image of stages, named by the digest of its inputs and built when it is missing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.base.errors import StageError
from quarterdeck.base.files import locked
from quarterdeck.base.project import Project
from quarterdeck.base.shipped import shipped_templates, template_file
from quarterdeck.live.engine.client import LABEL, engine_errors

if TYPE_CHECKING:
    from docker import DockerClient

_REPOSITORY = "quarterdeck-stage"
_BASE_REPOSITORY = "quarterdeck-base"
_BASE = re.compile(r"^ARG\s+BASE=(\S+)", re.MULTILINE)

_CLEANING_S = 60
"""Seconds that mmdebstrap has to remove what it made when it is interrupted."""

Say = Callable[[str], None]
"""Called with a sentence about an action that takes long."""


def find_stage_image(client: DockerClient, project: Project, say: Say) -> str:
    """The tag of the stage's image, which is built unless the engine has it.

    Raises:
        StageError: It cannot be built.
    """
    tag = stage_tag(project)
    if not has_image(client, tag):
        with locked(Path(tempfile.gettempdir()) / f"quarterdeck-{os.getuid()}.lock"):  # two runs build it once
            if not has_image(client, tag):
                _build(client, _folder(project), tag, say)
    return tag


def stage_tag(project: Project | None) -> str:
    """The tag that the stage's image of *project* has or would have; None: of the shipped image."""
    folder = _folder(project)
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return f"{_REPOSITORY}:{digest.hexdigest()[:12]}"


def _folder(project: Project | None) -> Path:
    return template_file(project, "stage/Dockerfile").parent if project else shipped_templates() / "stage"


def _build(client: DockerClient, folder: Path, tag: str, say: Say) -> None:
    import docker

    say(f"building the stage's image {tag} (once; about a minute)")
    base = _find_base(client, (folder / "Dockerfile").read_text("utf-8"), say)
    with engine_errors("the stage's image cannot be built"):
        try:
            client.images.build(
                path=str(folder),
                tag=tag,
                rm=True,
                forcerm=True,
                labels={LABEL: "image"},
                buildargs={"BASE": base} if base else {},
            )
        except docker.errors.BuildError as error:
            log = "".join(str(line.get("stream", "")) for line in error.build_log if isinstance(line, dict))
            tail = "\n".join(log.strip().split("\n")[-8:])
            raise StageError(f"the stage's image cannot be built: {error.msg}", tail) from error


def _find_base(client: DockerClient, dockerfile: str, say: Say) -> str | None:
    """The base image that *dockerfile* names, pulled if necessary; where it cannot be pulled, a substitute."""
    import docker

    match = _BASE.search(dockerfile)
    if match is None:
        return None
    base = match[1]
    if not has_image(client, base):
        try:
            client.images.pull(base)
        except (docker.errors.DockerException, OSError):
            return _make_base(client, base, say)
    return base


def _make_base(client: DockerClient, base: str, say: Say) -> str:
    """A minimal Debian of the suite of *base*, made with mmdebstrap."""
    suite = base.partition(":")[2].partition("-")[0]
    tag = f"{_BASE_REPOSITORY}:{suite}"
    if has_image(client, tag):
        return tag
    if not suite or not base.startswith("debian:"):
        raise StageError(f"the image {base} cannot be pulled", "change the base image in the stage's Dockerfile")
    if shutil.which("mmdebstrap") is None:
        raise StageError(
            f"the image {base} cannot be pulled, and there is no mmdebstrap to make one like it",
            "on Debian and Ubuntu: apt-get install mmdebstrap",
        )
    say(f"{base} cannot be pulled: making a base image with mmdebstrap (once; about 20 s)")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # apt's own user goes through it
        tar = Path(folder) / "base.tar"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", suite, str(tar)]
        status, printed = _run_whole(command, Path(folder))
        if status:
            tail = "\n".join(printed.strip().split("\n")[-5:])
            raise StageError(f"mmdebstrap could not make a base image (exit status {status})", tail)
        with engine_errors("the engine does not take the base image"), tar.open("rb") as data:
            # A file object would be sent with a length and called chunked; an iterator is chunked.
            client.api.import_image_from_stream(
                iter(lambda: data.read(1 << 20), b""),
                repository=_BASE_REPOSITORY,
                tag=suite,
                changes=[f"LABEL {LABEL}=image"],
            )
    return tag


def has_image(client: DockerClient, tag: str) -> bool:
    """Whether the engine has the image *tag*.

    Raises:
        StageError: It does not answer.
    """
    import docker

    with engine_errors("the engine does not answer"):
        try:
            client.images.get(tag)
        except docker.errors.ImageNotFound:
            return False
    return True


def require_images(client: DockerClient, names: Iterable[str]) -> None:
    """Check that the engine has the images *names* of the setting `preload`.

    Raises:
        StageError: It lacks an image, or does not answer.
    """
    for name in names:
        if not has_image(client, name):
            raise StageError(f"preload: the engine has no image {name}", f"docker pull {name}")


def _run_whole(command: list[str], temporary: Path) -> tuple[int, str]:
    """Run *command*; its exit status and its standard error. An interrupt of this process ends all of it.

    mmdebstrap has children, unmounts and removes what it made on SIGTERM, and does neither when it is killed.
    Early in its run it does not remove everything, so the folder *temporary* for its files must be removed, too.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "TMPDIR": str(temporary)},
    )  # fmt: skip
    try:
        _, printed = process.communicate()
    except BaseException:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, number)
                process.communicate(timeout=_CLEANING_S)
                break
        raise
    return process.returncode, printed
