"""What several commands share: the project they run in, the demos they are asked about, warnings at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quarterdeck.base.errors import Problems, SourceError, UsageError

if TYPE_CHECKING:
    from quarterdeck.base.project import Project
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.demo.demo_file import Demo

_MOST_JOBS = 16
"""What `auto` asks for at the most: each demo has an engine of its own, which wants memory."""


class _Jobs(click.ParamType[int]):
    """How many demos run side by side: a number, or `auto`."""

    name = "jobs"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "auto":
            # Demos mostly wait, so that a core has time for two.
            return min(_MOST_JOBS, 2 * (os.cpu_count() or 1))
        if not str(value).isdecimal() or int(value) < 1:
            self.fail(f"'{value}' is no number of demos: 1 or more, or auto", param, ctx)
        return int(value)


JOBS = _Jobs()


def project_here() -> Project:
    """The project that the current folder lies in."""
    from quarterdeck.base.project import load_project

    return load_project(Path.cwd())


def find_demos(catalogue: Catalogue, names: Sequence[str], problems: Problems) -> tuple[Demo, ...]:
    """The demos called *names*; all of the project's when there are none.

    Raises:
        UsageError: There is no such demo, or no demo at all.
        SourceErrors: One of them has mistakes.
    """
    found = [catalogue.find_demo(name) for name in names] if names else list(catalogue.load_all())
    for demo in found:
        try:
            if demo is not None:
                catalogue.stage_of(demo)
                _warn_stray_lines(demo, problems)
        except SourceError as error:
            problems.note(error)
    problems.raise_if_any()
    demos = {demo.name: demo for demo in found if demo is not None}
    if not demos:
        raise UsageError("0 demos", "put a demo into commands/: a title, comments and commands in NAME.demo")
    return tuple(demos.values())


def _warn_stray_lines(demo: Demo, problems: Problems) -> None:
    """Lint takes these for mistakes; a run goes on, and its verdicts show whether they are."""
    from quarterdeck.check.demo_rules import stray_lines

    strays = [stray for step in demo.steps if step.script and (stray := stray_lines(step))]
    problems.warnings += strays


def show_warnings(problems: Problems) -> None:
    """Print what the author should know but what stopped nothing, in the order of files and lines."""
    for warning in sorted({(one.at, str(one)) for one in problems.warnings}):
        click.echo(f"warning: {warning[1]}", err=True)


def echo(text: str) -> None:
    """Print *text*. If the reader has gone (`check | head`), go on silently: the exit status is the answer."""
    try:
        click.echo(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(path: Path, text: str) -> None:
    """Write *text* to *path*, which the user named: at once or not at all, but through a link (/dev/stdout is one)."""
    from quarterdeck.base.files import save_text

    if path.is_symlink() or (path.exists() and not path.is_file()):
        # An atomic write would put a file in the place of the link or the device.
        path.write_text(text, "utf-8")
    else:
        save_text(path, text)
