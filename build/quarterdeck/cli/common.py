"""What several commands share: exit statuses, the current project, the demos or deck they are about, warnings."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from quarterdeck.base.errors import Problems, UsageError, did_you_mean
from quarterdeck.base.files import save_text
from quarterdeck.base.project import Project, load_project

if TYPE_CHECKING:
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.demo.demo_file import Demo
    from quarterdeck.present.running_order import RunningOrder

EXIT_OK, EXIT_NO, EXIT_USAGE, EXIT_UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 130

_MOST_JOBS = 16
"""The maximum for `auto`: each demo has an engine of its own, which takes memory."""


def jobs(value: str) -> int:
    """How many demos run side by side: a number, or `auto`; a type of click's."""
    if value == "auto":
        # Demos mostly wait, so that a core has time for two.
        return min(_MOST_JOBS, 2 * (os.cpu_count() or 1))
    if not value.isdecimal() or int(value) < 1:
        from click import BadParameter

        raise BadParameter(f"'{value}' is no number of demos: 1 or more, or auto")
    return int(value)


def project_here() -> Project:
    """The project that the current folder lies in."""
    return load_project(Path.cwd())


def find_demos(catalogue: Catalogue, names: Sequence[str], problems: Problems) -> tuple[Demo, ...]:
    """The demos called *names*; all of the project's when there are none.

    Raises:
        UsageError: There is no such demo, or no demo at all.
        SourceErrors: One of them has errors.
    """
    from quarterdeck.check.demo_rules import stray_lines

    named = [catalogue.find_demo(name) for name in names] if names else catalogue.load_all()
    demos = {demo.name: demo for demo in named if demo is not None}
    for demo in demos.values():
        with problems.collecting():
            catalogue.stage_of(demo)
            # For lint these are errors; a run goes on, and its verdicts show whether they are.
            problems.warnings += [stray for step in demo.steps if step.script and (stray := stray_lines(step))]
    problems.raise_if_any()
    if not demos:
        raise UsageError("0 demos", "put a demo into commands/: a title, comments and commands in NAME.demo")
    return tuple(demos.values())


def load_order(name: str, project: Project, catalogue: Catalogue, problems: Problems) -> RunningOrder:
    """The running order of the deck or demo called *name*, or of the deck at that path.

    Raises:
        UsageError: There is no such deck or demo, or it shows no steps.
        SourceErrors: It has errors.
    """
    order = _order_deck_or_demo(name, project, catalogue, problems)
    if not order.cues:
        hint = "put a marker into its slides: <!-- include: DEMO-STEP.command -->"
        raise UsageError(f"'{name}' shows no steps", hint)
    return order


def _order_deck_or_demo(name: str, project: Project, catalogue: Catalogue, problems: Problems) -> RunningOrder:
    from quarterdeck.deck.load.deck_file import find_decks
    from quarterdeck.present.deck_order import load_deck_order
    from quarterdeck.present.running_order import Scripts, order_demo

    decks = find_decks(project)
    if names_deck(name, project):
        return load_deck_order(name, project, catalogue, problems).order
    try:
        demo = catalogue.find_demo(name)
    except UsageError as error:
        hint = did_you_mean(name, [*decks, *catalogue.names])
        raise UsageError(f"no deck or demo '{name}'", hint or error.hint) from error
    problems.raise_if_any()
    assert demo is not None
    return order_demo(demo, Scripts(catalogue))


def names_deck(name: str, project: Project) -> bool:
    """Whether *name* is a deck's, or a path to one; otherwise it is a demo's."""
    from quarterdeck.deck.load.deck_file import find_decks

    return name in find_decks(project) or Path(name).suffix in (".md", ".yaml", ".html")


def show_warnings(problems: Problems) -> None:
    """Print warnings, in the order of files and lines."""
    for _, text in sorted({(warning.at, str(warning)) for warning in problems.warnings}):
        print(f"warning: {text}", file=sys.stderr)


def echo(text: str) -> None:
    """Print *text*. If the reader has gone (`check | head`), go on silently: the exit status is the answer."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_report(path: Path, text: str) -> None:
    """Write *text* to *path*, which the user named: at once or not at all, but through a link (/dev/stdout is one)."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        # An atomic write would put a file in the place of the link or the device.
        path.write_text(text, "utf-8")
    else:
        save_text(path, text)
