"""`quarterdeck record`."""

from __future__ import annotations

from datetime import date

import click

from quarterdeck.cli import NO, YES
from quarterdeck.cli.common import find_demos, project_here, show_remarks
from quarterdeck.errors import Problems


@click.command()
@click.argument("demos", nargs=-1, metavar="[DEMO]...")
@click.option("--all", "everything", is_flag=True, help="Run all demos, not only those that are new or changed.")
def command(demos: tuple[str, ...], everything: bool) -> int:
    """Run demos that are new or changed on a fresh stage, and keep what they printed.

    DEMO is a name (commands/NAME.demo). A named demo is always run. A recording is written whole or not at all:
    when a step fails or breaks, the old one stays (exit status 1). Where nothing changed but what always does
    (times, digests), the file is left as it is.
    """
    from quarterdeck.catalogue import Catalogue
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.trial.record import record

    project = project_here()
    problems = Problems()
    catalogue = Catalogue(project, problems)
    found = find_demos(catalogue, demos, problems)
    with show_progress() as watcher:
        done = record(project, catalogue, found, day=date.today().isoformat(), everything=everything or bool(demos),
                      watcher=watcher, say=click.echo, problems=problems)  # fmt: skip
    show_remarks(problems)
    return YES if done else NO
