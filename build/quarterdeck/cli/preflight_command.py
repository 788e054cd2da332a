"""`quarterdeck preflight`."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from quarterdeck.base.errors import Problems
from quarterdeck.cli.common import (
    EXIT_NO,
    EXIT_OK,
    EXIT_UNAVAILABLE,
    echo,
    jobs,
    load_order,
    names_deck,
    project_here,
    show_warnings,
    write_report,
)

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_COLUMNS = 100
"""The width of the page where the output is not a terminal."""


@click.command()
@click.argument("name", metavar="DECK|DEMO")
@click.option("-n", "--jobs", type=jobs, help="Demos to run side by side, each on its own stage; or `auto`.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the complete result to FILE as JSON.")
def command(name: str, jobs: int | None, json_file: Path | None) -> int:
    """Check everything that can go wrong in the room: one page, go or no go.

    Run it the evening before, and in the room. All steps of a deck's slides are run and judged twice, the second time
    on stages without a network. The page also has the engine, images, disk, memory, terminal, recordings, the built
    deck and the time.

    \b
    ✓ fine   ! worth a look   ✗ no go   - not judged   · information

    Exit status: 0 go, 1 no go, 3 no go because no engine answers or a stage does not start.
    """
    from quarterdeck.check.report.paint import strip_paint
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.preflight.facts import TerminalSize
    from quarterdeck.preflight.gather import gather_facts
    from quarterdeck.preflight.preflight_page import render_page, render_readiness_json
    from quarterdeck.preflight.readiness import judge_readiness
    from quarterdeck.preflight.two_runs import can_be_cut_off
    from quarterdeck.runner.outcome import RunContext

    project, problems = project_here(), Problems()
    catalogue = Catalogue(project, problems)
    order = load_order(name, project, catalogue, problems)
    problems.raise_if_any()
    terminal = TerminalSize(*os.get_terminal_size(sys.stdout.fileno())) if sys.stdout.isatty() else None
    runs = sum(1 + can_be_cut_off(script.stage) for script in order.scripts.values())
    with show_progress(runs) as progress:
        context = RunContext(project, catalogue, date.today().isoformat(), problems, progress.watch, progress.finish)
        deck = name if names_deck(name, project) else None
        report = judge_readiness(gather_facts(order, deck, context, terminal=terminal, jobs=jobs))
    show_warnings(problems)
    if json_file is not None:
        write_report(json_file, render_readiness_json(report))
    page = render_page(report, terminal.columns if terminal else _COLUMNS)
    echo(page if terminal else strip_paint(page))
    if not report.ran:
        return EXIT_UNAVAILABLE
    return EXIT_NO if report.reasons else EXIT_OK
