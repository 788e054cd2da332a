"""`quarterdeck shell`."""

from __future__ import annotations

import sys
from contextlib import ExitStack

import click

from quarterdeck.base.errors import Problems, UsageError, did_you_mean
from quarterdeck.cli.common import EXIT_OK, find_demos, project_here


@click.command()
@click.argument("demo", required=False)
@click.option("--at", metavar="STEP", help="Run the steps of DEMO before STEP (a name or a number) first.")
def command(demo: str | None, at: str | None) -> int:
    """Open a terminal on a fresh stage: a bash, a Docker engine of its own, an empty registry at localhost:5000.

    With DEMO, in a fresh copy of its folder, after the demos that it builds on have run. Everything is removed
    when the shell ends. The exit status is the shell's; with --at, 0.
    """
    if at is not None:
        return _open_at(demo, at)
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


def _open_at(name: str | None, at: str) -> int:
    """A terminal where the steps before *at* have been run."""
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.live.engine.client import Engine
    from quarterdeck.live.engine.lease import RunLease
    from quarterdeck.live.run_demo import Progress
    from quarterdeck.present.performer import Performer
    from quarterdeck.present.running_order import Scripts, order_demo
    from quarterdeck.rehearse.own_terminal import OwnTerminal, write_out
    from quarterdeck.rehearse.step_shell import attach_shell, feed_shell, wait_until_ready

    if name is None:
        raise UsageError("--at needs a demo", f"quarterdeck shell DEMO --at {at}")
    project, problems = project_here(), Problems()
    catalogue = Catalogue(project, problems)
    (demo,) = find_demos(catalogue, [name], problems)
    step = demo.find_step(at)
    order = order_demo(demo, Scripts(catalogue))
    cue = next((cue for cue in order.cues if cue.demo is demo and cue.step is step), None)
    if cue is None:
        keys = [step.key for step in demo.steps if step.script]
        raise UsageError(
            f"'{demo.name}' has no step '{at}' to stop at", did_you_mean(at, keys) or f"one of {', '.join(keys)}"
        )
    with ExitStack() as stack:
        lease = stack.enter_context(RunLease(Engine()))
        performer = Performer(order, catalogue.inputs, lease, twin=False, start=cue.index)
        stack.callback(performer.close)
        with show_progress() as progress:
            wait_until_ready(performer, lambda sentence: progress.watch(Progress(sentence)))
        if not sys.stdin.isatty():
            feed_shell(performer, sys.stdin.buffer, write_out)
            return EXIT_OK
        terminal = OwnTerminal()
        with terminal.raw():
            attach_shell(performer, terminal)
    return EXIT_OK
