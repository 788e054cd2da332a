"""Slide sources become slides: separators, speaker notes, Markdown, code, attributes.

The reference is what reveal.js 6.0.2 does with the same text; `deck/README.md` lists the intended differences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.html.balance import isolate
from quarterdeck.deck.html.comments import apply_comments
from quarterdeck.deck.load.markdown_options import PLAIN, MarkdownOptions
from quarterdeck.deck.markdown.extensions.registry import find_extensions, use_extensions
from quarterdeck.deck.split.fences import FenceMap
from quarterdeck.deck.split.markers import Marker

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_NOTES = re.compile(r"s*notes?:", re.IGNORECASE)
_FIRST_INDENT = re.compile(r"\n?(\t+| {2,}(?=\S))")
PLACEHOLDER = re.compile(r"<!--quarterdeck block (\d+)-->")
"""What `place_blocks` puts in place of a marker, with its row."""
_HEADING = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<sup class=\"footnote\">.*?</sup>|<[^>]*>", re.DOTALL)
ICON_STARTS = (":lucide-", ":fa-")
"""What stands at the start of an icon in its short form."""
_MOST_NESTED = 100
"""What is nested deeper is left out: lists and quotes count twice, for their items."""
_LIST_ENDS = frozenset({"bullet_list_close", "ordered_list_close"})


@dataclass(frozen=True, slots=True)
class RawSlide:
    """The text of one slide, before Markdown."""

    at: Place
    """Its first line."""
    body: str
    notes: str | None
    """Speaker notes, without the `Note:`; None for none."""

    @property
    def notes_row(self) -> int:
        """The line on which the text of the speaker notes starts, from 0 for the first one of the slide."""
        notes = self.notes or ""
        before = self.body.count("\n") + 1 if self.body else 0
        return before + notes[: len(notes) - len(notes.lstrip())].count("\n")


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide as HTML."""

    at: Place
    html: str
    """What stands inside its `<section>`, speaker notes included."""
    attributes: Mapping[str, str]
    """What `.slide:` comments ask for."""
    heading: str
    """The text of its first heading; empty for none."""
    warnings: tuple[tuple[int, str, str], ...] = ()
    """What its author should know: the line, from 0 for the first one of the slide, what is odd, and a hint."""


def split_slides(
    lines: Sequence[str], path: str, fences: FenceMap, problems: Problems
) -> tuple[tuple[RawSlide, ...], ...]:
    """The stacks of slides in *lines*: `---` alone on a line between stacks, `--` inside one.

    As in reveal.js a separator needs a line before it that is no separator, and a line feed after it.
    Inside code fences both are text.
    """
    if fences.unclosed is not None:
        place = Place(path, fences.unclosed + 1)
        problems.warn(place, "a code fence that nothing closes", "close it with as many of the same characters")
    stacks: list[list[RawSlide]] = [[]]
    first, taken = 0, 0
    for row, line in enumerate(lines):
        if line not in ("---", "--") or row <= taken or row == len(lines) - 1 or row in fences.fenced:
            continue
        stacks[-1].append(_raw_slide(lines, first, row, path, fences, problems))
        if line == "---":
            stacks.append([])
        first, taken = row + 1, row + 1
    stacks[-1].append(_raw_slide(lines, first, len(lines), path, fences, problems))
    return tuple(tuple(stack) for stack in stacks)


def _raw_slide(lines: Sequence[str], first: int, end: int, path: str, fences: FenceMap, problems: Problems) -> RawSlide:
    text = "\n".join(lines[first:end])
    at = Place(path, first + 1)
    found = [
        row
        for row in (range(first, end) if "ote" in text.lower() else ())
        if row not in fences.fenced and _NOTES.match(lines[row])
    ]
    if len(found) > 1:
        problems.warn(Place(path, found[1] + 1), "a second 'Note:' in a slide makes both of them text", "keep one")
    if len(found) != 1:
        return RawSlide(at, text, None)
    head = _NOTES.sub("", lines[found[0]], count=1)
    notes = "\n".join([head, *lines[found[0] + 1 : end]])
    return RawSlide(at, "\n".join(lines[first : found[0]]), notes)


def place_blocks(lines: Sequence[str], markers: Mapping[int, Marker]) -> list[str]:
    """*lines* with a comment in place of each marker, at a column where Markdown lets it stand as it is."""
    placed = list(lines)
    for row, marker in markers.items():
        placed[row] = " " * marker.column + f"<!--quarterdeck block {row}-->"
    return placed


def render_slide(
    raw: RawSlide, figures: Mapping[int, str], variables: Mapping[str, str], options: MarkdownOptions = PLAIN
) -> Slide:
    """One slide as HTML.

    Args:
        raw: Its text, with `place_blocks`'s comments where the blocks go.
        figures: The HTML of the blocks, by the rows of their markers.
        variables: What `{{ NAME }}` stands for in prose.
        options: What its deck asks for.
    """
    env: dict[str, Any] = {"variables": variables}
    html = _render(dedent(raw.body), env, options)
    warnings = [*env.get("warnings", ())]
    html = isolate(html, raw.body, warnings)
    if raw.notes is not None:
        env = {"variables": variables, "notes": True}
        notes = _render(raw.notes.strip(), env, options)
        found = [*env.get("warnings", ())]
        html += f'<aside class="notes">{isolate(notes, raw.notes, found)}</aside>'
        warnings += [(row + raw.notes_row, what, hint) for row, what, hint in found]
    if figures:
        html = PLACEHOLDER.sub(lambda match: figures.get(int(match[1]), match[0]), html)
    html, attributes = apply_comments(html)
    heading = _HEADING.search(html)
    text = unescape(_TAG.sub("", heading[2])) if heading else ""
    return Slide(raw.at, html, attributes, " ".join(text.split()), tuple(warnings))


def dedent(text: str) -> str:
    """*text* without the indentation of its first line, on every line that has it, as reveal.js takes it off."""
    match = _FIRST_INDENT.match(text)
    if match is None:
        return text
    return "\n".join(line.removeprefix(match[1]) for line in text.split("\n"))


def _render(text: str, env: dict[str, Any], options: MarkdownOptions) -> str:
    md = _markdown(find_extensions(text), options)
    variables = env["variables"]
    tokens = md.parse(text, env)
    if ".element" in text:
        _keep_blank_lines(tokens, text.split("\n"))
    if variables and "{{" in text:
        from quarterdeck.deck.markdown.variables import replace_variables

        replace_variables(tokens, variables)
    if any(start in text for start in ICON_STARTS):
        from quarterdeck.deck.icons.shorthand import write_out_icons

        write_out_icons(tokens)
    html = str(md.renderer.render(tokens, md.options, env))
    if not options.smartypants:
        return html
    from quarterdeck.deck.markdown.typography import set_punctuation

    return set_punctuation(html)


def prepare_markdown() -> None:
    """Import and set up what renders Markdown."""
    _markdown()


@cache
def _markdown(extensions: tuple[str, ...] = (), options: MarkdownOptions = PLAIN) -> MarkdownIt:
    from markdown_it import MarkdownIt

    from quarterdeck.deck.markdown.marked import marked_plugin
    from quarterdeck.deck.markdown.variables import variables_plugin
    from quarterdeck.deck.steps.code_html import code_plugin

    given = {"xhtmlOut": False, "breaks": options.breaks, "gfm": options.gfm, "maxNesting": _MOST_NESTED}
    md = MarkdownIt("commonmark", given)
    md.use(marked_plugin, animate_lists=options.animate_lists).use(variables_plugin).use(code_plugin)
    use_extensions(md, extensions)
    return md


def _keep_blank_lines(tokens: Sequence[Token], lines: Sequence[str]) -> None:
    """Let a blank line before a comment be seen in the HTML: it decides whether a list or its last item is meant.

    As in reveal.js, blanks at the end of the list are such a line.
    """
    for before, token in pairwise(tokens):
        if token.type == "html_block" and token.map and token.map[0] > 0:
            line = lines[token.map[0] - 1]
            if not line.strip(" \t>") or (before.type in _LIST_ENDS and line[-1] in " \t"):
                token.content = "\n" + token.content
