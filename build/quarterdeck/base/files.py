"""Project files: read as UTF-8 with line feeds, written atomically and only when changed."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from quarterdeck.base.errors import Place, Problems, SourceError

LFS_HINT = "fetch it with `git lfs pull`"
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_ALWAYS_LEFT_OUT = frozenset({".git", ".hg", ".venv", "__pycache__", "node_modules"})


def shown_path(path: Path, root: Path) -> str:
    """*path* as shown in messages: relative to *root*, with forward slashes."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def load_text(path: Path, root: Path) -> str:
    """The text of *path*, with LF line ends and without a byte order mark.

    Raises:
        SourceError: The file cannot be read, is not UTF-8, is a pointer of Git LFS, or lies outside *root*.
    """
    refuse_outside(path, root)
    shown = shown_path(path, root)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(Place(shown, 0), f"cannot be read: {error.strerror}") from error
    if data.startswith(_LFS_POINTER):
        raise SourceError(Place(shown, 0), "a pointer of Git LFS, not the file itself", LFS_HINT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = Place(shown, data.count(b"\n", 0, error.start) + 1)
        raise SourceError(at, f"not UTF-8: byte 0x{data[error.start]:02x}", "save the file as UTF-8") from error
    return text.replace("\r\n", "\n")


def load_legacy_text(path: Path, root: Path, problems: Problems) -> str:
    """Like `load_text`, but invalid UTF-8 is read as Windows-1252, as browsers do, with a warning.

    Raises:
        SourceError: The file cannot be read, is a pointer of Git LFS, or lies outside *root*.
    """
    try:
        return load_text(path, root)
    except SourceError as error:
        if not isinstance(error.__cause__, UnicodeDecodeError):
            raise
        problems.warn(error.at, f"{error.what}, which is read as Windows-1252", error.hint)
    codecs.register_error("quarterdeck", _decode_legacy)
    return path.read_bytes().decode("utf-8-sig", "quarterdeck").replace("\r\n", "\n")


def is_lfs_pointer(path: Path) -> bool:
    """Whether *path* is a Git LFS pointer instead of the file itself."""
    if path.stat().st_size > 1024:
        return False
    with path.open("rb") as file:
        return file.read(len(_LFS_POINTER)) == _LFS_POINTER


def _decode_legacy(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


def refuse_outside(path: Path, root: Path) -> None:
    """Raises:
    SourceError: A link on the way to *path* leads out of *root*.
    """
    resolved = path.resolve()
    if not resolved.is_relative_to(root.resolve()):
        what = f"leads out of the project, to {resolved}"
        raise SourceError(Place(shown_path(path, root), 0), what, "copy the file into the project")


def save_bytes(path: Path, data: bytes) -> bool:
    """Write *data* to *path* atomically; return whether the file changed.

    A file with the same content is not touched, which keeps live reload and git quiet.
    """
    if _has_bytes(path, data):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return True


def save_text(path: Path, text: str) -> bool:
    """Like `save_bytes`, for text."""
    return save_bytes(path, text.encode("utf-8"))


def has_text(path: Path, text: str) -> bool:
    """Whether `save_text` would leave the file as it is."""
    return _has_bytes(path, text.encode("utf-8"))


def _has_bytes(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


@contextmanager
def locked(path: Path, waits: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock file *path*, which one process at a time can; the lock ends with its process.

    *waits* is called if another process has it.
    """
    import fcntl

    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if waits:
                waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def walk_files(folder: Path, left_out: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Every file below *folder*, sorted, without hidden folders and *left_out*."""
    for name_of_parent, folders, names in os.walk(folder):
        parent = Path(name_of_parent)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _ALWAYS_LEFT_OUT and parent / name not in left_out
        )
        linked = [name for name in folders if (parent / name).is_symlink()]
        for name in sorted([*names, *linked]):
            yield parent / name


def list_kept_files(folder: Path) -> tuple[Path, ...]:
    """The files below *folder* that git tracks or does not ignore; all files if git is not available.

    Starts one git process. Absolute paths, sorted; deleted files are left out.
    """
    import subprocess  # 3 ms, and few commands need it

    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        # In git's order, so that digests are the same in a copy of the project without git.
        return tuple(sorted(walk_files(folder), key=lambda path: path.relative_to(folder).as_posix()))
    names = sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})
    return tuple(path for path in (folder / name for name in names) if path.is_symlink() or path.is_file())
