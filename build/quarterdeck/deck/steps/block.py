"""Blocks: the steps that replace markers, as values, as plain Markdown and as HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from shlex import quote

from quarterdeck.base.errors import Problems, SourceError, UsageError
from quarterdeck.base.project import Project
from quarterdeck.bash.grammar import command_rows
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import Marker, parse_markers
from quarterdeck.deck.steps.ansi import render_screen
from quarterdeck.deck.steps.code import escape_code, highlight_lines
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.recording import RecordedStep
from quarterdeck.terminal.control_codes import strip_colours

_BACKTICKS = re.compile("`{3,}")
_INLINE_CODE = re.compile("`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A step as a slide shows it."""

    name: str
    """`DEMO-STEP`: `layers-manifest`."""
    caption: str
    """Empty for none."""
    commands: tuple[str, ...]
    """At least one line."""
    lang: str
    output: tuple[str, ...] | None
    """The first lines of the recorded screen; None if none are shown."""
    more: int
    """The number of lines of the screen that are left out."""
    mark: tuple[str, str] | None
    """A class (`recorded` or `unrecorded`) and its text; None for no mark."""
    fragment: bool
    """Whether the output is a fragment."""
    highlight: str | None
    """The lines to highlight in turn: `1|3-5`."""


class BlockMaker:
    """Makes the blocks of one run. Loads each demo and each recording once.

    Warns about steps without a recorded output, at the first marker that names the step.
    """

    def __init__(self, project: Project, catalogue: Catalogue, problems: Problems) -> None:
        self._project = project
        self._catalogue = catalogue
        self._problems = problems
        self._digests: dict[str, tuple[str, ...]] = {}
        self._warned: set[tuple[str, int]] = set()

    def make(self, marker: Marker, beside: Path, *, lang: str | None = None, with_output: bool = True) -> Block | None:
        """The block of a step; None after a problem.

        Args:
            marker: A marker that names a step.
            beside: The folder of its slide source, in which demos are looked up first.
            lang: The language of the commands if *marker* does not set one; None for the project's `fence`.
            with_output: Include the recorded output.
        """
        marked = find_marked_step(marker, self._catalogue, beside, self._problems)
        if marked is None:
            return None
        demo, step = marked
        limit = marker.output if marker.output is not None else step.options.show.lines
        recorded, mark = None, None
        if with_output and limit != 0 and step.options.skip is None:
            recorded, mark = self._find_output(demo, step, marker)
        screen = recorded.output.removesuffix("\n").split("\n") if recorded and recorded.output else []
        output = tuple(screen if limit is None else screen[:limit])
        return Block(
            name=f"{demo.short_name}-{step.key}",
            caption=step.caption if marker.caption else "",
            commands=step.shown,
            lang=marker.lang or lang or self._project.fence,
            output=output or None,
            more=len(screen) - len(output),
            mark=mark,
            fragment=step.options.show.fragment if marker.fragment is None else marker.fragment,
            highlight=marker.highlight,
        )

    def _find_output(
        self, demo: Demo, step: Step, marker: Marker
    ) -> tuple[RecordedStep | None, tuple[str, str] | None]:
        recording, digests = self._catalogue.recording_of(demo), self._input_digests(demo)
        if not digests:
            return None, None
        index = demo.steps.index(step)
        if recording and (recorded := recording.find(digests[index])):
            return recorded, ("recorded", f"recorded {recording.recorded}")
        stale = recording is not None and any(earlier.step == step.key for earlier in recording.steps)
        if (demo.name, index) not in self._warned:
            self._warned.add((demo.name, index))
            why = "it has changed since it was recorded" if stale else "it was never recorded"
            what = f"'{demo.short_name}-{step.key}' has no recorded output: {why}"
            self._problems.warn(marker.at, what, f"quarterdeck record {quote(demo.name)}")
        return None, ("unrecorded", "changed since it was recorded" if stale else "not recorded yet")

    def _input_digests(self, demo: Demo) -> tuple[str, ...]:
        """Those of the steps of *demo*; none if they are unknown, which is a problem."""
        if demo.name not in self._digests:
            self._digests[demo.name] = ()
            with self._problems.collecting():
                self._digests[demo.name] = self._catalogue.input_digests(demo)
        return self._digests[demo.name]


def find_marked_step(
    marker: Marker, catalogue: Catalogue, beside: Path, problems: Problems
) -> tuple[Demo, Step] | None:
    """The step that *marker* names, in a slide source of the folder *beside*.

    None if there is no such step or it cannot be shown, which is a problem at the marker.
    """
    assert marker.reference is not None
    try:
        demo, step = catalogue.find_step(marker.reference, beside)
    except UsageError as error:
        problems.add(marker.at, error.what, error.hint)
        return None
    except SourceError as error:
        problems.note(error)
        return None
    flaw = "is hidden and not to be shown" if step.options.hidden else "" if step.shown else "has no commands"
    if flaw:
        problems.add(marker.at, f"'{marker.reference}' {flaw}", f"see {step.at}")
        return None
    return demo, step


def expand_source(
    text: str,
    path: str,
    folder: Path,
    blocks: BlockMaker,
    project: Project,
    problems: Problems,
    *,
    lang: str | None = None,
    with_output: bool = True,
) -> str:
    """*text* with its markers replaced by plain Markdown; every other line stays as it is.

    Args:
        text: A slide source, with LF line ends.
        path: Its path as shown in messages.
        folder: Its folder.
        blocks: Makes the blocks.
        project: The project; folder marks are relative to its root.
        problems: Collects the problems of markers, which stay in the text.
        lang: The language of the commands; None for the project's `fence`.
        with_output: Include the recorded output of each block.
    """
    lines = text.split("\n")
    fences = map_fences(lines)
    for row, marker in parse_markers(lines, path, fences, problems).items():
        if marker.reference is None:
            lines[row] = f"{marker.indent}`{project.shown(folder)}`"
        elif block := blocks.make(marker, folder, lang=lang, with_output=with_output):
            lines[row] = "\n".join(marker.indent + line if line else "" for line in render_markdown(block))
    return "\n".join(lines)


def render_markdown(block: Block) -> list[str]:
    """*block* as lines of plain Markdown."""
    caption = [block.caption if block.caption.endswith(":") else f"{block.caption}:", ""] if block.caption else []
    lines = [*caption, *_fenced(list(block.commands), block.lang)]
    if block.output is not None:
        output = strip_colours("\n".join(block.output)).split("\n")
        lines += ["", *_fenced([*output, *_more(block)], "text")]
    return lines


def _fenced(lines: list[str], lang: str) -> list[str]:
    longest = max((len(run) for line in lines for run in _BACKTICKS.findall(line)), default=2)
    fence = "`" * (longest + 1)
    return [f"{fence}{lang}", *lines, fence]


def _more(block: Block) -> list[str]:
    """A line that counts the lines of output that are left out; no line if there are none."""
    return [f"… {block.more} more line{'s' if block.more > 1 else ''}"] if block.more else []


def render_figure(block: Block) -> str:
    """*block* as HTML: its caption above a card with commands, recorded output and mark."""
    caption = _INLINE_CODE.sub(r"<code>\1</code>", escape(block.caption))
    caption = f"<figcaption>{caption}</figcaption>\n" if caption else ""
    numbers = f' data-line-numbers="{block.highlight}"' if block.highlight else ""
    code = "\n".join(block.commands)
    starts = command_rows(code + "\n")
    lines = "\n".join(
        f'<span class="line {"first" if row in starts else "more"}">{line}</span>'
        for row, line in enumerate(highlight_lines(code, block.lang))
    )
    mark = ""
    if block.mark:
        name, words = block.mark
        mark = f'<p class="mark {name}" title="{escape(words)}">{escape(words)}</p>\n'
    return (
        f'<figure class="step" data-step="{escape(block.name)}">\n{caption}<div class="card">\n'
        f'<pre class="commands"><code class="language-{escape(block.lang)}"{numbers}>{lines}</code></pre>\n'
        f'<button class="copy" type="button" aria-label="Copy the commands" data-copy="{escape_code(code)}"></button>\n'
        f"{_render_output(block)}{mark}</div>\n</figure>"
    )


def _render_output(block: Block) -> str:
    if block.output is None:
        return ""
    more = "".join(f'<p class="more">{line}</p>' for line in _more(block))
    screen = render_screen("\n".join(block.output))
    fragment = " fragment" if block.fragment else ""
    return (
        f'<div class="output{fragment}" tabindex="0"><pre class="terminal">'
        f'<code class="nohighlight">{screen}</code></pre>{more}</div>\n'
    )


def render_blocks(
    markers: Mapping[int, Marker], folder: Path, blocks: BlockMaker, project: Project
) -> Mapping[int, str]:
    """The HTML of each of *markers*, by row; empty after a problem."""
    figures: dict[int, str] = {}
    for row, marker in markers.items():
        if marker.reference is None:
            figures[row] = f'<p class="folder">{escape(project.shown(folder))}</p>'
        else:
            block = blocks.make(marker, folder)
            figures[row] = render_figure(block) if block else ""
    return figures
