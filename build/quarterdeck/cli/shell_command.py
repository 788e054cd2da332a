"""`quarterdeck shell`."""

from __future__ import annotations

from contextlib import ExitStack

import click

from quarterdeck.base.errors import Problems
from quarterdeck.cli.common import find_demos, project_here


@click.command()
@click.argument("demo", required=False)
def command(demo: str | None) -> int:
    """Open a terminal on a fresh stage: a bash, a Docker engine of its own, an empty registry at localhost:5000.

    With DEMO, in a fresh copy of its folder, after the demos that it builds on have run. Everything is removed
    when the shell ends. The exit status is the shell's.
    """
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.demo.catalogue import Catalogue, Run
    from quarterdeck.live.engine.client import Engine
    from quarterdeck.live.engine.lease import RunLease
    from quarterdeck.live.open_shell import attach, open_shell

    project = project_here()
    run = None
    if demo is not None:
        problems = Problems()
        catalogue = Catalogue(project, problems)
        (last,) = find_demos(catalogue, [demo], problems)
        run = Run((*catalogue.ancestors(last), last), frozenset(), catalogue.stage_of(last))
    with ExitStack() as stack:
        lease = stack.enter_context(RunLease(Engine()))
        warnings: list[str] = []
        with show_progress() as progress:
            shell = stack.enter_context(open_shell(project, lease, run, progress.watch, warnings.append))
        for warning in warnings:
            click.echo(f"warning: {warning}", err=True)
        return attach(shell)
