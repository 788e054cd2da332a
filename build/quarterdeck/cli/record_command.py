"""`quarterdeck record`."""

from __future__ import annotations

from datetime import date

import click

from quarterdeck.base.errors import Problems
from quarterdeck.cli.common import EXIT_NO, EXIT_OK, echo, find_demos, jobs, project_here, show_warnings


@click.command()
@click.argument("demos", nargs=-1, metavar="[DEMO]...")
@click.option("--all", "everything", is_flag=True, help="Run all demos, not only those that are new or changed.")
@click.option("-n", "--jobs", type=jobs, help="Demos to run side by side, each on its own stage; or `auto`.")
def command(demos: tuple[str, ...], everything: bool, jobs: int | None) -> int:
    """Run demos that are new or changed on a fresh stage, and keep what they printed.

    DEMO is a name (commands/NAME.demo). A named demo is always run. A recording is written whole or not at all:
    when a step fails or breaks, the old one stays (exit status 1). Where nothing changed but what always does
    (times, digests), the file is left as it is. A demo of which nothing is recorded yet runs twice; what it does
    not print the same twice is reported, with the mask that would help.
    """
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.runner.outcome import RunContext
    from quarterdeck.runner.record_demos import is_stale, record

    project = project_here()
    problems = Problems()
    catalogue = Catalogue(project, problems)
    selected = find_demos(catalogue, demos, problems)
    with show_progress(len(selected)) as progress:
        context = RunContext(project, catalogue, date.today().isoformat(), problems, progress.watch)
        every = everything or bool(demos)
        stale = [demo for demo in selected if every or is_stale(demo, catalogue)]
        done = record(context, stale, jobs=jobs, say=echo) if stale else True
    show_warnings(problems)
    if not stale:
        echo(f"{len(selected)} {'demo' if len(selected) == 1 else 'demos'} up to date")
    return EXIT_OK if done else EXIT_NO
