"""The files of a demo on its stage: a copy of its folder, its steps, and the driver of its bash."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Sequence

from quarterdeck.bash.sent_lines import split_sent_lines
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.live.session.rc_file import make_rc_file
from quarterdeck.live.stage.protocol import Stage

COLUMNS, ROWS = 100, 30
"""The size of a demo's terminal, in characters."""
_PINNED = 1767225600
"""2026-01-01T00:00:00Z: the time stamp of every file of a demo's folder, so that image layers have equal digests."""


def place_files(stage: Stage, demos: Sequence[Demo], inputs: DemoInputs) -> None:
    """Put the folders, steps and drivers of *demos* onto the stage, in one archive.

    Raises:
        StageError: The files cannot be written.
        SourceError: A file of a demo's folder cannot be read, or leads out of the project.
    """
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for demo in demos:
            _add_demo(tar, stage, demo, inputs)
    stage.unpack(data.getvalue())


def working_folder(stage: Stage, demo: Demo) -> str:
    """The working folder of *demo* on *stage*, which no other demo has."""
    return f"{stage.home}/{demo.name.replace('/', '-')}"


def files_of(stage: Stage, demo: Demo) -> str:
    """The folder on *stage* of the files that drive *demo*."""
    return f"{stage.files}/{_word(demo)}"


def session_name(stage: Stage, demo: Demo) -> str:
    """The value of QUARTERDECK_SESSION in the processes of *demo* on *stage*, and in no others on the machine."""
    return f"{stage.mark}{_word(demo)}"


def _word(demo: Demo) -> str:
    """A word of letters, digits, dots and dashes, different for each demo."""
    return re.sub(r"[^A-Za-z0-9.-]", lambda match: "_" + match[0].encode().hex() + "_", demo.name)


def _add_demo(tar: tarfile.TarFile, stage: Stage, demo: Demo, inputs: DemoInputs) -> None:
    def add(
        path: str, content: bytes = b"", mode: int = 0o644, kind: bytes = tarfile.REGTYPE, target: str = ""
    ) -> None:
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.linkname = target
        entry.type, entry.mode, entry.mtime, entry.size = kind, mode, _PINNED, len(content)
        tar.addfile(entry, io.BytesIO(content))

    work, files = working_folder(stage, demo), files_of(stage, demo)
    add(stage.home, mode=0o755, kind=tarfile.DIRTYPE)
    add(work, mode=0o755, kind=tarfile.DIRTYPE)
    folders: set[str] = set()
    for path in inputs.files(demo.folder):
        inside = path.relative_to(demo.folder)
        for parent in reversed(inside.parents[:-1]):
            if parent.as_posix() not in folders:
                folders.add(parent.as_posix())
                add(f"{work}/{parent.as_posix()}", mode=0o755, kind=tarfile.DIRTYPE)
        if path.is_symlink():
            add(f"{work}/{inside.as_posix()}", mode=0o777, kind=tarfile.SYMTYPE, target=str(path.readlink()))
            continue
        mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
        add(f"{work}/{inside.as_posix()}", path.read_bytes(), mode)
    add(stage.files, mode=0o700, kind=tarfile.DIRTYPE)
    add(files, mode=0o700, kind=tarfile.DIRTYPE)
    settings = {"folder": work, "files": files, "session": session_name(stage, demo)}
    add(f"{files}/session.bash", make_rc_file(settings).encode())
    add(f"{files}/alive", kind=tarfile.FIFOTYPE, mode=0o600)
    add(f"{files}/exit", b"exit\n")
    add(f"{files}/reset", b"stty sane\n")
    for step in demo.steps:
        text = split_sent_lines(step.script)[0] if step.options.send == "rest" else step.script
        add(f"{files}/{step.number}", text.encode("utf-8", "surrogatepass"))
