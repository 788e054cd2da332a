"""Block quotes, as marked 17 (`Tokenizer.ts`) reads them: up to where a row without `>` ends them, part by part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quarterdeck.deck.markdown.marked.lists import list_items
from quarterdeck.deck.markdown.marked.nested_block import Piece, last_row, row_start, row_text, shift_rows
from quarterdeck.deck.markdown.marked.paragraphs import end_of_paragraph

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

_MARK = re.compile(r" {0,3}> ?")
_MARKS = r"(?m)^ {0,3}>[ \t]?"
_UNDERLINE = r"\n {0,3}((?:=+|-+) *)(?=\n|\Z)"
_CONTAINERS = frozenset({"blockquote_close", "bullet_list_close", "ordered_list_close"})
"""What text goes on in."""
_LAST = frozenset({"blockquote_close", "fence", "code_block"})
"""What no text goes on after."""
_FAR = 200
"""So many rows are looked at to see how a list or quote goes on: else each part would be read with all of them."""


def quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Rows that begin with `>`, and the rows of text that go on after them."""
    if not _MARK.match(state.src, row_start(state, start)):
        return False
    if silent:
        return True
    opening = state.push("blockquote_open", "blockquote", 1)
    opening.map = [start, start]
    end = _end_of_quote(state, start, last_row(state, start, end))
    tokens, count = _read_rows(state, start, [row_text(state, row) for row in range(start, end)])
    state.tokens += tokens
    state.push("blockquote_close", "blockquote", -1)
    state.line = opening.map[1] = start + count
    return True


def _end_of_quote(state: StateBlock, row: int, end: int) -> int:
    """The row after those with a mark, and after text that goes on without one."""
    while row < end and (match := _MARK.match(state.src, row_start(state, row))):
        row = end_of_paragraph(state, row, end, tables=False) if match.end() < state.eMarks[row] else row + 1
    return row


def _read_rows(state: StateBlock, start: int, rows: Sequence[str]) -> tuple[list[Token], int]:
    """The tokens of a quote of *rows*, the first of which is the row *start*, and how many of the rows are in it."""
    tokens: list[Token] = []
    bare: list[str] = []
    while len(bare) < len(rows):
        done = len(bare)
        text = "\n".join(rows[done : _end_of_part(rows, done)])
        bare += re.sub(_MARKS, "", re.sub(_UNDERLINE, r"\n    \1", text)).split("\n")
        piece = Piece(bare[done:], state, top=True)
        _append(tokens, piece.read(start + done), bare[done - 1])
        last = tokens[-1].type if tokens else ""
        if last.startswith(("bullet", "ordered")) and bare[-1][-1:] in (" ", "\t"):
            # To marked these blanks are a part of their own, so that the list is not the last one.
            continue
        if last in _CONTAINERS and len(bare) < len(rows):
            _go_on(state, start, tokens, bare, rows)
        if last in _LAST:
            break
    return tokens, len(bare)


def _end_of_part(rows: Sequence[str], row: int) -> int:
    """The row after those from *row* on that are read at once: rows of text, then rows with a mark."""
    while row < len(rows) and not _MARK.match(rows[row]):
        row += 1
    while row < len(rows) and _MARK.match(rows[row]):
        row += 1
    return row


def _append(tokens: list[Token], more: list[Token], before: str) -> None:
    """Add *more* to *tokens*; a paragraph, which ends with the row *before*, goes on in text, indented text too."""
    if tokens and more and tokens[-1].type == "paragraph_close":
        end = before[len(before.rstrip()) :] + "\n"
        if more[0].type == "code_block":
            tokens[-2].content += end + more.pop(0).content.rstrip()
            end = "\n"
        if more and more[0].type == "paragraph_open":
            tokens[-2].content += end + more[1].content
            more = more[3:]
    tokens += more


def _go_on(state: StateBlock, start: int, tokens: list[Token], bare: list[str], rows: Sequence[str]) -> None:
    """Read the list or quote that *tokens* end with again, with the rows that are left behind it."""
    closing = tokens[-1]
    kind = closing.type.replace("close", "open")
    first = next(
        at for at in reversed(range(len(tokens))) if tokens[at].level == closing.level and tokens[at].type == kind
    )
    row = (tokens[first].map or [start])[0]
    if len(bare) - (row - start) > _FAR:
        return
    piece = Piece([*bare[row - start :], *rows[len(bare) : len(bare) + _FAR]], state, top=True)
    (quote if kind == "blockquote_open" else list_items)(piece, 0, piece.lineMax, False)
    del tokens[first:], bare[row - start :]
    bare += (row_text(piece, one) for one in range(piece.line))
    shift_rows(piece.tokens, row)
    tokens += piece.tokens
