"""Lists, after marked 17 (`Tokenizer.ts`): the rows of an item are collected, then parsed by themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from quarterdeck.deck.markdown.marked.blocks import last_row, push_text, row_start, row_text, stops

_FIRST = re.compile(r" {0,3}([*+-]|\d{1,9}[.)])(?:[ \t].+|$)")
_ENDS_ITEM = re.compile(r"```|~~~|#|>|<(?:[A-Za-z].*>|!--)|(?:[*+-]|\d{1,9}[.)])(?:[ \t]|$)|([-_*]) *(?:\1 *){2,}$")
"""The start of a row that ends the item above it, unless indented like the item's text."""
_ENDS_TEXT = re.compile(r"```|~~~|#|([-_*]) *(?:\1 *){2,}$")
"""The start of a row after which text must be indented to belong to the item."""
_RULE = re.compile(r" {0,3}([-_*])[\t ]*(?:\1[\t ]*){2,}$")
_TASK = re.compile(r"\[([ xX])\] +(?=\S)")
_LETTER = re.compile(r"[^\W\d_]")
"""The start of a row that can only be text."""
_NO_GAP = frozenset({"heading_open", "html_block", "table_open", "code_block"})
"""Blocks that own the blank rows after them, which therefore do not make a list loose."""


class NestedBlock(StateBlock):
    """The rows of an item or a quote, without their marks."""

    def __init__(self, rows: Sequence[str], outer: StateBlock, *, top: bool) -> None:
        """With *top*, as in a document, few blocks interrupt text; without, any row may start another block."""
        super().__init__("\n".join(rows), outer.md, outer.env, [])
        self.level = outer.level
        self.top = top

    def parse(self, row: int) -> list[Token]:
        """The tokens of all rows; the first is the row *row* of the enclosing text."""
        earlier = len(self.env.get("warnings", ()))
        self.md.block.tokenize(self, 0, self.lineMax)
        warnings = self.env.get("warnings", [])
        warnings[earlier:] = [(row + at, what, hint) for at, what, hint in warnings[earlier:]]
        shift_rows(self.tokens, row)
        return self.tokens


class _Item(NamedTuple):
    """An item before its text is parsed."""

    first: int
    """The row of its mark."""
    rows: list[str]
    """Its text, without indentation."""
    end: int
    """The row after it."""


def list_items(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list of items with one mark; loose if a blank row separates two items, or two blocks of an item."""
    match = _FIRST.match(state.src, row_start(state, start), state.eMarks[start])
    if silent or match is None:
        return match is not None
    mark = match[1]
    number = r"\d{1,9}" if len(mark) > 1 else ""
    bullet = re.compile(rf"( {{0,3}}{number}{re.escape(mark[-1])})((?:[ \t].*)?)$")
    items, apart = _read_items(state, start, last_row(state, start, end), bullet)
    kind = ("ordered_list", "ol") if len(mark) > 1 else ("bullet_list", "ul")
    opening = state.push(f"{kind[0]}_open", kind[1], 1)
    if len(mark) > 1 and int(mark[:-1]) != 1:
        opening.attrs = {"start": int(mark[:-1])}
    opening.markup = mark[-1]
    _push_items(state, items, apart)
    state.push(f"{kind[0]}_close", kind[1], -1).markup = mark[-1]
    state.line = items[-1].end
    opening.map = [start, state.line]
    if isinstance(state, NestedBlock):
        state.top = True
    return True


def _read_items(state: StateBlock, row: int, end: int, bullet: re.Pattern[str]) -> tuple[list[_Item], bool]:
    """The items from *row* on, and whether a blank row separates two of them."""
    items: list[_Item] = []
    blank = apart = False
    while row < end and (match := bullet.match(text := row_text(state, row))) and not _RULE.match(text):
        apart = apart or blank
        rows, after = _read_item(state, row, end, match)
        items.append(_Item(row, rows, after))
        blank = after - 1 > row and state.isEmpty(after - 1)
        row = after
    # Trailing blank rows come after the list.
    first, rows, _ = items.pop()
    while len(rows) > 1 and not rows[-1].strip():
        del rows[-1]
    items.append(_Item(first, [*rows[:-1], rows[-1].rstrip()], first + len(rows)))
    return items, apart


def _read_item(state: StateBlock, row: int, end: int, match: re.Match[str]) -> tuple[list[str], int]:
    """The rows of the item that starts with *match* in *row*, without indentation, and the row after them."""
    width = len(match[1])
    before = (" " * width + match[2]).expandtabs(4)[width:]
    blank = not before.strip()
    gap = len(before) - len(before.lstrip(" "))
    indent = width + (1 if blank or gap > 4 else gap)
    rows = ["" if blank else before[indent - width :]]
    row += 1
    if blank and (row >= end or state.isEmpty(row)):
        return rows, min(row + 1, end)
    while row < end:
        text = row_text(state, row)
        plain = text.replace("\t", "    ")
        if _begins(_ENDS_ITEM, text, indent):
            break
        bare = not text.strip()
        if bare or _blanks(plain) >= indent:
            rows.append(plain[indent:])
        elif (
            blank
            or _blanks(before.replace("\t", "    ")) >= 4
            or _begins(_ENDS_TEXT, before, indent)
            or stops(state, row, end, "list")
        ):
            break
        else:
            rows.append(text)
        blank = bare
        before = plain[indent:]
        row += 1
    return rows, row


def _begins(pattern: re.Pattern[str], text: str, indent: int) -> bool:
    """Whether *text* starts with *pattern*, indented less than the text of its item."""
    blanks = _blanks(text)
    return blanks <= min(3, indent - 1) and bool(pattern.match(text, blanks))


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _push_items(state: StateBlock, items: Sequence[_Item], loose: bool) -> None:
    """Push the tokens of *items*. Paragraphs are hidden, as in a tight list, until the list turns out to be loose."""
    hidden: list[Token] = []
    boxes: list[tuple[int, re.Match[str], bool]] = []
    for item in items:
        state.push("list_item_open", "li", 1).map = [item.first, item.end]
        first = len(state.tokens)
        apart = _push_text(state, item)
        hidden += [token for token in state.tokens[first:] if token.hidden and token.level == state.level]
        if state.md.options.get("gfm") and (task := _TASK.match(item.rows[0])):
            boxes.append((first, task, loose))
        loose = loose or apart
        state.push("list_item_close", "li", -1)
    if loose:
        for token in hidden:
            token.hidden = False
    for first, task, was_loose in reversed(boxes):
        _insert_checkbox(state, first, task, was_loose, loose)


def _push_text(state: StateBlock, item: _Item) -> bool:
    """Push the tokens of the text of *item*; whether a blank row in it makes the list loose."""
    if len(item.rows) == 1 and _LETTER.match(item.rows[0]):
        for token in push_text(state, "paragraph", "p", item.rows[0].strip(" \t"), (item.first, item.first + 1)):
            token.hidden = True
        return False
    block = NestedBlock(item.rows, state, top=False)
    tokens = block.parse(item.first)
    apart = any(
        token.map and token.map[1] + 1 < item.first + len(item.rows) and block.isEmpty(token.map[1] - item.first)
        for token in tokens
        if token.level == block.level and token.nesting >= 0 and token.type not in _NO_GAP
    )
    state.tokens += tokens
    return apart


def _insert_checkbox(state: StateBlock, first: int, task: re.Match[str], was_loose: bool, loose: bool) -> None:
    """Insert the checkbox of a task before its text, whose first token is *first*.

    If the list turned out to be loose after the item only, marked puts the checkbox before the paragraph.
    """
    checked = "" if task[1] == " " else 'checked="" '
    html = f'<input {checked}disabled="" type="checkbox"> '
    text = state.tokens[first + 1] if state.tokens[first].type == "paragraph_open" else None
    if text:
        text.content = text.content[len(task[0]) :]
    if text and (was_loose or not loose):
        text.content = html + text.content
    else:
        token = Token("html_block", "", 0, content=f"<p>{html}</p>" if was_loose else html, level=state.level + 2)
        state.tokens.insert(first, token)


def shift_rows(tokens: Sequence[Token], rows: int) -> None:
    """Move the row numbers of *tokens* down by *rows*."""
    for token in tokens:
        if token.map:
            token.map = [token.map[0] + rows, token.map[1] + rows]


def animate_items(state: StateCore) -> None:
    """Make each item a fragment."""
    for token in state.tokens:
        if token.type == "list_item_open":
            token.attrJoin("class", "fragment")
