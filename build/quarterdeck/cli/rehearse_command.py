"""`quarterdeck rehearse`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quarterdeck.base.errors import Problems, UsageError
from quarterdeck.cli.common import echo, load_order, project_here, show_warnings

if TYPE_CHECKING:
    from quarterdeck.base.project import Project
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.demo.inputs import DemoInputs
    from quarterdeck.present.performer import Performer
    from quarterdeck.present.running_order import RunningOrder
    from quarterdeck.rehearse.rehearsal_options import LineMode, Typing

_LINE: Mapping[str | None, LineMode] = {None: "alone", "line": "always", "off": "off"}
"""The words of --notes that are no second terminal."""


@click.command()
@click.argument("name", metavar="[DECK|DEMO]", required=False)
@click.option(
    "--type", "typing", type=click.Choice(["pace", "keys", "off"]), default="pace", help="How commands are typed."
)
@click.option(
    "--notes", is_flag=False, flag_value="", metavar="[DECK|line|off]",
    help="Be the presenter's second terminal for the rehearsal of DECK, or for the one that runs. With DECK before it, "
    "`line` and `off`: the presenter's line below the screen is always there, or never; by default it is there "
    "while no second terminal is.",
)  # fmt: skip
@click.option(
    "--twin", type=click.Choice(["on", "off"]), default="on", help="A second stage, so that going back is quick."
)
@click.option("--auto", is_flag=True, help="Go on by itself, until something is wrong.")
@click.option("--resume", is_flag=True, help="Go on where the last rehearsal ended.")
@click.option("--times", is_flag=True, help="Show how long past rehearsals took, and end.")
@click.option("--cast", "cast_file", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="FILE",
              help="Write an asciicast of it to FILE.")  # fmt: skip
def command(name: str | None, notes: str | None, **options: Any) -> int:
    """Perform the demos of a deck, or one demo, in this terminal, as on stage.

    Forward (Enter, Space, PgDn, →) types a command, and runs it when pressed again; `?` lists all keys. Each step is
    judged against its recording; if the stage fails, recorded output is played. In a second terminal,
    `rehearse --notes` shows the speaker notes, this step and the next one, verdicts, and the time against the plan.

    Exit status: 0, or 1 if a step went wrong and --auto runs without a terminal.
    """
    from quarterdeck.demo.catalogue import Catalogue

    project, problems = project_here(), Problems()
    catalogue = Catalogue(project, problems)
    if notes not in _LINE:
        if name and notes:
            raise UsageError(
                f"--notes {notes}: with '{name}' before it, it takes 'line' or 'off'",
                f"the second terminal is `quarterdeck rehearse --notes {notes}`",
            )
        return _show_notes(notes or name, project, catalogue, problems)
    if name is None:
        raise UsageError("rehearse needs a deck or a demo", "`quarterdeck rehearse DECK`")
    order = load_order(name, project, catalogue, problems)
    problems.raise_if_any()
    show_warnings(problems)
    if options["times"]:
        return _show_times(order, project)
    return _rehearse(order, catalogue.inputs, line=_LINE[notes], **options)


def _show_notes(name: str | None, project: Project, catalogue: Catalogue, problems: Problems) -> int:
    """Be the second terminal of a rehearsal of *name*; of the only one that runs or comes, if that is None."""
    from quarterdeck.rehearse.notes_socket import running_rehearsals
    from quarterdeck.rehearse.notes_terminal import NotesTerminal
    from quarterdeck.rehearse.own_terminal import OwnTerminal

    running = running_rehearsals(project.root)
    if name is None and len(running) > 1:
        raise UsageError(f"{len(running)} rehearsals run: {', '.join(running)}", "say which: --notes DECK")
    if name is not None and name not in running:
        name = load_order(name, project, catalogue, problems).name
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--notes needs a terminal", "start it in a second one, beside the rehearsal")
    terminal = OwnTerminal()
    with terminal.raw(full_screen=True):
        return NotesTerminal(project.root, name, terminal).run()


def _rehearse(
    order: RunningOrder,
    inputs: DemoInputs,
    *,
    auto: bool,
    resume: bool,
    twin: str,
    cast_file: Path | None,
    line: LineMode,
    typing: Typing,
    **_: Any,
) -> int:
    from quarterdeck.live.engine.client import Engine
    from quarterdeck.live.engine.lease import RunLease
    from quarterdeck.present.clock import Clock
    from quarterdeck.present.journal import Journal, last_rehearsal
    from quarterdeck.present.performer import Performer
    from quarterdeck.rehearse.cast import Cast
    from quarterdeck.rehearse.notes_socket import NotesServer
    from quarterdeck.rehearse.own_terminal import OwnTerminal, Pipe
    from quarterdeck.rehearse.rehearsal import LEAST_COLUMNS, LEAST_ROWS, Rehearsal
    from quarterdeck.rehearse.rehearsal_options import Options

    attended = sys.stdin.isatty() and sys.stdout.isatty()
    if not attended and not auto:
        raise UsageError("rehearse needs a terminal", "add --auto to rehearse without one")
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
            _edit_again(performer, last["steps"])
            performer.jump(last["position"])
        terminal = OwnTerminal() if attended else Pipe()
        rows, columns = terminal.size
        if attended and (rows < LEAST_ROWS or columns < LEAST_COLUMNS):
            least = f"{LEAST_COLUMNS} x {LEAST_ROWS}"
            click.echo(f"warning: this terminal has {columns} x {rows} characters, less than {least}", err=True)
            time.sleep(2)
        cast = Cast(cast_file, rows, columns, order.title, time.monotonic) if cast_file else None
        if cast is not None:
            stack.callback(cast.close)
        stack.callback(signal.signal, signal.SIGINT, signal.SIG_IGN)  # the stages are to be removed whatever is pressed
        stack.enter_context(terminal.raw())
        notes = NotesServer(inputs.project.root, order.name)
        stack.callback(notes.close)
        settings = Options(typing, line if attended else "off", auto, attended)
        return Rehearsal(performer, terminal, clock, journal, settings, notes=notes, cast=cast).run()


def _edit_again(performer: Performer, steps: list[dict[str, Any]]) -> None:
    """Change the commands that were changed in the rehearsal that is resumed."""
    for step in steps:
        cue = performer.order.find(step["step"])
        if cue is not None and "script" in step:
            performer.edit(step["script"], cue)


def _show_times(order: RunningOrder, project: Project) -> int:
    """A line for each past rehearsal, and one for each slide with its times."""
    from quarterdeck.present.journal import past_rehearsals
    from quarterdeck.present.wording import FINE, format_time

    past = past_rehearsals(project.root, order.name)
    if not past:
        raise UsageError(f"no rehearsal of '{order.name}' has ended yet", f"quarterdeck rehearse {order.name}")
    for rehearsal in past:
        wrong = [step for step in rehearsal["steps"] if step["verdict"] not in FINE]
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
