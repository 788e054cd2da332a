"""Demos: ordered steps that share one shell, read from a `.demo` file or from `.command` files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Place, Problems, SourceError
from quarterdeck.base.options import read_table
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
    said: Mapping[str, Place] = field(default_factory=dict)
    """The place of each of its options."""

    @property
    def key(self) -> str:
        """The name, else the number, as used by recordings and markers."""
        return self.name or str(self.number)


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
    recording: Path
    """The path of its recording, which need not exist."""
    after: str | None = None
    """The name of the demo that runs right before it on the same stage."""
    stage: Mapping[str, Any] = field(default_factory=dict)
    """Settings of `[stage]` that this demo overrides."""
    timeout_s: float | None = None
    needs: tuple[str, ...] = ()
    mask: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    said: Mapping[str, Place] = field(default_factory=dict)
    """The place of each of its options."""

    @property
    def short_name(self) -> str:
        """The name without folders."""
        return self.name.rpartition("/")[2]

    def find_step(self, key: str) -> Step | None:
        """The step with the name or number *key*."""
        for step in self.steps:
            if key in (step.name, str(step.number)):
                return step
        return None


def parse_demo(text: str, *, name: str, path: str, folder: Path, problems: Problems) -> Demo:
    """Parse a `.demo` file.

    Args:
        text: Its content, with LF line ends.
        name: The name of the demo in its project.
        path: The path of the file for messages.
        folder: The folder of the file.
        problems: Collects unknown options, values of the wrong type, and invalid or repeated names.
    """
    lines = text.split("\n")
    outline = parse_outline(text)
    title_row = 1 if lines[0].startswith("#!") and len(lines) > 1 and lines[1].startswith("#") else 0
    title = _caption(lines[title_row])[0] if lines[title_row].startswith("#") else name
    first_row = title_row + 1 if lines[title_row].startswith("#") else title_row
    comments = [row for row in outline.comments if row >= first_row]
    captions = [row for row in comments if not lines[row].startswith("#@")]
    bounds = [first_row, *captions, len(lines)]
    code_first = any(row not in outline.quiet for row in range(first_row, bounds[1]))
    option_rows = [row for row in comments if lines[row].startswith("#@")]
    first_code = next((row for row in range(first_row, bounds[1]) if row not in outline.quiet), bounds[1])
    demo_rows = [row for row in option_rows if row < first_code]
    options = _read_demo_options(lines, demo_rows, path, problems)
    starts = ([first_row] if code_first else []) + captions
    steps = []
    for number, (start, end) in enumerate(pairwise([*starts, len(lines)])):
        has_caption = lines[start].startswith("#") and start in captions
        rows = [row for row in option_rows if start <= row < end and row not in demo_rows]
        if not has_caption:
            start = next(row for row in range(start, end) if row not in outline.quiet)
        steps.append(
            _parse_step(number, lines, start, end, rows, outline.quiet, has_caption, path, problems),
        )
    hint = "a comment and a command below the title make one"
    if not steps:
        problems.add(Place(path, 1), "a demo without steps", hint)
    elif not any(step.script for step in steps):
        problems.add(Place(path, steps[0].at.line), "a demo without commands", hint)
    _refuse_repeated_names(steps, problems)
    return Demo(
        name=name,
        title=title or name,
        at=Place(path, 1),
        folder=folder,
        steps=tuple(steps),
        recording=folder / f"{name.rpartition('/')[2]}.recording.yaml",
        **options,
    )


def parse_command_files(files: Sequence[tuple[int, str, str]], *, name: str, folder: Path, problems: Problems) -> Demo:
    """Parse the `.command` files of one demo.

    Args:
        files: Number, text and path (for messages) of each, in the order of their numbers; at least one.
        name: The name of the demo in its project.
        folder: The folder of the files.
        problems: As for `parse_demo`.
    """
    steps = []
    for number, text, path in files:
        lines = text.split("\n")
        outline = parse_outline(text)
        captions = [row for row in outline.comments if not lines[row].startswith(("#@", "#!"))]
        start = captions[0] if captions else 0
        has_caption = bool(captions) and all(row in outline.quiet for row in range(start))
        rows = [row for row in outline.comments if lines[row].startswith("#@")]
        start = start if has_caption else 0
        steps.append(_parse_step(number, lines, start, len(lines), rows, outline.quiet, has_caption, path, problems))
    _refuse_repeated_names(steps, problems)
    short = name.rpartition("/")[2]
    return Demo(
        name=name,
        title=short,
        at=Place(files[0][2], 1),
        folder=folder,
        steps=tuple(steps),
        recording=folder / f"{short}.recording.yaml",
    )


def _parse_step(
    number: int,
    lines: Sequence[str],
    start: int,
    end: int,
    option_rows: Sequence[int],
    quiet: frozenset[int],
    has_caption: bool,
    path: str,
    problems: Problems,
) -> Step:
    at = Place(path, start + 1)
    caption, name = _caption(lines[start]) if has_caption else ("", None)
    if name is not None and not _NAME.match(name):
        problems.add(at, f"'{name}' is not a valid step name", "a name starts with a letter: {#manifest}")
        name = None
    body = [row for row in range(start + has_caption, end) if row not in option_rows]
    while body and body[-1] in quiet:
        body.pop()
    while body and body[0] in quiet:
        body.pop(0)
    located = _options_yaml(lines, option_rows, path, problems)
    values = read_table(located, STEP_OPTIONS, "step option", problems, MISPLACED["step"]) if located else {}
    options = StepOptions(**{FIELDS.get(key, key): value for key, value in values.items()})
    if located and values:
        report_contradictions(options, located, problems)
    return Step(
        number=number,
        name=name,
        caption=caption,
        at=at,
        script="".join(f"{lines[row]}\n" for row in body),
        shown=tuple(lines[row] for row in body if row not in quiet),
        options=options,
        lines=tuple(row + 1 for row in body),
        said={name: located.place(name) for name in values} if located else {},
    )


def _read_demo_options(lines: Sequence[str], rows: Sequence[int], path: str, problems: Problems) -> dict[str, Any]:
    located = _options_yaml(lines, rows, path, problems)
    if located is None:
        return {}
    values = read_table(located, DEMO_OPTIONS, "demo option", problems, MISPLACED["demo"])
    said = {name: located.place(name) for name in values}
    if "stage" in values:
        values["stage"] = read_table(located.under("stage"), STAGE_OPTIONS, "stage setting", problems)
    return {"said": said, **{FIELDS.get(key, key): value for key, value in values.items()}}


def _options_yaml(lines: Sequence[str], rows: Sequence[int], path: str, problems: Problems) -> Located | None:
    """The `#@` lines at *rows* as one YAML document, each value at its own line."""
    if not rows:
        return None
    first, last = rows[0], rows[-1]
    document = [lines[row][2:].removeprefix(" ") if row in rows else "" for row in range(first, last + 1)]
    try:
        return parse_yaml("\n".join(document), path, first + 1)
    except SourceError as error:
        problems.note(error)
        return None


def _caption(line: str) -> tuple[str, str | None]:
    match = _CAPTION.match(line)
    assert match is not None  # the pattern takes any line that starts with '#'
    return match["text"], match["name"]


def _refuse_repeated_names(steps: Sequence[Step], problems: Problems) -> None:
    first: dict[str, Step] = {}
    for step in steps:
        if step.name and step.name in first:
            problems.add(step.at, f"a second step named '{step.name}'", f"the first is at {first[step.name].at}")
        elif step.name:
            first[step.name] = step
