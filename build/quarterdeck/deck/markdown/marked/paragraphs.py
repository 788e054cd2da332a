"""Paragraphs and the text of list items, after marked 17 (`Tokenizer.ts`, `rules.ts`).

Few blocks interrupt a paragraph. The text of a list item is parsed row by row, and any row may start another block.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quarterdeck.deck.markdown.marked.blocks import CODE_INDENT, interrupts, is_indented, skip_code
from quarterdeck.deck.markdown.marked.nested_block import is_top, push_text, row_texts, stops
from quarterdeck.deck.markdown.marked.tables import table_may_start

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

ANYTHING = "text"
"""The chain of rules that may interrupt the text of an item."""


def paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph; the text of an item is a hidden paragraph until its list turns out to be loose."""
    del silent
    hidden = not is_top(state)
    row = _end_of_text(state, start, end) if hidden else end_of_paragraph(state, start, end)
    rows = row_texts(state, start, row)
    if hidden and len(rows) > 1:
        rows[1:] = [CODE_INDENT.sub("", text, 1) if text.isspace() or text[:4] == "    " else text for text in rows[1:]]
    text = "\n".join(rows).strip(" \t\n")
    if row > start + 1 and any(text.isspace() for text in rows):
        # The blanks of a blank row move to the end of the row above.
        text = re.sub(r"\n([ \t]+)(?=\n)", r"\1", text)
    state.line = row
    for token in push_text(state, "paragraph", "p", text, (start, row)):
        token.hidden = hidden
    return True


def end_of_paragraph(state: StateBlock, start: int, end: int, *, tables: bool = True) -> int:
    """The row after the paragraph that starts at *start*; *tables*: whether tables interrupt it."""
    row = start + 1
    while row < end and not (interrupts(state, row) or stops(state, row, end, "paragraph")):
        if tables and table_may_start(state, row, end) and not is_indented(state, row):
            break
        row += 1
    return row


def _end_of_text(state: StateBlock, start: int, end: int) -> int:
    row = start + 1
    while row < end and not state.isEmpty(row):
        if state.sCount[row] - state.blkIndent >= 4:
            row = skip_code(state, row, end)
        elif stops(state, row, end, ANYTHING) or stops(state, row, end, "paragraph"):
            break
        else:
            row += 1
    return row
