"""Tables, after marked 17 (`Tokenizer.ts`, `rules.ts`, `helpers.ts`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quarterdeck.deck.markdown.marked.blocks import interrupts, is_indented
from quarterdeck.deck.markdown.marked.nested_block import last_row, row_start, row_text, stops

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_LINE = re.compile(r" {0,3}(?:\| *)?:?-+:? *(?:\| *:?-+:? *)*(?:\| *)?$", re.MULTILINE)
"""The row below the head."""
_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_ALIGNS = {(True, True): "center", (True, False): "left", (False, True): "right"}


def table_may_start(state: StateBlock, row: int, end: int) -> bool:
    """Whether *row* and the next row look like the start of a table."""
    if row + 1 >= end or not state.md.options.get("gfm"):
        return False
    below = state.bMarks[row + 1] + state.tShift[row + 1]
    if state.src[below : below + 1] not in ("|", "-", ":"):
        return False
    return bool(_LINE.match(state.src, row_start(state, row + 1))) and not row_text(state, row).isspace()


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A head, a row of dashes with a pipe or colon, then rows. Missing cells are empty, surplus cells are dropped."""
    if not table_may_start(state, start, end):
        return False
    line = row_text(state, start + 1).lstrip(" ")
    aligns = [_align(text) for text in re.sub(r"^\||\| *$", "", line).split("|")]
    head = _cells(row_text(state, start))
    if not ("|" in line or ":" in line) or len(head) != len(aligns):
        return False
    if silent:
        return True
    state.push("table_open", "table", 1)
    opening = state.tokens[-1]
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


def _align(text: str) -> str:
    text = text.strip(" ")
    return _ALIGNS.get((text.startswith(":"), text.endswith(":")), "")


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
        token = state.push(f"{tag}_open", tag, 1)
        if align:
            token.attrs = {"style": f"text-align:{align}"}
        inline = state.push("inline", "", 0)
        inline.content = cells[index] if index < len(cells) else ""
        inline.map, inline.children = [row, row + 1], []
        state.push(f"{tag}_close", tag, -1)
    state.push("tr_close", "tr", -1)
