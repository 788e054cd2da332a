"""Code blocks and cells of tables as HTML, where that is not markdown-it's own."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from quarterdeck.deck.steps.code import escape_code, highlight_lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

_LINE_STEPS = re.compile(r"\[\s*+(?:(\d*+):)?\s*+([\s\d,|-]*+)\]")


def code_plugin(md: MarkdownIt) -> None:
    """Let *md* render code and cells as reveal.js has them, the code coloured."""
    md.add_render_rule("fence", _render_fence)
    md.add_render_rule("code_block", _render_fence)
    md.add_render_rule("th_open", _render_cell)
    md.add_render_rule("td_open", _render_cell)


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
