"""What several commands share: the project they run in, the demos they are asked about, remarks at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quarterdeck.errors import Problems, SourceError, UsageError

if TYPE_CHECKING:
    from quarterdeck.catalogue import Catalogue
    from quarterdeck.demo import Demo
    from quarterdeck.project import Project


def project_here() -> Project:
    """The project that the current folder lies in."""
    from quarterdeck.project import load_project

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
                _remark_stray_lines(demo, problems)
        except SourceError as error:
            problems.add(error.at, error.what, error.hint)
    problems.raise_if_any()
    demos = {demo.name: demo for demo in found if demo is not None}
    if not demos:
        raise UsageError("0 demos", "put a demo into commands/: a title, comments and commands in NAME.demo")
    return tuple(demos.values())


def _remark_stray_lines(demo: Demo, problems: Problems) -> None:
    """Lint takes these for mistakes; a run goes on, and its verdicts show whether they are."""
    from quarterdeck.check.lint import stray_lines

    strays = [stray for step in demo.steps if step.script and (stray := stray_lines(step))]
    problems.remarks += strays


def show_remarks(problems: Problems) -> None:
    """Print what the author should know but what stopped nothing, in the order of files and lines."""
    for remark in sorted({(one.at, str(one)) for one in problems.remarks}):
        click.echo(f"note: {remark[1]}", err=True)
