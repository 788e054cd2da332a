"""`quarterdeck check`."""

from __future__ import annotations

import sys
from datetime import date

import click

from quarterdeck.cli import NO, YES
from quarterdeck.cli.common import find_demos, project_here, show_remarks
from quarterdeck.errors import Problems


@click.command()
@click.argument("demos", nargs=-1, metavar="[DEMO]...")
@click.option("--update", is_flag=True, help="Write new recordings of demos that drifted or are new.")
def command(demos: tuple[str, ...], update: bool) -> int:
    """Run demos on fresh stages and judge each step against its recording; all demos when none is named.

    \b
    PASSED   right exit status, same output as recorded but for times, digests and the like
    FAILED   another exit status, or a `match` or `json` that does not hold
    SUSPECT  right exit status, but something failed in silence
    DRIFTED  nothing wrong, but the output is not the recorded one
    NEW      nothing recorded, or recorded from something else
    BROKEN   no status: timeout, too much output, the shell died
    SKIPPED  said so, a tool is missing, or an earlier step was BROKEN

    Exit status: 0 when every step is PASSED or SKIPPED, else 1.
    """
    from quarterdeck.catalogue import Catalogue
    from quarterdeck.check.report import render_report
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.recording import load_recording
    from quarterdeck.trial.check import check

    project = project_here()
    problems = Problems()
    catalogue = Catalogue(project, problems)
    found = find_demos(catalogue, demos, problems)
    for demo in found:
        load_recording(demo, project, problems)
    problems.raise_if_any()
    with show_progress() as watcher:
        judged, fine = check(project, catalogue, found, day=date.today().isoformat(), update=update,
                             watcher=watcher, problems=problems)  # fmt: skip
    problems.raise_if_any()
    show_remarks(problems)
    click.echo(render_report(judged, colour=sys.stdout.isatty()))
    return YES if fine else NO
