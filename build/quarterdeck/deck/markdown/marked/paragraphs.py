"""Paragraphs, the text of list items, and tables, after marked 17 (`Tokenizer.ts`, `rules.ts`, `helpers.ts`).

Few blocks interrupt a paragraph. The text of a list item is parsed row by row, and any row may start another block.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock

from quarterdeck.deck.markdown.marked.blocks import (
    CODE_INDENT,
    interrupts,
    is_indented,
    last_row,
    push_text,
    row_start,
    row_text,
    row_texts,
    skip_code,
    stops,
)

ANYTHING = "text"
"""The chain of rules that may interrupt the text of an item."""
_DASHES = re.compile(r" {0,3}(?:\| *)?:?-+:? *(?:\| *:?-+:? *)*(?:\| *)?$", re.MULTILINE)
"""The row below the head of a table."""
_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_ALIGNS = {(True, True): "center", (True, False): "left", (False, True): "right"}


def paragraph(state: StateBlock, start: int, end: int, _silent: bool) -> bool:
    """A paragraph; the text of an item is a hidden paragraph until its list turns out to be loose."""
    hidden = not getattr(state, "top", True)
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
        if tables and _table_may_start(state, row, end) and not is_indented(state, row):
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


def _table_may_start(state: StateBlock, row: int, end: int) -> bool:
    """Whether *row* and the next row look like the start of a table."""
    if row + 1 >= end or not state.md.options.get("gfm"):
        return False
    return bool(_DASHES.match(state.src, row_start(state, row + 1))) and not row_text(state, row).isspace()


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A head, a row of dashes with a pipe or colon, then rows. Missing cells are empty, surplus cells are dropped."""
    if not _table_may_start(state, start, end):
        return False
    line = row_text(state, start + 1).lstrip(" ")
    dashes = [text.strip(" ") for text in re.sub(r"^\||\| *$", "", line).split("|")]
    aligns = [_ALIGNS.get((text.startswith(":"), text.endswith(":")), "") for text in dashes]
    head = _cells(row_text(state, start))
    if not ("|" in line or ":" in line) or len(head) != len(aligns):
        return False
    if silent:
        return True
    opening = state.push("table_open", "table", 1)
    state.push("thead_open", "thead", 1)
    _push_row(state, "th", head, aligns, start)
    state.push("thead_close", "thead", -1)
    row = start + 2
    end = last_row(state, start, end)
    while row < end and not (interrupts(state, row) or is_indented(state, row) or stops(state, row, end, "paragraph")):
        if row == start + 2:
            state.push("tbody_open", "tbody", 1)
        _push_row(state, "td", _cells(row_text(state, row)), aligns, row)
        row += 1
    if row > start + 2:
        state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)
    opening.map = [start, row]
    state.line = row
    return True


def _cells(row: str) -> list[str]:
    cells = _PIPE.sub(r"\1\0", row).split("\0")
    if not cells[0].strip():
        del cells[0]
    if cells and not cells[-1].strip():
        del cells[-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _push_row(state: StateBlock, tag: str, cells: list[str], aligns: list[str], row: int) -> None:
    state.push("tr_open", "tr", 1).map = [row, row + 1]
    for index, align in enumerate(aligns):
        text = cells[index] if index < len(cells) else ""
        opening, _ = push_text(state, tag, tag, text, (row, row + 1))
        opening.map = None
        if align:
            opening.attrs = {"align": align}
    state.push("tr_close", "tr", -1)
