"""The screen of a notes terminal: a view as lines of text, the most important ones where a glance falls first.

From the top: the clock and the place in the talk; the notes; the step that is next and what it printed when it was
recorded; the step after it; how the last one ended. The notes keep their rows, so that nothing jumps from step to step.
Below are warnings and what may be left out, and only then is there any colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from quarterdeck.bash.grammar import command_rows
from quarterdeck.demo.recording import output_for_terminal
from quarterdeck.present.clock import Times
from quarterdeck.present.presenter_view import LastStep, OptionalStep, PresenterView, StepView
from quarterdeck.present.wording import FINE, format_late, format_time

_NOTES_SHARE = 0.36
"""Of the rows, those that are for the notes."""
_LEAST_NOTES = 4
_MARKS = {"DRIFTED": ("≠", "bold yellow"), **dict.fromkeys(FINE, ("·", "dim")), "PASSED": ("✓", "green")}
_SIGNS = {"-": "red", "+": "green"}
_ON_TIME_S = 30.0
"""Seconds behind the plan that are not worth a colour."""
_LABEL = 6
"""Columns of the labels at the left."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of the screen."""

    lines: tuple[str, ...]
    """Of the terminal's height, with colours."""
    longest_scroll: int
    """By how many lines the notes can be scrolled."""


def draw_notes(view: PresenterView, since_s: float, rows: int, columns: int, scroll: int, *, lost: bool) -> Frame:
    """Draw *view*.

    Args:
        view: The view.
        since_s: Seconds since it was made, by which its clock is late.
        rows: The height of the terminal.
        columns: Its width.
        scroll: How many lines of the notes are above what is shown of them.
        lost: Whether the rehearsal is gone, and the view the last of it.
    """
    times = view.times
    if not lost:
        late_s = None if times.late_s is None else times.late_s + since_s
        times = replace(times, elapsed_s=times.elapsed_s + since_s, late_s=late_s)
    is_late = times.late_s is not None and times.late_s > 0
    head = _render(_console(rows, columns), _head(view, times))[0]
    below = _draw_below(view, rows - 1, columns, scroll, is_late, lost)
    return Frame((head, *below.lines)[:rows], below.longest_scroll)


@lru_cache(maxsize=4)
def _draw_below(view: PresenterView, rows: int, columns: int, scroll: int, is_late: bool, lost: bool) -> Frame:
    """Everything below the clock; it stays the same from second to second."""
    console = _console(rows, columns)
    rule = _render(console, Text("─" * columns, style="dim"))[0]
    parts = _foot(view, is_late=is_late, lost=lost)
    foot = _render(console, Group(*parts)) if parts else []
    foot = foot[: max(0, rows - _LEAST_NOTES)]
    notes = _render(console, Markdown(view.notes, code_theme="ansi_light")) if view.notes else []
    title = _render(console, Text(view.slide_title, style="bold", no_wrap=True, overflow="ellipsis"))
    share = max(_LEAST_NOTES, int(rows * _NOTES_SHARE)) - 2 if notes else 0
    longest_scroll = max(0, len(notes) - share)
    scroll = min(scroll, longest_scroll)
    shown = notes[scroll : scroll + share]
    if longest_scroll > scroll and shown:
        more = Text(f"↓ {len(notes) - scroll - share + 1} more lines", style="dim")
        shown[-1] = _render(console, more)[0]
    shown += [""] * (share - len(shown))
    rest = rows - 1 - len(title) - len(shown) - len(foot) - 1 - bool(foot)
    steps = _share_rows([_render(console, section) for section in _sections(view)], rest)
    lines = [rule, *title, *shown, "", *steps][: max(0, rows - len(foot))]
    lines += [""] * (rows - len(foot) - len(lines))
    return Frame((*lines, *foot), longest_scroll)


def _console(rows: int, columns: int) -> Console:
    return Console(
        width=columns, height=rows, force_terminal=True, color_system="standard", legacy_windows=False, highlight=False
    )


def _render(console: Console, renderable: RenderableType) -> list[str]:
    with console.capture() as capture:
        console.print(renderable)
    return capture.get().rstrip("\n").split("\n")


def _head(view: PresenterView, times: Times) -> RenderableType:
    clock = Text.assemble((format_time(times.elapsed_s), "bold"))
    if times.late_s is not None:
        style = "bold yellow" if times.late_s > _ON_TIME_S else "dim"
        clock.append(f"   {format_late(times.late_s)}", style)
    last_step = min(view.position + 1, view.positions)
    place = f"slide {view.slide + 1}/{view.slides}   step {last_step}/{view.positions}"
    line = Table.grid(expand=True)
    line.add_column(no_wrap=True)
    line.add_column(justify="right", no_wrap=True, overflow="ellipsis", ratio=1)
    line.add_row(clock, Text(f"{view.title}   {place}", style="dim"))
    return line


def _sections(view: PresenterView) -> list[RenderableType]:
    sections = [_labelled("now", _now(view))]
    if view.following is not None:
        sections.append(_labelled("next", _step_lines(view.following, now=False)))
    if view.last is not None:
        sections.append(_labelled("last", _last_lines(view.last)))
    return sections


def _labelled(label: str, lines: Sequence[Text]) -> RenderableType:
    section = Table.grid(padding=(0, 0))
    section.add_column(width=_LABEL)
    section.add_column(ratio=1)
    for row, line in enumerate(lines):
        section.add_row(Text(label if row == 0 else "", style="dim"), line)
    return section


def _now(view: PresenterView) -> list[Text]:
    if view.step is None:
        return [Text("the end", style="bold")]
    lines = _step_lines(view.step, now=True)
    phases = {
        "running": "runs", "playing": "the recording is played", "shell": "the demo's shell is open",
        "reading": "on the next slide",
    }  # fmt: skip
    if (phase := phases.get(view.phase)) is not None:
        lines[0].append(f"   {phase}", style="dim")
    return lines


def _step_lines(step: StepView, *, now: bool) -> list[Text]:
    title = Text(step.caption or step.name, style="bold" if now else "", no_wrap=True, overflow="ellipsis")
    for claim, word in ((step.optional, "optional"), (step.edited, "edited")):
        if claim:
            title.append(f"   {word}", style="dim")
    lines = [title]
    starts = command_rows("\n".join(step.commands))
    for row, line in enumerate(step.commands):
        prompt = "$" if row in starts else ">"
        lines.append(Text(f"{prompt} {line}", style="bold cyan" if now else "cyan", overflow="fold"))
    if not now:
        return lines
    lines += [Text(f"type: {line}", style="bold yellow", no_wrap=True, overflow="ellipsis") for line in step.to_type]
    if step.recorded_s is None:
        lines.append(Text("not recorded", style="dim"))
    elif step.recorded:
        plain = Text.from_ansi(output_for_terminal(step.recorded)).plain
        lines += [Text(line, style="dim", no_wrap=True, overflow="ellipsis") for line in plain.split("\n")]
    return lines


def _last_lines(last: LastStep) -> list[Text]:
    mark, style = _MARKS.get(last.verdict, ("✗", "bold red"))
    fine = last.verdict in FINE
    lines = [Text.assemble((f"{mark} ", style), last.name, "  ", (last.summary, "" if fine else style))]
    if not fine:
        lines += [
            Text(line, style=_SIGNS.get(line[:1], "dim"), no_wrap=True, overflow="ellipsis") for line in last.evidence
        ]
    return lines


def _foot(view: PresenterView, *, is_late: bool, lost: bool) -> list[Text]:
    lines = []
    if is_late and view.optional:
        lines.append(_leave_out(view.optional))
    lines += [Text(f"! {warning}", style="yellow", no_wrap=True, overflow="ellipsis") for warning in view.warnings]
    if lost:
        lines.append(Text("the rehearsal has ended; waiting for the next one   q q quits", style="bold yellow"))
    elif view.message:
        lines.append(Text(view.message, style="bold", no_wrap=True, overflow="ellipsis"))
    return lines


def _leave_out(optional: Sequence[OptionalStep]) -> Text:
    """Which steps to leave out, and what that saves."""
    names = ", ".join(f"{step.name} ({format_time(step.saves_s)})" for step in optional)
    whole = f" = {format_time(sum(step.saves_s for step in optional))}" if len(optional) > 1 else ""
    return Text(f"late: leave out {names}{whole}", style="yellow", no_wrap=True, overflow="ellipsis")


def _share_rows(sections: Sequence[Sequence[str]], rows: int) -> list[str]:
    """The beginning of each section, in *rows* lines with a blank one between two; the first gets most of them."""
    rows -= len(sections) - 1
    least = [min(len(section), 2) for section in sections]
    given = list(least)
    order = [0, 0, len(sections) - 1, *range(1, len(sections) - 1)]
    while sum(given) < rows and any(count < len(section) for count, section in zip(given, sections, strict=True)):
        for index in order:
            if sum(given) < rows and given[index] < len(sections[index]):
                given[index] += 1
    lines: list[str] = []
    for section, count in zip(sections, given, strict=True):
        lines += [*section[:count], ""]
    return lines[:-1]
