"""Nested blocks: the content of a list item or a block quote is parsed as a document of its own, like in marked."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token


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


def row_start(state: StateBlock, row: int) -> int:
    """The start of *row*, after the indentation that an enclosing block of a plugin requires."""
    start = state.bMarks[row]
    if not state.blkIndent:
        return start
    shift = state.tShift[row]
    return start + shift - min(shift, max(0, state.sCount[row] - state.blkIndent))


def row_text(state: StateBlock, row: int) -> str:
    """*row* without the line feed."""
    return state.src[row_start(state, row) : state.eMarks[row]]


def row_texts(state: StateBlock, start: int, end: int) -> list[str]:
    """The rows from *start* to before *end*, without line feeds."""
    return [row_text(state, row) for row in range(start, end)]


def last_row(state: StateBlock, start: int, end: int) -> int:
    """The row where a block from *start* must end: *end*, or the end of an enclosing block of a plugin."""
    row = start + 1
    while state.blkIndent and row < end and (state.sCount[row] >= state.blkIndent or state.isEmpty(row)):
        row += 1
    return row if state.blkIndent else end


def stops(state: StateBlock, row: int, end: int, chain: str) -> bool:
    """Whether a rule of *chain* (the blocks that may interrupt it) matches at *row*."""
    return any(rule(state, row, end, True) for rule in state.md.block.ruler.getRules(chain))


def push_text(state: StateBlock, kind: str, tag: str, text: str, rows: tuple[int, int]) -> tuple[Token, Token]:
    """Push an element of *kind* with *text*; its opening and closing token."""
    opening = state.push(f"{kind}_open", tag, 1)
    opening.map = list(rows)
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = text, list(rows), []
    return opening, state.push(f"{kind}_close", tag, -1)


def shift_rows(tokens: Sequence[Token], rows: int) -> None:
    """Move the row numbers of *tokens* down by *rows*."""
    if rows:
        for token in tokens:
            if token.map:
                token.map = [token.map[0] + rows, token.map[1] + rows]
