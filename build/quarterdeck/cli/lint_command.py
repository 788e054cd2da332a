"""`quarterdeck lint`."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click

from quarterdeck.base.errors import Problems
from quarterdeck.cli import EXIT_NO, EXIT_OK, EXIT_USAGE
from quarterdeck.cli.common import project_here

if TYPE_CHECKING:
    from quarterdeck.runner.lint_project import Seen


@click.command()
@click.option("-q", "--quiet", is_flag=True, help="Print what is wrong, and no sum.")
def command(quiet: bool) -> int:
    """Say everything wrong with the project that can be known without running a demo; needs no engine.

    \b
    Mistakes   what stops other commands: markers that find nothing, unknown and contradictory options, circles
               of `after`, lines that are meant for the shell that `docker run -it` starts
    Warnings    what they put up with: recordings that no longer fit, `curl` into a pipe without --fail, `sudo`,
               options without effect, misspelt keys of a deck

    Each is one line, FILE:LINE: WHAT, with a hint below. What `quarterdeck build` finds while it makes pages
    (pictures, links) is not looked for.

    Exit status: 0 nothing is wrong, 1 warnings only, 2 mistakes.
    """
    from quarterdeck.runner.lint_project import lint

    gc.disable()  # values are many and small, and none of them in circles: looking for those takes a tenth of the time
    problems = Problems()
    seen = lint(project_here(), problems)
    errors = {(one.at, str(one)) for one in problems.errors}
    warnings = {(one.at, str(one)) for one in problems.warnings} - errors
    for _, text in sorted(errors | warnings):
        click.echo(text)
    if not quiet:
        click.echo(f"{_sum(seen)}: {_found(len(errors), len(warnings))}", err=True)
    return EXIT_USAGE if errors else EXIT_NO if warnings else EXIT_OK


def _sum(seen: Seen) -> str:
    counts = {"deck": seen.decks, "slide source": seen.sources, "demo": seen.demos, "step": seen.steps}
    return ", ".join(_count(number, word) for word, number in counts.items())


def _found(errors: int, warnings: int) -> str:
    return f"{_count(errors, 'mistake')}, {_count(warnings, 'warning')}" if errors or warnings else "nothing is wrong"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
