"""What reveal.js's Markdown knows beyond CommonMark and tables: strikethrough, task lists, bare links.

A plugin of markdown-it. Bare links are those of GFM's section 6.9, so that `example.com` stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_SCHEME = re.compile(r"(?<![^\W_])(?:https?|ftp)\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"://[^\W_][^\s<]*")
_BARE = re.compile(
    r"(?<![\w/@.-])(?:(?P<www>www\.[^\W_][^\s<]*)"
    r"|(?P<mail>[A-Za-z0-9._+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*[A-Za-z0-9])+(?![-_])))"
)
_STRUCK = re.compile(r"(~~?)(?=[^\s~])(?:(?:\\.|[^\\])*?(?:\\.|[^\s~\\]))(?=\1(?:[^~]|\Z))", re.DOTALL)
_TASK = re.compile(r"\[(?P<mark>[ xX])\] +(?=\S)")


def gfm_plugin(md: MarkdownIt) -> None:
    """Add strikethrough, task lists and bare links to *md*."""
    md.inline.ruler.before("emphasis", "struck", _struck)
    md.inline.ruler.before("emphasis", "address", _address)
    md.core.ruler.after("inline", "bare_links", _bare_links)
    md.core.ruler.after("inline", "tasks", _tasks)


def _struck(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if state.src[start] != "~" or (start > 0 and state.src[start - 1] == "~"):
        return False
    match = _STRUCK.match(state.src, start, state.posMax)
    if match is None:
        return False
    width, end, last = len(match[1]), match.end(), state.posMax
    if not silent:
        state.pos, state.posMax = start + width, end
        state.push("del_open", "del", 1)
        state.md.inline.tokenize(state)
        state.push("del_close", "del", -1)
    state.pos, state.posMax = end + width, last
    return True


def _address(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != ":" or state.linkLevel > 0:
        return False
    scheme = _SCHEME.search(state.pending)
    match = _ADDRESS.match(state.src, state.pos, state.posMax)
    if scheme is None or match is None:
        return False
    rest = trim_address(match[0])
    if not silent:
        state.pending = state.pending[: scheme.start()]
        link = state.push("link_open", "a", 1)
        link.attrSet("href", state.md.normalizeLink(scheme[0] + rest))
        state.push("text", "", 0).content = scheme[0] + rest
        state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def trim_address(text: str) -> str:
    """*text* without the punctuation at its end that belongs to the sentence and not to the address."""
    while text:
        if text[-1] in "?!.,:;*_~'\"" or (text[-1] == ")" and text.count(")") > text.count("(")):
            text = text[:-1]
        else:
            break
    return text


def _bare_links(state: StateCore) -> None:
    if "www." not in state.src and "@" not in state.src:
        return
    for token in state.tokens:
        if token.type == "inline" and token.children and ("www." in token.content or "@" in token.content):
            token.children = _link_children(state.md, token.children)


def _link_children(md: MarkdownIt, children: list[Token]) -> list[Token]:
    linked: list[Token] = []
    depth = 0
    for child in children:
        if child.type in ("link_open", "link_close"):
            depth += child.nesting
        elif child.type == "html_inline" and re.match(r"</?a[\s>]", child.content, re.IGNORECASE):
            depth += -1 if child.content[1] == "/" else 1
        linked += _link_text(md, child) if child.type == "text" and depth <= 0 else [child]
    return linked


def _link_text(md: MarkdownIt, child: Token) -> list[Token]:
    from markdown_it.token import Token

    def text(content: str) -> Token:
        return Token("text", "", 0, content=content, level=child.level)

    pieces: list[Token] = []
    here = 0
    for match in _BARE.finditer(child.content):
        shown = trim_address(match[0])
        href = f"mailto:{shown}" if match["mail"] else f"http://{shown}"
        link = Token("link_open", "a", 1, attrs={"href": md.normalizeLink(href)}, level=child.level)
        pieces += [text(child.content[here : match.start()]), link, text(shown), Token("link_close", "a", -1)]
        here = match.start() + len(shown)
    return [*pieces, text(child.content[here:])] if pieces else [child]


def _tasks(state: StateCore) -> None:
    if "[ ]" not in state.src and "[x]" not in state.src.lower():
        return
    from markdown_it.token import Token

    tokens = state.tokens
    outside: list[tuple[int, Token]] = []
    for index, token in enumerate(tokens):
        if token.type != "inline" or not token.children or tokens[index - 2].type != "list_item_open":
            continue
        first, match = token.children[0], _TASK.match(token.content)
        if first.type != "text" or match is None:
            continue
        checked = "" if match["mark"] == " " else 'checked="" '
        box = Token("html_inline", "", 0, content=f'<input {checked}disabled="" type="checkbox"> ')
        first.content = first.content[len(match[0]) :]
        if tokens[index - 1].hidden or _looser_before(tokens, index - 2, state.src):
            token.children.insert(0, box)
        else:
            outside.append((index - 1, box))
    for index, box in reversed(outside):
        box.type = "html_block"
        tokens.insert(index, box)


def _looser_before(tokens: Sequence[Token], item: int, text: str) -> bool:
    """Whether marked knows already that the list is loose when it comes to the task at *item*.

    It does when a blank line stands between two items, or inside of an item before this one; and else it puts the box
    in front of the paragraph.
    """
    level = tokens[item].level
    lines = text.split("\n")
    before = item
    while tokens[before].level >= level:
        before -= 1
    for index in range(before + 1, len(tokens)):
        token = tokens[index]
        if token.level < level:
            return False
        if token.level == level and token.type == "list_item_open" and token.map:
            last = not any(one.level == level and one.type == "list_item_open" for one in _after(tokens, index, level))
            rows = lines[token.map[0] : token.map[1]]
            if not last and not rows[-1].strip():
                return True
            if index < item and any(not row.strip() for row in rows):
                return True
    return False


def _after(tokens: Sequence[Token], index: int, level: int) -> Iterator[Token]:
    """The tokens after that at *index* as far as its list goes."""
    for token in tokens[index + 1 :]:
        if token.level < level:
            return
        yield token
