"""Judges the machine: the engine with its images and its disk, the memory, the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from shlex import quote

from quarterdeck.base.errors import StageError
from quarterdeck.base.quantities import count
from quarterdeck.live.doctor import engine_fix
from quarterdeck.live.stage.upload import COLUMNS, ROWS
from quarterdeck.preflight.facts import EngineFacts, TerminalSize
from quarterdeck.preflight.topics import Status, Topic, gigabytes
from quarterdeck.present.stage_pool import TWIN_MEMORY

_LITTLE_DISK, _LEAST_DISK = 5 << 30, 1 << 30
"""Free bytes of the engine's disk: below the first a stage may run out of it, below the second none starts well."""


def judge_engine(engine: EngineFacts | StageError) -> Iterator[Topic]:
    """The engine answers; its images are there; its disk has room."""
    if isinstance(engine, StageError):
        yield Topic("engine", Status.WRONG, engine.what, fix=engine_fix())
        return
    yield Topic("engine", Status.FINE, f"Docker {engine.version}")
    if missing := tuple(name for name, present in engine.images.items() if not present):
        pulls = " && ".join(f"docker pull {quote(name)}" for name in missing)
        yield Topic("images", Status.WRONG, f"{count(len(missing), 'image')} of stages missing", missing, pulls)
    else:
        yield Topic("images", Status.FINE, "there", tuple(engine.images))
    if engine.free_disk is None:
        yield Topic("disk", Status.UNKNOWN, "not judged: the engine's disk is on another machine")
        return
    status = Status.WRONG if engine.free_disk < _LEAST_DISK else Status.WARNING
    if engine.free_disk < _LITTLE_DISK:
        yield Topic(
            "disk", status, f"only {gigabytes(engine.free_disk)} of disk free", fix="`docker system prune` makes room"
        )
    else:
        yield Topic("disk", Status.FINE, f"{gigabytes(engine.free_disk)} free")


def judge_memory(free_memory: int) -> Iterator[Topic]:
    """A second stage is affordable."""
    free = f"{gigabytes(free_memory)} free"
    if free_memory >= TWIN_MEMORY:
        yield Topic("memory", Status.FINE, f"{free}, enough for a second stage")
    else:
        what = f"{free}: no second stage below {gigabytes(TWIN_MEMORY)}, so going back runs steps again"
        yield Topic("memory", Status.WARNING, what, fix="close other programs")


def judge_terminal(size: TerminalSize | None) -> Iterator[Topic]:
    """The terminal is large enough."""
    if size is None:
        yield Topic("terminal", Status.UNKNOWN, "not judged: the output goes elsewhere")
    elif size.columns < COLUMNS or size.rows < ROWS:
        what = f"{size.columns} x {size.rows} characters, less than {COLUMNS} x {ROWS}"
        yield Topic("terminal", Status.WARNING, what, fix="make the window larger, or its letters smaller")
    else:
        yield Topic("terminal", Status.FINE, f"{size.columns} x {size.rows} characters")


def judge_widths(wide: Mapping[str, int], columns: int) -> Iterator[Topic]:
    """No command and no output is wider than *columns*; *wide*: the widths of steps that are."""
    if wide:
        names = tuple(f"{name} ({width})" for name, width in wide.items())
        fix = "break the command with a backslash; `cut -c 1-99` shortens output"
        yield Topic("width", Status.WARNING, f"{count(len(wide), 'step')} wider than {columns} columns", names, fix)
