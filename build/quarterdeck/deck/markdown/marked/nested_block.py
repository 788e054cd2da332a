"""Texts inside of texts: what a list item or a quote holds is read as a document of its own, as marked reads it."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token


class Piece(StateBlock):
    """The rows of an item or of a quote, without what marked them as such."""

    def __init__(self, rows: Sequence[str], outer: StateBlock, *, top: bool) -> None:
        """With *top* text is a paragraph, which few things interrupt; without, each row may begin something else."""
        super().__init__("\n".join(rows), outer.md, outer.env, [])
        self.level = outer.level
        self.top = top

    def read(self, row: int) -> list[Token]:
        """The tokens of all of it; its first row is the row *row* of the text around it."""
        known = len(self.env.get("warnings", ()))
        self.md.block.tokenize(self, 0, self.lineMax)
        warnings = self.env.get("warnings", [])
        warnings[known:] = [(row + at, what, hint) for at, what, hint in warnings[known:]]
        shift_rows(self.tokens, row)
        return self.tokens


def is_top(state: StateBlock) -> bool:
    """Whether text is a paragraph there."""
    return getattr(state, "top", True)


def row_start(state: StateBlock, row: int) -> int:
    """Where *row* begins, without the indentation that a plugin's block around it asks for."""
    start = state.bMarks[row]
    if not state.blkIndent:
        return start
    shift = state.tShift[row]
    return start + shift - min(shift, max(0, state.sCount[row] - state.blkIndent))


def row_text(state: StateBlock, row: int) -> str:
    """*row* without the line feed."""
    return state.src[row_start(state, row) : state.eMarks[row]]


def last_row(state: StateBlock, start: int, end: int) -> int:
    """Where a block that begins at *start* has to end: at *end*, or where a plugin's block around it does."""
    row = start + 1
    while state.blkIndent and row < end and (state.sCount[row] >= state.blkIndent or state.isEmpty(row)):
        row += 1
    return row if state.blkIndent else end


def stops(state: StateBlock, row: int, end: int, chain: str) -> bool:
    """Whether a plugin's block begins at *row*, of those that interrupt what *chain* names."""
    return any(rule(state, row, end, True) for rule in state.md.block.ruler.getRules(chain))


def push_text(state: StateBlock, kind: str, tag: str, text: str, rows: tuple[int, int]) -> tuple[Token, Token]:
    """Push an element of *kind* with *text* in it; its opening and its closing token."""
    opening = state.push(f"{kind}_open", tag, 1)
    opening.map = list(rows)
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = text, list(rows), []
    return opening, state.push(f"{kind}_close", tag, -1)


def shift_rows(tokens: Sequence[Token], rows: int) -> None:
    """Let *tokens* count their rows from *rows* further up."""
    if rows:
        for token in tokens:
            if token.map:
                token.map = [token.map[0] + rows, token.map[1] + rows]
