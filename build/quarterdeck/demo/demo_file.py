"""Demos: ordered steps that share one shell, read from a `.demo` file or from `.command` files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.options import Reader, read_table
from quarterdeck.base.project import STAGE_OPTIONS
from quarterdeck.base.yaml_positions import Located, parse_yaml
from quarterdeck.bash.grammar import parse_outline
from quarterdeck.demo.step_options import (
    DEMO_OPTIONS,
    FIELDS,
    MISPLACED,
    STEP_OPTIONS,
    StepOptions,
    report_contradictions,
)

__all__ = ["Demo", "Step", "StepOptions", "parse_command_files", "parse_demo"]

_CAPTION = re.compile(r"#+\s*(?P<text>.*?)\s*(?:\{#(?P<name>[^{}]*)\}\s*)?\Z")
_NAME = re.compile(r"[A-Za-z][\w-]*\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """One caption and the commands below it."""

    number: int
    """From 0 in the order of the file, or from the name of its `.command` file."""
    name: str | None
    """From `{#name}`; stays the same when steps are inserted."""
    caption: str
    """Its first comment, without `#` and name; empty for code before the first comment."""
    at: Place
    """Its first line."""
    script: str
    """The lines that bash runs: all below the caption, comments included; empty or ending with a line feed."""
    shown: tuple[str, ...]
    """Its lines without comments and blank lines, except inside words and here-documents."""
    options: StepOptions
    lines: tuple[int, ...] = ()
    """The line number in the file, from 1, of each line of `script`."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """The place of each of its options."""

    @property
    def key(self) -> str:
        """The name, else the number, as used by recordings and markers."""
        return self.name or str(self.number)


SHELL = Step(-1, None, "", Place("", 0), "", (), StepOptions())
"""No step of a demo: a person types into its shell until the end of input."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Ordered steps that share one shell, and the folder they work in."""

    name: str
    """Its path in `commands/` without suffix, such as `registry/layers`; unique in the project."""
    title: str
    at: Place
    """The first line of its file, or of its first `.command` file."""
    folder: Path
    """The folder of its file; the demo works in a fresh copy of it."""
    steps: tuple[Step, ...]
    after: str | None = None
    """The name of the demo that runs right before it on the same stage."""
    stage: Mapping[str, Any] = field(default_factory=dict)
    """Settings of `[stage]` that this demo overrides."""
    timeout_s: float | None = None
    needs: tuple[str, ...] = ()
    mask: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    """The place of each of its options."""

    @property
    def short_name(self) -> str:
        """The name without folders."""
        return self.name.rpartition("/")[2]

    @property
    def recording(self) -> Path:
        """The path of its recording, which need not exist."""
        return self.folder / f"{self.short_name}.recording.yaml"

    def find_step(self, key: str) -> Step | None:
        """The step with the name or number *key*."""
        return next((step for step in self.steps if key in (step.name, str(step.number))), None)


def parse_demo(text: str, *, name: str, path: str, folder: Path, problems: Problems) -> Demo:
    """Parse a `.demo` file with LF line ends.

    Unknown options, values of the wrong type, and invalid or repeated names are added to *problems*, at *path*.
    """
    file = _File(text, path, problems)
    lines = file.lines
    title_row = 1 if lines[0].startswith("#!") and len(lines) > 1 and lines[1].startswith("#") else 0
    has_title = lines[title_row].startswith("#")
    title = _caption(lines[title_row])[0] if has_title else name
    first_row = title_row + has_title
    captions = [row for row in file.captions if row >= first_row]
    rows_before = range(first_row, captions[0] if captions else len(lines))
    first_code = next((row for row in rows_before if row not in file.quiet), None)
    starts = captions if first_code is None else [first_code, *captions]
    options = file.read_demo_options(range(first_row, starts[0] if starts else len(lines)))
    steps = [
        file.parse_step(number, start, end, range(start, end), has_caption=start in captions)
        for number, (start, end) in enumerate(pairwise([*starts, len(lines)]))
    ]
    hint = "a comment and a command below the title make one"
    if not steps:
        problems.add(Place(path, 1), "a demo without steps", hint)
    elif not any(step.script for step in steps):
        problems.add(Place(path, steps[0].at.line), "a demo without commands", hint)
    _refuse_repeated_names(steps, problems)
    return Demo(name, title or name, Place(path, 1), folder, tuple(steps), **options)


def parse_command_files(files: Sequence[tuple[int, str, str]], *, name: str, folder: Path, problems: Problems) -> Demo:
    """Parse the `.command` files of one demo: number, text and path of each, in the order of their numbers."""
    steps = []
    for number, text, path in files:
        file = _File(text, path, problems)
        end = len(file.lines)
        captions = [row for row in file.captions if not file.lines[row].startswith("#!")]
        has_caption = bool(captions) and all(row in file.quiet for row in range(captions[0]))
        start = captions[0] if has_caption else 0
        steps.append(file.parse_step(number, start, end, range(end), has_caption=has_caption))
    _refuse_repeated_names(steps, problems)
    return Demo(name, name.rpartition("/")[2], Place(files[0][2], 1), folder, tuple(steps))


class _File:
    """A file with steps. Rows count from 0."""

    def __init__(self, text: str, path: str, problems: Problems) -> None:
        outline = parse_outline(text)
        self.lines = text.split("\n")
        self.quiet = outline.quiet
        self.captions = [row for row in outline.comments if not self.lines[row].startswith("#@")]
        self._option_rows = [row for row in outline.comments if self.lines[row].startswith("#@")]
        self._path = path
        self._problems = problems

    def parse_step(self, number: int, start: int, end: int, rows: range, *, has_caption: bool) -> Step:
        """The step in the rows from *start* to *end*, with the options in *rows*."""
        at = Place(self._path, start + 1)
        caption, name = _caption(self.lines[start]) if has_caption else ("", None)
        if name is not None and not _NAME.match(name):
            self._problems.add(at, f"'{name}' is not a valid step name", "a name starts with a letter: {#manifest}")
            name = None
        body = [row for row in range(start + has_caption, end) if row not in self._option_rows]
        while body and body[-1] in self.quiet:
            body.pop()
        while body and body[0] in self.quiet:
            body.pop(0)
        located, values = self._read_options(rows, STEP_OPTIONS, "step")
        options = StepOptions(**{FIELDS.get(key, key): value for key, value in values.items()})
        if values:
            report_contradictions(options, located, self._problems)
        return Step(
            number=number,
            name=name,
            caption=caption,
            at=at,
            script="".join(f"{self.lines[row]}\n" for row in body),
            shown=tuple(self.lines[row] for row in body if row not in self.quiet),
            options=options,
            lines=tuple(row + 1 for row in body),
            places={key: located.place(key) for key in values},
        )

    def read_demo_options(self, rows: range) -> dict[str, Any]:
        """The options in *rows*, as arguments of `Demo`."""
        located, values = self._read_options(rows, DEMO_OPTIONS, "demo")
        places = {key: located.place(key) for key in values}
        if "stage" in values:
            values["stage"] = read_table(located.under("stage"), STAGE_OPTIONS, "stage setting", self._problems)
        return {"places": places, **{FIELDS.get(key, key): value for key, value in values.items()}}

    def _read_options(self, within: range, table: Mapping[str, Reader], owner: str) -> tuple[Located, dict[str, Any]]:
        """The `#@` lines in the rows *within* as one YAML document, with the position of each value."""
        rows = [row for row in self._option_rows if row in within]
        located = Located(None, self._path, {})
        if rows:
            document = (
                self.lines[row][2:].removeprefix(" ") if row in rows else "" for row in range(rows[0], rows[-1] + 1)
            )
            with self._problems.collecting():
                located = parse_yaml("\n".join(document), self._path, rows[0] + 1)
        return located, read_table(located, table, f"{owner} option", self._problems, MISPLACED[owner])


def _caption(line: str) -> tuple[str, str | None]:
    match = _CAPTION.match(line)
    assert match is not None  # the pattern matches every line that starts with '#'
    return match["text"], match["name"]


def _refuse_repeated_names(steps: Sequence[Step], problems: Problems) -> None:
    first: dict[str, Step] = {}
    for step in steps:
        if step.name and first.setdefault(step.name, step) is not step:
            problems.add(step.at, f"a second step named '{step.name}'", f"the first is at {first[step.name].at}")
