"""Math: `$e^{i\\pi}$` in a line, `$$…$$` on lines of its own; KaTeX renders it in the browser (`templates/math.js`).

A dollar sign usually means money, a prompt or a variable. An inline formula therefore starts and ends with a non-blank
character, has no letter, digit, dollar or bracket directly outside, contains no other dollar and no backtick, and does
not read like a sentence: `$HOME`, `$5 and $10`, `$(cmd)` and `$A:$B` stay text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from quarterdeck.deck.markdown.extensions.registry import FORMULA

_FORMULA = re.compile(FORMULA)
_NO_MATH = re.compile(r"[\w,;.:] [A-Za-z]{2,} |\A\W*\Z")
"""A word between blanks, or only punctuation. Checked only where there is no backslash."""


def plugin(md: MarkdownIt) -> None:
    """Let *md* read formulas."""
    dollarmath_plugin(md, allow_labels=False, allow_blank_lines=False)
    md.inline.ruler.at("math_inline", _formula)
    rule = next(rule for rule in md.block.ruler.__rules__ if rule.name == "math_block")
    read = rule.fn

    def interrupting(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        """Let formulas interrupt a paragraph: the plugin parses even in silent mode, so its tokens are dropped."""
        if not state.src.startswith("$$", state.bMarks[start] + state.tShift[start]):
            return False
        count, line = len(state.tokens), state.line
        matched = bool(read(state, start, end, silent))
        if silent and matched:
            del state.tokens[count:]
            state.line = line
        return matched

    md.block.ruler.at("math_block", interrupting, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.add_render_rule("math_inline", _render)
    md.add_render_rule("math_block", _render)


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$":
        return False
    match = _FORMULA.match(state.src, state.pos, state.posMax)
    if match is None or ("\\" not in match["tex"] and _NO_MATH.search(match["tex"])):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = match["tex"], match["sign"]
    state.pos = match.end()
    return True


def _render(_: RendererHTML, tokens: Sequence[Token], index: int, *_others: object) -> str:
    token = tokens[index]
    element, end = ("div", "\n") if token.block else ("span", "")
    mode = "display" if token.markup == "$$" else "inline"
    return f'<{element} data-math="{mode}">{escape(token.content.strip())}</{element}>{end}'
