"""Rendering raw slides: Markdown, code, figures and attributes.

The reference is the output of reveal.js 6.0.2 for the same text; `deck/README.md` lists the intended differences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from quarterdeck.deck.html.balance import balance_tags
from quarterdeck.deck.html.comments import apply_comments
from quarterdeck.deck.markdown.extensions.registry import find_extensions, use_extensions
from quarterdeck.deck.model import PLAIN, MarkdownOptions, RawSlide, Slide
from quarterdeck.deck.split.markers import PLACEHOLDER
from quarterdeck.deck.split.slides import dedent

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HEADING = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<sup class=\"footnote\">.*?</sup>|<[^>]*>", re.DOTALL)
ICON_STARTS = (":lucide-", ":fa-")
"""The start of an icon in its short form."""
_MOST_NESTED = 100
"""The maximum nesting; deeper content is left out. Lists and quotes count twice, for their items."""
_LIST_ENDS = frozenset({"bullet_list_close", "ordered_list_close"})


def render_slide(
    raw: RawSlide, figures: Mapping[int, str], variables: Mapping[str, str], options: MarkdownOptions = PLAIN
) -> Slide:
    """Render a slide.

    Args:
        raw: The slide, with the placeholders of `place_blocks`.
        figures: The HTML of the blocks, by the rows of their markers.
        variables: The values of `{{ NAME }}` in prose.
        options: The options of its deck.
    """
    env: dict[str, Any] = {"variables": variables}
    html = _render(dedent(raw.body), env, options)
    warnings = [*env.get("warnings", ())]
    html = balance_tags(html, raw.body, warnings)
    if raw.notes is not None:
        env = {"variables": variables, "notes": True}
        notes = _render(raw.notes.strip(), env, options)
        in_notes = [*env.get("warnings", ())]
        html += f'<aside class="notes">{balance_tags(notes, raw.notes, in_notes)}</aside>'
        warnings += [(row + raw.notes_row, what, hint) for row, what, hint in in_notes]
    if figures:
        html = PLACEHOLDER.sub(lambda match: figures.get(int(match[1]), match[0]), html)
    html, attributes = apply_comments(html)
    heading = _HEADING.search(html)
    text = unescape(_TAG.sub("", heading[2])) if heading else ""
    return Slide(raw.at, html, attributes, " ".join(text.split()), tuple(warnings))


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
        from quarterdeck.deck.icons.icon_names import write_out_icons

        write_out_icons(tokens)
    html = str(md.renderer.render(tokens, md.options, env))
    if not options.smartypants:
        return html
    from quarterdeck.deck.markdown.typography import set_punctuation

    return set_punctuation(html)


def prepare_markdown() -> None:
    """Import and set up the Markdown parser."""
    _markdown()


@cache
def _markdown(extensions: tuple[str, ...] = (), options: MarkdownOptions = PLAIN) -> MarkdownIt:
    from markdown_it import MarkdownIt

    from quarterdeck.deck.markdown.marked import marked_plugin
    from quarterdeck.deck.markdown.variables import variables_plugin
    from quarterdeck.deck.steps.code_html import code_plugin

    settings = {"xhtmlOut": False, "breaks": options.breaks, "gfm": options.gfm, "maxNesting": _MOST_NESTED}
    md = MarkdownIt("commonmark", settings)
    md.use(marked_plugin, animate_lists=options.animate_lists).use(variables_plugin).use(code_plugin)
    use_extensions(md, extensions)
    return md


def _keep_blank_lines(tokens: Sequence[Token], lines: Sequence[str]) -> None:
    """Keep a blank line before a comment in the HTML: it decides whether the list or its last item is meant.

    As in reveal.js, trailing blanks of the list count as such a line.
    """
    for before, token in pairwise(tokens):
        if token.type == "html_block" and token.map and token.map[0] > 0:
            line = lines[token.map[0] - 1]
            if not line.strip(" \t>") or (before.type in _LIST_ENDS and line[-1] in " \t"):
                token.content = "\n" + token.content
