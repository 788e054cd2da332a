"""`quarterdeck lint`."""

from __future__ import annotations

from collections.abc import Mapping

import click

from quarterdeck.base.errors import Problems
from quarterdeck.base.quantities import count
from quarterdeck.cli.common import EXIT_NO, EXIT_OK, EXIT_USAGE, project_here


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

    problems = Problems()
    seen = lint(project_here(), problems)
    errors = {(error.at, str(error)) for error in problems.errors}
    warnings = {(warning.at, str(warning)) for warning in problems.warnings} - errors
    for _, text in sorted(errors | warnings):
        click.echo(text)
    if not quiet:
        counts = {"deck": seen.decks, "slide source": seen.sources, "demo": seen.demos, "step": seen.steps}
        wrong = {"mistake": len(errors), "warning": len(warnings)} if errors or warnings else {}
        click.echo(f"{_count(counts)}: {_count(wrong) or 'nothing is wrong'}", err=True)
    return EXIT_USAGE if errors else EXIT_NO if warnings else EXIT_OK


def _count(numbers: Mapping[str, int]) -> str:
    return ", ".join(count(number, noun) for noun, number in numbers.items())
