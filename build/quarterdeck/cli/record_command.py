"""`quarterdeck record`."""

from __future__ import annotations

from datetime import date

import click

from quarterdeck.base.errors import Problems
from quarterdeck.cli import EXIT_NO, EXIT_OK
from quarterdeck.cli.common import JOBS, echo, find_demos, project_here, show_warnings


@click.command()
@click.argument("demos", nargs=-1, metavar="[DEMO]...")
@click.option("--all", "everything", is_flag=True, help="Run all demos, not only those that are new or changed.")
@click.option("-n", "--jobs", type=JOBS, help="Run so many demos side by side, each on a stage of its own; `auto`.")
def command(demos: tuple[str, ...], everything: bool, jobs: int | None) -> int:
    """Run demos that are new or changed on a fresh stage, and keep what they printed.

    DEMO is a name (commands/NAME.demo). A named demo is always run. A recording is written whole or not at all:
    when a step fails or breaks, the old one stays (exit status 1). Where nothing changed but what always does
    (times, digests), the file is left as it is. A demo of which nothing is recorded yet runs twice; what it does
    not print the same twice is reported, with the mask that would help.
    """
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.demo.recording import load_recording
    from quarterdeck.runner.record_demos import is_stale, record
    from quarterdeck.runner.scheduler import RunContext

    project = project_here()
    problems = Problems()
    catalogue = Catalogue(project, problems)
    found = find_demos(catalogue, demos, problems)
    with show_progress(len(found)) as (watcher, _, _):
        context = RunContext(project, catalogue, date.today().isoformat(), problems, watcher)
        every = everything or bool(demos)
        stale = [demo for demo in found if every or is_stale(demo, load_recording(demo, project, problems), context)]
        done = record(context, stale, jobs=jobs, say=echo) if stale else True
    show_warnings(problems)
    if not stale:
        echo(f"{len(found)} {'demo' if len(found) == 1 else 'demos'} up to date")
    return EXIT_OK if done else EXIT_NO
