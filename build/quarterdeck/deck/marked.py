"""Where reveal.js's Markdown, which is marked's, reads blocks otherwise than CommonMark does.

A plugin of markdown-it. Each rule names what marked does, from its sources (version 17, `Tokenizer.ts`, `rules.ts`);
`tests/deck/test_differential.py` compares the two in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from quarterdeck.deck.gfm import gfm_plugin

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

    BlockRule = Callable[[StateBlock, int, int, bool], bool]

_HTML_LINE = re.compile(r"#|<(?:[a-z].*>|!--)", re.IGNORECASE)
_EMPTY_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])[ \t]\Z")
_TAG_ALONE = re.compile(
    r"(?:<[a-z][\w-]*(?: +[a-z:_][\w.:-]*(?: *= *(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)* */?>|</[a-z][\w-]*\s*>)\s*\Z",
    re.IGNORECASE,
)
_TABLE_RULE = re.compile(r"-[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*\Z")
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_LIST_ENDS = frozenset({"bullet_list_close", "ordered_list_close"})
_WITH_BLANKS = frozenset({"html_block", "heading_open", "hr", "table_open", "code_block"})
_KEPT_IN_ADDRESSES = ";/?:@&=+$,-_.!~*'()#%"
_QUOTED_PERCENT = re.compile(r"%25")


def marked_plugin(md: MarkdownIt) -> None:
    """Make *md* read Markdown as reveal.js does."""
    gfm_plugin(md)
    own = {"list": _list_rule, "html_block": _html_rule, "fence": _fence_rule, "table": _table_rule}
    for rule in md.block.ruler.__rules__:
        if rule.name in own:
            rule.fn = own[rule.name](rule.fn)
    md.block.ruler.before("paragraph", "list_end", _list_end, {"alt": ["paragraph"]})
    # An author may write any address, as in raw HTML; reveal.js takes them all, drawings in `data:` among them.
    md.validateLink = _any_address  # type: ignore[method-assign]
    md.normalizeLink = _encode_address  # type: ignore[method-assign]
    md.normalizeLinkText = lambda link: link  # type: ignore[method-assign]


def _list_rule(rule: BlockRule) -> BlockRule:
    """A list inside an item interrupts text with any number, or with nothing in it; `- ` alone starts no list."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if silent:
            if state.parentType != "paragraph" or state.listIndent < 0:
                return rule(state, start, end, silent)
            state.parentType = "list"
            found = rule(state, start, end, silent)
            state.parentType = "paragraph"
            return found
        if _EMPTY_ITEM.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start]):
            return False
        first = len(state.tokens)
        found = rule(state, start, end, silent)
        if found:
            _tighten(state, first)
        return found

    return read


def _tighten(state: StateBlock, first: int) -> None:
    """Make the list whose tokens start at *first* tight where no blank line counts.

    That after raw HTML, a heading, a rule, a table or indented code belongs to those. And in a tight list text that
    comes after a list in an item is a paragraph.
    """
    tokens = state.tokens
    level = state.level + 2
    paragraphs: list[int] = []
    before: Token | None = None
    loose = nested = False
    for index in range(first + 1, len(tokens) - 1):
        token = tokens[index]
        if token.level == level and token.nesting >= 0:
            if token.type == "paragraph_open":
                paragraphs.append(index)
                if before and before.type in _LISTS and token.hidden:
                    token.hidden = tokens[index + 2].hidden = False
            if before and before.map and token.map and before.type not in _WITH_BLANKS:
                loose = loose or (token.map[0] > 0 and state.isEmpty(token.map[0] - 1))
            before = token
        elif token.level == level - 1 and token.type == "list_item_open":
            before = None
            assert token.map is not None
            nested = nested or (token.map[1] < tokens[first].map[1] and state.isEmpty(token.map[1] - 1))  # type: ignore[index]
    if not loose and not nested:
        for index in paragraphs:
            if not tokens[index].hidden and tokens[index - 1].type not in _LIST_ENDS:
                tokens[index].hidden = tokens[index + 2].hidden = True


def _html_rule(rule: BlockRule) -> BlockRule:
    """A tag that is alone on its line interrupts the text of an item; an indented one never interrupts a paragraph."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        at = state.bMarks[start] + state.tShift[start]
        if state.src[at : at + 1] != "<":
            return False
        if not silent:
            return rule(state, start, end, silent)
        if state.listIndent < 0:
            return state.sCount[start] <= state.blkIndent and rule(state, start, end, silent)
        if state.sCount[start] < state.blkIndent:
            # Of tags that open something, `_list_end` says it.
            return state.src[at : at + 2] == "</" and rule(state, start, end, silent)
        return rule(state, start, end, silent) or bool(_TAG_ALONE.match(state.src, at, state.eMarks[start]))

    return read


def _list_end(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """A line that begins with a tag or `#` and is not indented ends a list, and is not part of the item's text."""
    if not silent or state.listIndent < 0 or not 0 <= state.sCount[start] < state.blkIndent:
        return False
    at = state.bMarks[start] + state.tShift[start]
    if state.sCount[start] - state.listIndent > 3:
        return False
    return state.src[at : at + 1] in ("<", "#") and bool(_HTML_LINE.match(state.src, at, state.eMarks[start]))


def _fence_rule(rule: BlockRule) -> BlockRule:
    """The indentation of a fence of backticks comes off lines that have it all; that of tildes stays."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        lazy = state.listIndent >= 0 and state.sCount[start] < state.blkIndent
        if (lazy and state.sCount[start] - state.listIndent > 3) or not rule(state, start, end, silent):
            return False
        indent = state.sCount[start] - state.blkIndent
        if indent > 0 and not silent:
            token = state.tokens[-1]
            assert token.map is not None
            last = start + 1 + token.content.count("\n")
            token.content = state.getLines(start + 1, last, state.blkIndent, True)
            if token.markup.startswith("`"):
                blanks = " " * indent
                token.content = "".join(line.removeprefix(blanks) for line in token.content.splitlines(keepends=True))
        return True

    return read


def _table_rule(rule: BlockRule) -> BlockRule:
    """The line below the head may begin with `- |`, which is not a list then."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if rule(state, start, end, silent):
            return True
        at = state.bMarks[start + 1] + state.tShift[start + 1] if start + 1 < end else 0
        text = state.src
        if not at or text[at : at + 2] not in ("- ", "-\t") or not _TABLE_RULE.match(text, at, state.eMarks[start + 1]):
            return False
        state.src = f"{text[:at]}--{text[at + 2 :]}"
        found = rule(state, start, end, silent)
        state.src = text
        return found

    return read


def _any_address(url: str) -> bool:
    del url
    return True


def _encode_address(url: str) -> str:
    """As JavaScript's `encodeURI` does, but what is encoded already stays."""
    return _QUOTED_PERCENT.sub("%", quote(url, safe=_KEPT_IN_ADDRESSES))


def expand_tabs_in_lists(tokens: Sequence[Token]) -> None:
    """A tab in the code of an item is four blanks."""
    depth = 0
    for token in tokens:
        if token.type == "list_item_open":
            depth += 1
        elif token.type == "list_item_close":
            depth -= 1
        elif depth and token.type in ("fence", "code_block") and "\t" in token.content:
            token.content = token.content.replace("\t", "    ")
