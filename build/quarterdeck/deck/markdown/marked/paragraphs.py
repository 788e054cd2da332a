"""Text, and what interrupts it, as marked 17 (`Tokenizer.ts`, `rules.ts`) reads it.

A paragraph is interrupted by few things. The text of a list item is read row by row: each may begin anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quarterdeck.deck.markdown.marked.blocks import CODE_INDENT, interrupts, is_indented, skip_code
from quarterdeck.deck.markdown.marked.nested_block import is_top, push_text, row_text, stops
from quarterdeck.deck.markdown.marked.tables import table_may_start

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

ANYTHING = "text"
"""The chain of rules that interrupt the text of an item."""


def paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph, or the text of an item, which is a hidden one until its list turns out to be loose."""
    del silent
    hidden = not is_top(state)
    row = _end_of_text(state, start, end) if hidden else end_of_paragraph(state, start, end)
    rows = [row_text(state, one) for one in range(start, row)]
    if hidden and len(rows) > 1:
        rows[1:] = [CODE_INDENT.sub("", one, 1) if one.isspace() or one[:4] == "    " else one for one in rows[1:]]
    text = "\n".join(rows).strip(" \t\n")
    if row > start + 1 and any(one.isspace() for one in rows):
        # Blanks that are a row of their own are those at the end of the row above it.
        text = re.sub(r"\n([ \t]+)(?=\n)", r"\1", text)
    state.line = row
    for token in push_text(state, "paragraph", "p", text, (start, row)):
        token.hidden = hidden
    return True


def end_of_paragraph(state: StateBlock, start: int, end: int, *, tables: bool = True) -> int:
    """The row after the paragraph that begins with the row *start*; with *tables* they interrupt it."""
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
