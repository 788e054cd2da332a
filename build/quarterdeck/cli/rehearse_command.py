"""`quarterdeck rehearse`."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quarterdeck.base.errors import Problems, UsageError
from quarterdeck.cli.common import echo, load_order, project_here, show_warnings

if TYPE_CHECKING:
    from quarterdeck.base.project import Project
    from quarterdeck.demo.inputs import DemoInputs
    from quarterdeck.present.running_order import RunningOrder

_LEAST_COLUMNS, _LEAST_ROWS = 100, 30


@click.command()
@click.argument("name", metavar="DECK|DEMO")
@click.option(
    "--type", "typing", type=click.Choice(["pace", "keys", "off"]), default="pace", help="How commands are typed."
)
@click.option(
    "--notes", type=click.Choice(["line", "off"]), default="line", help="The presenter's line below the screen."
)
@click.option(
    "--twin", type=click.Choice(["on", "off"]), default="on", help="A second stage, so that going back is quick."
)
@click.option("--auto", is_flag=True, help="Go on by itself, until something is wrong.")
@click.option("--resume", is_flag=True, help="Go on where the last rehearsal ended.")
@click.option("--times", is_flag=True, help="Show how long past rehearsals took, and end.")
@click.option("--cast", "cast_file", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="FILE",
              help="Write an asciicast of it to FILE.")  # fmt: skip
def command(name: str, **options: Any) -> int:
    """Perform the demos of a deck, or one demo, in this terminal, as on stage.

    Forward (Enter, Space, PgDn, →) types a command, and runs it when pressed again; `?` lists all keys. Each step is
    judged against its recording; if the stage fails, recorded output is played.

    Exit status: 0, or 1 if a step went wrong and --auto runs without a terminal.
    """
    from quarterdeck.demo.catalogue import Catalogue

    project, problems = project_here(), Problems()
    catalogue = Catalogue(project, problems)
    order = load_order(name, project, catalogue, problems)
    problems.raise_if_any()
    show_warnings(problems)
    if options["times"]:
        return _show_times(order, project)
    return _rehearse(order, catalogue.inputs, **options)


def _rehearse(
    order: RunningOrder,
    inputs: DemoInputs,
    *,
    auto: bool,
    resume: bool,
    twin: str,
    cast_file: Path | None,
    **options: Any,
) -> int:
    from quarterdeck.live.engine.client import Engine
    from quarterdeck.live.engine.lease import RunLease
    from quarterdeck.present.clock import Clock
    from quarterdeck.present.journal import Journal, last_rehearsal
    from quarterdeck.present.performer import Performer
    from quarterdeck.rehearse.cast import Cast
    from quarterdeck.rehearse.own_terminal import OwnTerminal, Pipe
    from quarterdeck.rehearse.rehearsal import Options, Rehearsal

    attended = sys.stdin.isatty() and sys.stdout.isatty()
    if not attended and not auto:
        raise UsageError("rehearse needs a terminal", "with --auto, it does without")
    last = last_rehearsal(inputs.project.root, order.name) if resume else None
    if resume and last is None:
        raise UsageError(f"no rehearsal of '{order.name}' to resume", "leave out --resume")
    with ExitStack() as stack:
        lease = stack.enter_context(RunLease(Engine()))
        performer = Performer(order, inputs, lease, twin=twin == "on" and not auto)
        stack.callback(performer.close)
        journal = Journal(inputs.project.root, order.name, datetime.now().astimezone().isoformat(timespec="seconds"))
        stack.callback(journal.close)
        clock = Clock(order, time.monotonic, elapsed_s=last["elapsed"] if last else 0.0)
        if last is not None:
            performer.jump(last["position"])
        terminal = OwnTerminal() if attended else Pipe()
        rows, columns = terminal.size
        if attended and (rows < _LEAST_ROWS or columns < _LEAST_COLUMNS):
            least = f"{_LEAST_COLUMNS} x {_LEAST_ROWS}"
            click.echo(f"warning: this terminal has {columns} x {rows} characters, less than {least}", err=True)
            time.sleep(2)
        cast = Cast(cast_file, rows, columns, order.title, time.monotonic) if cast_file else None
        if cast is not None:
            stack.callback(cast.close)
        stack.callback(signal.signal, signal.SIGINT, signal.SIG_IGN)  # the stages are to be removed whatever is pressed
        stack.enter_context(terminal.raw())
        settings = Options(options["typing"], options["notes"] == "line" and attended, auto, attended)
        return Rehearsal(performer, terminal, clock, journal, settings, cast=cast).run()


def _show_times(order: RunningOrder, project: Project) -> int:
    """A line for each past rehearsal, and one for each slide with its times."""
    from quarterdeck.present.journal import past_rehearsals
    from quarterdeck.rehearse.rehearsal import format_time

    past = past_rehearsals(project.root, order.name)
    if not past:
        raise UsageError(f"no rehearsal of '{order.name}' has ended yet", f"quarterdeck rehearse {order.name}")
    for rehearsal in past:
        wrong = [step for step in rehearsal["steps"] if step["verdict"] not in ("PASSED", "NEW", "recorded", "skipped")]
        echo(
            f"{rehearsal['started'][:16].replace('T', ' ')}  {format_time(rehearsal['elapsed']):>8}  "
            f"{len(rehearsal['steps'])} steps, {len(wrong)} wrong"
        )
    for number, slide in enumerate(order.slides):
        times = [_slide_times(rehearsal["steps"], number) for rehearsal in past[-6:]]
        if any(times):
            shown = " ".join(f"{format_time(seconds):>7}" if seconds else f"{'':>7}" for seconds in times)
            echo(f"{shown}  {slide.title}")
    return 0


def _slide_times(steps: list[dict[str, Any]], slide: int) -> float:
    return float(sum(step.get("seconds", 0.0) for step in steps if step["slide"] == slide))
