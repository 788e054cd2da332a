"""Attributes in braces: `[text]{.fragment}`, `![](a.png){width=400}`, `## Title {#id}`, `- item {.fragment}`.

They apply to what precedes them, like reveal.js's `.element:` comments (and unlike Djot, where they apply to the block
below):

- directly after an image, link, code span, emphasis or bracketed text: to that element;
- after a blank at the end of a block: to the block (paragraph, heading, table cell; in the first paragraph of a list
  item, to the item);
- alone between blank lines: to the block above.

Everything else in braces stays text. (Rejected: the `attrs` plugin of mdit-py-plugins supports only the first case,
takes `{}` and `{% … %}` for attributes, and accepts no value such as `40%`.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from quarterdeck.deck.html.comments import merge_attributes

_PART = (
    r"(?:[.#][A-Za-z_][\w:-]*"
    r"|[A-Za-z_:][\w:.-]*=(?:\"[^\"<>\n]+\"|'[^'\"<>\n]+'|[\w.:%/#+-]+))"
)
BRACES = re.compile(rf"\{{{_PART}(?:[ \t]+{_PART})*[ \t]*\}}")
"""A whole `{.class #id name=value name="a value"}`."""
_READ = re.compile(
    r"(?P<sign>[.#])(?P<word>[\w:-]+)"
    r"|(?P<name>[\w:.-]+)=(?:\"(?P<double>[^\"]+)\"|'(?P<single>[^']+)'|(?P<bare>[^\s}]+))"
)
_ENDED = frozenset({"image", "code_inline", "link_close", "span_close", "del_close"})
_ENDED_LATER = frozenset({"strong_close", "em_close"})
"""Elements that markdown-it finds only after reading the whole text."""


def plugin(md: MarkdownIt) -> None:
    """Let *md* read attributes in braces."""
    md.inline.ruler.after("link", "span", _span)
    md.inline.ruler.before("emphasis", "braces", _braces)
    md.core.ruler.after("inline", "braces", _apply_to_blocks)


def read_braces(text: str) -> list[tuple[str, str]]:
    """The attributes in *text*, which matches `BRACES`: (name, value) pairs, a pair per class."""
    return [
        ({".": "class", "#": "id"}[part["sign"]], part["word"])
        if part["sign"]
        else (part["name"], part["double"] or part["single"] or part["bare"])
        for part in _READ.finditer(text)
    ]


def add_attributes(token: Token, text: str) -> None:
    """Add the attributes in *text* to *token*: classes accumulate, other attributes replace."""
    attributes = {name: str(value) for name, value in token.attrs.items()}
    token.attrs = dict(merge_attributes(attributes, read_braces(text)))


def _match(src: str, start: int, end: int) -> re.Match[str] | None:
    """The attributes that begin at *start*; not `{{.Names}}`, `${name=value}` or `{%…`."""
    if src[start] != "{" or (start > 0 and src[start - 1] in "{$%#"):
        return None
    match = BRACES.match(src, start, end)
    return None if match is None or src[match.end() : match.end() + 1] == "}" else match


def _span(state: StateInline, silent: bool) -> bool:
    """`[text]{.class}`. Runs after the link rule, so the text is not a link."""
    if state.src[state.pos] != "[":
        return False
    start, last = state.pos + 1, state.posMax
    end = state.md.helpers.parseLinkLabel(state, state.pos, False)
    match = _match(state.src, end + 1, last) if 0 <= end < last - 1 else None
    if match is None:
        return False
    if not silent:
        state.pos, state.posMax = start, end
        add_attributes(state.push("span_open", "span", 1), match[0])
        state.md.inline.tokenize(state)
        state.push("span_close", "span", -1)
    state.pos, state.posMax = match.end(), last
    return True


def _braces(state: StateInline, silent: bool) -> bool:
    match = _match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    before = state.src[state.pos - 1] if state.pos else " "
    last = state.tokens[-1] if state.tokens and not state.pending else None
    at_end = before.isspace() and not state.src[match.end() : state.posMax].strip() and state.level == 0
    if last and last.type in _ENDED:
        if not silent:
            add_attributes(_opening(state.tokens, len(state.tokens) - 1), match[0])
    elif before in "*_" or at_end:
        if not silent:
            token = state.push("braces", "", 0)
            token.content, token.info = match[0], "block" if at_end else ""
    else:
        return False
    state.pos = match.end()
    return True


def _opening(tokens: Sequence[Token], index: int) -> Token:
    """The opening token of the element that the token at *index* closes; the token itself if it closes nothing."""
    depth = 0
    for start in range(index, -1, -1):
        depth += tokens[start].nesting
        if depth >= 0:
            return tokens[start]
    return tokens[index]


def _apply_to_blocks(state: StateCore) -> None:
    """Apply attributes at the end of a block to the block and those after emphasis to it; turn the rest into text."""
    tokens = state.tokens
    alone: list[tuple[int, str]] = []
    for index, token in enumerate(tokens):
        children = token.children
        if token.type != "inline" or not children:
            continue
        if children[-1].type == "braces" and children[-1].info == "block":
            content = children.pop().content
            while children and children[-1].type in ("softbreak", "hardbreak"):
                children.pop()
            if children and children[-1].type == "text":
                children[-1].content = children[-1].content.rstrip()
            if children or tokens[index - 1].type != "paragraph_open":
                add_attributes(_block_of(tokens, index), content)
            else:
                alone.append((index, content))
        _apply_to_emphasis(children)
    lines = state.src.split("\n") if alone else []
    for index, content in reversed(alone):
        tokens[index - 1 : index + 2] = [_comment(content, tokens[index - 1], lines)]
    _move_id(state)


def _block_of(tokens: Sequence[Token], index: int) -> Token:
    """The block that attributes at the end of the text at *index* apply to: the item, in its first paragraph."""
    block = tokens[index - 1]
    first = block.type == "paragraph_open" and tokens[index - 2].type in ("list_item_open", "dd_open")
    return tokens[index - 2] if first and index > 1 else block


def _apply_to_emphasis(children: Sequence[Token]) -> None:
    end = -1
    for index, child in enumerate(children):
        if child.type == "braces":
            child.type = "text"
            if end >= 0:
                add_attributes(_opening(children, end), child.content)
                child.content = ""
        elif child.children:
            _apply_to_emphasis(child.children)
        if child.type in _ENDED_LATER:
            end = index
        elif child.type != "text" or child.content:  # bold text leaves an empty token after it
            end = -1


def _comment(content: str, paragraph: Token, lines: Sequence[str]) -> Token:
    """An equivalent `.element:` comment, for rules and raw HTML, whose elements have no token."""
    pairs = " ".join(f'{name}="{value}"' for name, value in merge_attributes({}, read_braces(content)).items())
    row = paragraph.map[0] if paragraph.map else 0
    blank = "\n" if row and not lines[row - 1].strip(" \t>") else ""
    return Token("html_block", "", 0, content=f"{blank}<!-- .element: {pairs} -->\n", map=paragraph.map, block=True)


def _move_id(state: StateCore) -> None:
    """Move the id of the slide's first heading to the slide, since links lead to slides."""
    heading = next((index for index, token in enumerate(state.tokens) if token.type == "heading_open"), None)
    if heading is None or state.env.get("notes") or "id" not in state.tokens[heading].attrs:
        return
    name = state.tokens[heading].attrs.pop("id")
    state.tokens.insert(heading, Token("html_block", "", 0, content=f'<!-- .slide: id="{name}" -->', block=True))
