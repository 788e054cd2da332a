"""Blocks: what replaces a marker, as a value, as plain Markdown and as HTML."""

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
from quarterdeck.deck.steps.ansi import render_screen, strip_colours
from quarterdeck.deck.steps.code import escape_code, highlight_lines
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.recording import RecordedStep, Recording, load_recording, made_by

_BACKTICKS = re.compile("`{3,}")
_INLINE_CODE = re.compile("`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A step as a slide shows it."""

    name: str
    """What the step is called on the slide: `layers-manifest`."""
    caption: str
    """Empty for none."""
    commands: tuple[str, ...]
    """The lines shown; at least one."""
    lang: str
    output: tuple[str, ...] | None
    """The lines of the recorded screen that are shown; None when none of it is."""
    more: int
    """How many lines of the screen come after those shown."""
    mark: tuple[str, str] | None
    """A class (`recorded` or `unrecorded`) and the words for it; None when there is nothing to say."""
    fragment: bool
    """Whether the output waits for a key press of its own."""
    highlight: str | None
    """Lines to light up in turn, as `1|3-5`."""


@dataclass(frozen=True, slots=True)
class _Demo:
    recording: Recording | None
    digests: tuple[str, ...]
    """What `made_by` says of each step; empty when it could not be known, which is a problem already."""


class BlockMaker:
    """Makes the blocks of one run, reading each demo and each recording once.

    Says of each step that is shown without its output why that is, at the first marker that names it.
    """

    def __init__(self, project: Project, catalogue: Catalogue, problems: Problems) -> None:
        self._project = project
        self._catalogue = catalogue
        self._problems = problems
        self._demos: dict[str, _Demo] = {}
        self._warned: set[tuple[str, int]] = set()

    def make(self, marker: Marker, beside: Path, *, lang: str | None = None, with_output: bool = True) -> Block | None:
        """The block for *marker* in a slide source of the folder *beside*; None after a problem.

        Args:
            marker: One that names a step.
            beside: The folder in which the step is looked for first.
            lang: The language of its commands, unless the marker has its own; None leaves it to the project.
            with_output: Whether the recorded output belongs to it.
        """
        found = find_marked_step(marker, self._catalogue, beside, self._problems)
        if found is None:
            return None
        demo, step = found
        limit = marker.output if marker.output is not None else step.options.show.lines
        recorded, mark = None, None
        if with_output and limit != 0 and step.options.skip is None:
            recorded, mark = self._find_output(demo, step, marker)
        screen = recorded.output.removesuffix("\n").split("\n") if recorded and recorded.output else []
        shown = screen if limit is None else screen[:limit]
        return Block(
            name=f"{demo.short_name}-{step.key}",
            caption=step.caption if marker.caption else "",
            commands=step.shown,
            lang=marker.lang or lang or self._project.fence,
            output=tuple(shown) or None,
            more=len(screen) - len(shown),
            mark=mark,
            fragment=step.options.show.fragment if marker.fragment is None else marker.fragment,
            highlight=marker.highlight,
        )

    def _find_output(
        self, demo: Demo, step: Step, marker: Marker
    ) -> tuple[RecordedStep | None, tuple[str, str] | None]:
        known = self._load(demo)
        if not known.digests:
            return None, None
        index = next(index for index, one in enumerate(demo.steps) if one is step)
        recorded = known.recording.find(known.digests[index]) if known.recording else None
        if recorded and known.recording:
            return recorded, ("recorded", f"recorded {known.recording.recorded}")
        stale = known.recording is not None and any(one.step == step.key for one in known.recording.steps)
        if (demo.name, index) not in self._warned:
            self._warned.add((demo.name, index))
            why = "what is recorded was made by something else" if stale else "it was never recorded"
            what = f"'{demo.short_name}-{step.key}' has no recorded output: {why}"
            self._problems.warn(marker.at, what, f"quarterdeck record {quote(demo.name)}")
        return None, ("unrecorded", "changed since it was recorded" if stale else "not recorded yet")

    def _load(self, demo: Demo) -> _Demo:
        if demo.name not in self._demos:
            recording = load_recording(demo, self._project, self._problems)
            try:
                digests = made_by(demo, self._catalogue.ancestors(demo), self._project)
            except SourceError as error:
                self._problems.note(error)
                digests = ()
            self._demos[demo.name] = _Demo(recording, digests)
        return self._demos[demo.name]


def find_marked_step(
    marker: Marker, catalogue: Catalogue, beside: Path, problems: Problems
) -> tuple[Demo, Step] | None:
    """The step that *marker* names, for a slide source in the folder *beside*.

    None when there is none that can be shown, which is then a problem at the marker.
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
    if step.options.hidden:
        problems.add(marker.at, f"'{marker.reference}' is hidden and not to be shown", f"see {step.at}")
        return None
    if not step.shown:
        problems.add(marker.at, f"'{marker.reference}' has no commands", f"see {step.at}")
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
        text: A slide source, with line feeds.
        path: The source, as shown to its author.
        folder: Where it stands.
        blocks: Makes what replaces the markers.
        project: Its root is where a folder mark starts.
        problems: Takes what is wrong with the markers, which then stay in the text.
        lang: The language of the blocks' commands; None leaves it to the project.
        with_output: Whether each block is followed by its recorded output.
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
    """*block* as lines of plain Markdown, for any other tool."""
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
    if not block.more:
        return []
    return [f"… {block.more} more line{'s' if block.more > 1 else ''}"]


def render_figure(block: Block) -> str:
    """*block* as the HTML of a slide: its caption over a card with commands, output and mark."""
    parts = [f'<figure class="step" data-step="{escape(block.name)}">\n']
    if block.caption:
        caption = _INLINE_CODE.sub(r"<code>\1</code>", escape(block.caption))
        parts.append(f"<figcaption>{caption}</figcaption>\n")
    numbers = f' data-line-numbers="{block.highlight}"' if block.highlight else ""
    typed = escape_code("\n".join(block.commands))
    parts.append(
        f'<div class="card">\n<pre class="commands"><code class="language-{escape(block.lang)}"{numbers}>'
        f"{_command_lines(block)}</code></pre>\n"
        f'<button class="copy" type="button" aria-label="Copy the commands" data-copy="{typed}"></button>\n'
    )
    if block.output is not None:
        parts.append(_output(block))
    if block.mark:
        name, words = block.mark
        parts.append(f'<p class="mark {name}" title="{escape(words)}">{escape(words)}</p>\n')
    parts.append("</div>\n</figure>")
    return "".join(parts)


def _command_lines(block: Block) -> str:
    code = "\n".join(block.commands)
    starts = command_rows(code + "\n")
    return "\n".join(
        f'<span class="line {"first" if row in starts else "more"}">{line}</span>'
        for row, line in enumerate(highlight_lines(code, block.lang))
    )


def _output(block: Block) -> str:
    assert block.output is not None
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
    """The HTML for each of *markers*, by row; one that finds nothing is empty, and a problem."""
    figures: dict[int, str] = {}
    for row, marker in markers.items():
        if marker.reference is None:
            figures[row] = f'<p class="folder">{escape(project.shown(folder))}</p>'
        else:
            block = blocks.make(marker, folder)
            figures[row] = render_figure(block) if block else ""
    return figures
