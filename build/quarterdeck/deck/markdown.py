"""Slide sources become slides: separators, speaker notes, Markdown, code, attributes.

The reference is what reveal.js 6.0.2 does with the same text; `deck/README.md` lists the intended differences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from quarterdeck.deck.attributes import apply_comments
from quarterdeck.deck.beyond.extensions import find_extensions, use_extensions
from quarterdeck.deck.fences import FenceMap
from quarterdeck.deck.highlight import escape_code, highlight_lines
from quarterdeck.deck.include import Marker
from quarterdeck.deck.isolate import isolate
from quarterdeck.errors import Place, Problems

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

_NOTES = re.compile(r"s*notes?:", re.IGNORECASE)
_FIRST_INDENT = re.compile(r"\n?(\t+| {2,}(?=\S))")
_LINE_STEPS = re.compile(r"\[\s*(?:(\d*):)?\s*([\s\d,|-]*)\]")
PLACEHOLDER = re.compile(r"<!--quarterdeck block (\d+)-->")
"""What `place_blocks` puts in place of a marker, with its row."""
_HEADING = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<sup class=\"footnote\">.*?</sup>|<[^>]*>", re.DOTALL)
_VARIABLE = re.compile(r"\{\{[ \t]*([^{}\s]+)[ \t]*\}\}")
_HTML_CODE = re.compile(r"<(?:pre|code|script|style)\b", re.IGNORECASE)
ICON_STARTS = (":lucide-", ":fa-")
"""What stands at the start of an icon in its short form."""
_QUOTED_VARIABLE = re.compile(r"%7B%7B(?:%20)*([^%]+?)(?:%20)*%7D%7D")


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
    remarks: tuple[tuple[int, str, str], ...] = ()
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
        problems.remark(place, "a code fence that nothing closes", "close it with as many of the same characters")
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
        problems.remark(Place(path, found[1] + 1), "a second 'Note:' in a slide makes both of them text", "keep one")
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


def render_slide(raw: RawSlide, figures: Mapping[int, str], variables: Mapping[str, str]) -> Slide:
    """One slide as HTML.

    Args:
        raw: Its text, with `place_blocks`'s comments where the blocks go.
        figures: The HTML of the blocks, by the rows of their markers.
        variables: What `{{ NAME }}` stands for in prose.
    """
    env: dict[str, Any] = {"variables": variables}
    html = _render(_dedent(raw.body), env)
    remarks = [*env.get("remarks", ())]
    if raw.notes is not None:
        env = {"variables": variables, "notes": True}
        html += f'<aside class="notes">{_render(raw.notes.strip(), env)}</aside>'
        remarks += [(row + raw.notes_row, what, hint) for row, what, hint in env.get("remarks", ())]
    html = isolate(html, raw.body if raw.notes is None else f"{raw.body}\n{raw.notes}")
    if figures:
        html = PLACEHOLDER.sub(lambda match: figures.get(int(match[1]), match[0]), html)
    html, attributes = apply_comments(html)
    heading = _HEADING.search(html)
    text = unescape(_TAG.sub("", heading[2])) if heading else ""
    return Slide(raw.at, html, attributes, " ".join(text.split()), tuple(remarks))


def _dedent(text: str) -> str:
    """*text* without the indentation of its first line, on every line that has it, as reveal.js takes it off."""
    match = _FIRST_INDENT.match(text)
    if match is None:
        return text
    return "\n".join(line.removeprefix(match[1]) for line in text.split("\n"))


def _render(text: str, env: dict[str, Any]) -> str:
    md = _markdown(find_extensions(text))
    variables = env["variables"]
    tokens = md.parse(text, env)
    if "\t" in text:
        from quarterdeck.deck.marked import expand_tabs_in_lists

        expand_tabs_in_lists(tokens)
    if ".element" in text:
        _keep_blank_lines(tokens, text.split("\n"))
    if variables and "{{" in text:
        _replace_variables(tokens, variables)
    if any(start in text for start in ICON_STARTS):
        from quarterdeck.deck.short_icons import write_out_icons

        write_out_icons(tokens)
    return str(md.renderer.render(tokens, md.options, env))


def prepare_markdown() -> None:
    """Import and set up what renders Markdown."""
    _markdown()


@cache
def _markdown(extensions: tuple[str, ...] = ()) -> MarkdownIt:
    from markdown_it import MarkdownIt

    from quarterdeck.deck.marked import marked_plugin

    md = MarkdownIt("commonmark", {"xhtmlOut": False}).enable("table").use(marked_plugin)
    md.inline.ruler.before("emphasis", "variable", _variable)
    md.add_render_rule("fence", _render_fence)
    md.add_render_rule("code_block", _render_fence)
    md.add_render_rule("th_open", _render_cell)
    md.add_render_rule("td_open", _render_cell)
    use_extensions(md, extensions)
    return md


def _keep_blank_lines(tokens: Sequence[Token], lines: Sequence[str]) -> None:
    """Let a blank line before a comment be seen in the HTML: it decides whether a list or its last item is meant."""
    for token in tokens:
        if token.type == "html_block" and token.map and token.map[0] > 0 and not lines[token.map[0] - 1].strip(" \t>"):
            token.content = "\n" + token.content


def _variable(state: StateInline, silent: bool) -> bool:
    variables = state.env.get("variables")
    if not variables or state.src[state.pos] != "{":
        return False
    match = _VARIABLE.match(state.src, state.pos, state.posMax)
    if match is None or match[1] not in variables:
        return False
    if not silent:
        state.pending += variables[match[1]]
    state.pos = match.end()
    return True


def _replace_variables(tokens: Sequence[Token], variables: Mapping[str, str]) -> None:
    """Replace them where no text is parsed: in raw HTML, and in the addresses of links and pictures."""
    for token in tokens:
        if token.children:
            _replace_variables(token.children, variables)
        if token.type in ("html_block", "html_inline") and not _HTML_CODE.search(token.content):
            token.content = _replace_in_html(token.content, variables)
        for name in ("href", "src"):
            if isinstance(value := token.attrs.get(name), str) and "%7B%7B" in value:
                token.attrs[name] = _replace(_QUOTED_VARIABLE, value, variables)


def _replace_in_html(html: str, variables: Mapping[str, str]) -> str:
    comment = html.lstrip().startswith("<!--")
    values = variables if comment else {name: escape(value) for name, value in variables.items()}
    return _replace(_VARIABLE, html, values)


def _replace(pattern: re.Pattern[str], text: str, variables: Mapping[str, str]) -> str:
    return pattern.sub(lambda match: variables.get(match[1], match[0]), text)


def _render_cell(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """The cell of a table, aligned by an attribute as in reveal.js, which leaves an author's `style` alone."""
    del renderer, options, env
    token = tokens[index]
    align = str(token.attrs["style"]).removeprefix("text-align:") if "style" in token.attrs else ""
    return f'<{token.tag} align="{align}">' if align else f"<{token.tag}>"


def _render_fence(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """A code block. ` ```yaml [5: 1-2|4] `: the lines to light up in turn, after the number of the first one."""
    del renderer, options, env
    token = tokens[index]
    info, lang, steps = _read_info(token.info)
    attributes = ""
    if steps:
        attributes = f' data-line-numbers="{escape(steps[2].strip())}"'
        attributes += f' data-ln-start-from="{steps[1]}"' if steps[1] else ""
    lines: Sequence[str] = highlight_lines(token.content, lang)
    if steps:
        lines = [f'<span class="line">{line}</span>' for line in lines]
    body = "\n".join(lines)
    return f'<pre><code class="{escape_code(info) or "nohighlight"}"{attributes}>{body}</code></pre>\n'


def _read_info(info: str) -> tuple[str, str, re.Match[str] | None]:
    """The classes that an info string names, the language among them, and the line steps."""
    info = info.strip()
    if "\\" in info or "&" in info:
        from markdown_it.common.utils import unescapeAll

        info = unescapeAll(info)
    steps = _LINE_STEPS.search(info)
    if steps:
        info = (info[: steps.start()] + info[steps.end() :]).strip()
    return info, info.split()[0] if info else "", steps
