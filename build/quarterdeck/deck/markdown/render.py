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
from quarterdeck.deck.html.tokens import Edit, Tag, read_tokens, splice
from quarterdeck.deck.markdown.extensions.registry import find_extensions, use_extensions
from quarterdeck.deck.model import PLAIN, MarkdownOptions, RawSlide, Slide
from quarterdeck.deck.split.markers import PLACEHOLDER
from quarterdeck.deck.split.slides import dedent
from quarterdeck.deck.steps.code import render_code

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HEADING = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<sup class=\"footnote\">.*?</sup>|<[^>]*>", re.DOTALL)
ICON_STARTS = (":lucide-", ":fa-")
"""The start of an icon in its short form."""
_MAX_NESTING = 100
"""Deeper content is left out. Lists and quotes count twice, for their items."""
_KEPT_TAG = re.compile(r"<[^<>]*quarterdeck-tag-(\d+)>")
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
    html, warnings = _render(dedent(raw.body), {"variables": variables}, options)
    if raw.notes is not None:
        notes, in_notes = _render(raw.notes.strip(), {"variables": variables, "notes": True}, options)
        html += f'<aside class="notes">{notes}</aside>'
        warnings += [(row + raw.notes_row, what, hint) for row, what, hint in in_notes]
    if figures:
        html = PLACEHOLDER.sub(lambda match: figures.get(int(match[1]), match[0]), html)
    html, attributes = apply_comments(html)
    heading = _HEADING.search(html)
    text = unescape(_TAG.sub("", heading[2])) if heading else ""
    return Slide(raw.at, html, attributes, " ".join(text.split()), tuple(warnings))


def _render(text: str, env: dict[str, Any], options: MarkdownOptions) -> tuple[str, list[tuple[int, str, str]]]:
    """The HTML of *text* with balanced tags, and the warnings about it."""
    md = _markdown(find_extensions(text), options)
    tokens = md.parse(text, env)
    if ".element" in text:
        _keep_blank_lines(tokens, text.split("\n"))
    if any(start in text for start in ICON_STARTS):
        from quarterdeck.deck.icons.icon_names import write_out_icons

        write_out_icons(tokens)
    html = str(md.renderer.render(tokens, md.options, env))
    warnings = [*env.get("warnings", ())]
    return balance_tags(_set_punctuation(html) if options.smartypants else html, text, warnings), warnings


def prepare_markdown() -> None:
    """Import and set up the Markdown parser."""
    _markdown()


@cache
def _markdown(extensions: tuple[str, ...] = (), options: MarkdownOptions = PLAIN) -> MarkdownIt:
    from markdown_it import MarkdownIt

    from quarterdeck.deck.markdown.marked import marked_plugin
    from quarterdeck.deck.markdown.variables import variables_plugin

    settings = {"xhtmlOut": False, "breaks": options.breaks, "gfm": options.gfm, "maxNesting": _MAX_NESTING}
    md = MarkdownIt("commonmark", settings)
    md.use(marked_plugin, animate_lists=options.animate_lists).use(variables_plugin)
    md.add_render_rule("fence", render_code)
    md.add_render_rule("code_block", render_code)
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


def _set_punctuation(html: str) -> str:
    """*html* with typographic quotes, dashes and ellipses: config 2 of SmartyPants, which leaves code alone.

    Short tags replace the tags and comments meanwhile: SmartyPants takes a `>` in an attribute for the end of the tag,
    and a `--` in a comment for text.
    """
    from smartypants import Attr, smartypants

    pieces: list[str] = []
    edits: list[Edit] = []
    for token in read_tokens(html):
        name = f"{'/' * token.closing}{re.sub('[^a-z0-9-]', '', token.name)}" if isinstance(token, Tag) else "!"
        edits.append((token.start, token.end, f"<{name} quarterdeck-tag-{len(pieces)}>"))
        pieces.append(html[token.start : token.end])
    html = smartypants(splice(html, edits), Attr.set2 | Attr.w | Attr.u)
    return _KEPT_TAG.sub(lambda match: pieces[int(match[1])], html)
