"""The files of a demo on its stage: a copy of its folder, its steps, and the rc file that drives its bash."""

from __future__ import annotations

import io
import re
import shlex
import tarfile
from functools import cache
from pathlib import PurePosixPath

from quarterdeck.bash.sent_lines import split_sent_lines
from quarterdeck.demo.demo_file import SHELL, Demo, Step
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.live.scripts import script
from quarterdeck.live.stage.protocol import Stage

COLUMNS, ROWS = 100, 30
"""The size of a demo's terminal, in characters."""
_PINNED = 1767225600
"""2026-01-01T00:00:00Z: the time stamp of every file of a demo's folder, so that image layers have equal digests."""

_FUNCTION = re.compile(r"^(?P<name>__qd_\w+)\(\) \{\n(?P<body>.*?)^\}\n", re.MULTILINE | re.DOTALL)
_OPENS = re.compile(r"(?:\b(?:in|do|then|else)|[{&|]|;;|(?<!\))\))\Z")
"""The end of a line after which a command follows."""


def place_files(stage: Stage, demo: Demo, inputs: DemoInputs) -> None:
    """Put the folder, the steps and the rc file of *demo* onto the stage, in one archive.

    Raises:
        StageError: The files cannot be written.
        SourceError: A file of the demo's folder cannot be read, or leads out of the project.
    """
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        _add_folder(tar, stage, demo, inputs)
        _add_files(tar, stage, demo)
    stage.unpack(data.getvalue())


def place_step(stage: Stage, demo: Demo, step: Step) -> None:
    """Put *step* in the place of the step of *demo* with the same number, onto a stage that has the demo's files.

    Raises:
        StageError: The file cannot be written.
    """
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        _add_step(tar, files_of(stage, demo), step)
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


def _add(
    tar: tarfile.TarFile,
    path: str,
    content: bytes = b"",
    mode: int = 0o644,
    kind: bytes = tarfile.REGTYPE,
    target: str = "",
) -> None:
    entry = tarfile.TarInfo(path.lstrip("/"))
    entry.linkname = target
    entry.type, entry.mode, entry.mtime, entry.size = kind, mode, _PINNED, len(content)
    tar.addfile(entry, io.BytesIO(content))


def _add_folder(tar: tarfile.TarFile, stage: Stage, demo: Demo, inputs: DemoInputs) -> None:
    """Add a copy of the demo's folder as its working folder.

    Each folder comes right before what is in it: tar sets its time when the next entry lies elsewhere.
    """
    work = PurePosixPath(working_folder(stage, demo))
    paths = {work / path.relative_to(demo.folder).as_posix(): path for path in inputs.files(demo.folder)}
    folders = {work, *(parent for place in paths for parent in place.parents if parent.is_relative_to(work))}
    _add(tar, stage.home, mode=0o755, kind=tarfile.DIRTYPE)
    for place in sorted({*folders, *paths}):
        path = paths.get(place)
        if path is None:
            _add(tar, str(place), mode=0o755, kind=tarfile.DIRTYPE)
        elif path.is_symlink():
            _add(tar, str(place), mode=0o777, kind=tarfile.SYMTYPE, target=str(path.readlink()))
        else:
            _add(tar, str(place), path.read_bytes(), 0o755 if path.stat().st_mode & 0o100 else 0o644)


def _add_files(tar: tarfile.TarFile, stage: Stage, demo: Demo) -> None:
    """Add what drives the demo."""
    files = files_of(stage, demo)
    _add(tar, stage.files, mode=0o700, kind=tarfile.DIRTYPE)
    _add(tar, files, mode=0o700, kind=tarfile.DIRTYPE)
    variables = {"folder": working_folder(stage, demo), "files": files, "session": session_name(stage, demo)}
    assignments = "".join(f"__qd_{name}={shlex.quote(value)}\n" for name, value in variables.items())
    _add(tar, f"{files}/session.bash", (assignments + _driver()).encode())
    _add(tar, f"{files}/alive", kind=tarfile.FIFOTYPE, mode=0o600)
    _add(tar, f"{files}/exit", b"exit\n")
    _add(tar, f"{files}/reset", b"stty sane\n")
    _add(tar, f"{files}/{SHELL.number}", script("shell.bash").encode())
    for step in demo.steps:
        _add_step(tar, files, step)


def _add_step(tar: tarfile.TarFile, files: str, step: Step) -> None:
    text = split_sent_lines(step.script)[0] if step.options.send == "rest" else step.script
    _add(tar, f"{files}/{step.number}", text.encode("utf-8", "surrogatepass"))


@cache
def _driver() -> str:
    """`scripts/session.bash`, each function as a variable with its body on one line; bodies replace calls in bodies."""
    bodies: dict[str, str] = {}

    def keep(match: re.Match[str]) -> str:
        lines = [bodies.get(line.strip(), line.strip()) for line in match["body"].splitlines()]
        bodies[match["name"]] = _join(lines)
        return f"{match['name']}={shlex.quote(bodies[match['name']])}\n"

    return _FUNCTION.sub(keep, script("session.bash"))


def _join(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        text += (" " if _OPENS.search(text) or line.startswith(";;") else "; ") + line
    return text
