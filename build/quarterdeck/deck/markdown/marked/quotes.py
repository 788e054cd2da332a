"""Block quotes, after marked 17 (`Tokenizer.ts`): parsed part by part, up to a row without `>` that ends them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from quarterdeck.deck.markdown.marked.blocks import last_row, row_start, row_texts
from quarterdeck.deck.markdown.marked.lists import NestedBlock, list_items, shift_rows
from quarterdeck.deck.markdown.marked.paragraphs import end_of_paragraph

_MARK = re.compile(r" {0,3}> ?")
_MARKS = r"(?m)^ {0,3}>[ \t]?"
_UNDERLINE = r"\n {0,3}((?:=+|-+) *)(?=\n|\Z)"
_CONTAINERS = frozenset({"blockquote_close", "bullet_list_close", "ordered_list_close"})
"""Blocks that continue in later rows of text."""
_LAST = frozenset({"blockquote_close", "fence", "code_block"})
"""Blocks after which a quote does not continue with text."""
_MAX_ROWS = 200
"""Rows that are parsed again to continue a list or quote; without a limit, each part would parse all rows."""


def quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Rows that start with `>`, and the rows of text that continue them."""
    match = _MARK.match(state.src, row_start(state, start))
    if silent or match is None:
        return match is not None
    opening = state.push("blockquote_open", "blockquote", 1)
    opening.map = [start, start]
    end = _end_of_quote(state, start, last_row(state, start, end))
    tokens, count = _read_rows(state, start, row_texts(state, start, end))
    state.tokens += tokens
    state.push("blockquote_close", "blockquote", -1)
    state.line = opening.map[1] = start + count
    return True


def _end_of_quote(state: StateBlock, row: int, end: int) -> int:
    """The row after the rows with a mark and the text that continues them without a mark."""
    while row < end and (match := _MARK.match(state.src, row_start(state, row))):
        row = end_of_paragraph(state, row, end, tables=False) if match.end() < state.eMarks[row] else row + 1
    return row


def _read_rows(state: StateBlock, start: int, rows: Sequence[str]) -> tuple[list[Token], int]:
    """The tokens of a quote of *rows*, the first of which is row *start*, and how many rows belong to it."""
    tokens: list[Token] = []
    bare: list[str] = []
    while len(bare) < len(rows):
        done = len(bare)
        text = "\n".join(rows[done : _end_of_part(rows, done)])
        bare += re.sub(_MARKS, "", re.sub(_UNDERLINE, r"\n    \1", text)).split("\n")
        block = NestedBlock(bare[done:], state, top=True)
        _append(tokens, block.parse(start + done), bare[done - 1])
        last = tokens[-1].type if tokens else ""
        if last.startswith(("bullet", "ordered")) and bare[-1][-1:] in (" ", "\t"):
            # marked makes a token of these blanks, so that the list is not the last token.
            continue
        if last in _CONTAINERS and len(bare) < len(rows):
            _extend_last(state, start, tokens, bare, rows, done)
        if last in _LAST:
            break
    return tokens, len(bare)


def _end_of_part(rows: Sequence[str], row: int) -> int:
    """The end of the part that starts at *row*: rows of text, then rows with a mark."""
    while row < len(rows) and not _MARK.match(rows[row]):
        row += 1
    while row < len(rows) and _MARK.match(rows[row]):
        row += 1
    return row


def _append(tokens: list[Token], more: list[Token], before: str) -> None:
    """Append *more* to *tokens*; text, even indented, continues a paragraph that ends with the row *before*."""
    if tokens and more and tokens[-1].type == "paragraph_close":
        end = before[len(before.rstrip()) :] + "\n"
        if more[0].type == "code_block":
            tokens[-2].content += end + more.pop(0).content.rstrip()
            end = "\n"
        if more and more[0].type == "paragraph_open":
            tokens[-2].content += end + more[1].content
            more = more[3:]
    tokens += more


def _extend_last(
    state: StateBlock, start: int, tokens: list[Token], bare: list[str], rows: Sequence[str], done: int
) -> None:
    """Parse the list or quote at the end of *tokens* again with the remaining rows, if it then has more than *done*."""
    closing = tokens[-1]
    kind = closing.type.replace("close", "open")
    first = next(
        at for at in reversed(range(len(tokens))) if tokens[at].level == closing.level and tokens[at].type == kind
    )
    row = (tokens[first].map or [start])[0]
    if len(bare) - (row - start) > _MAX_ROWS:
        return
    block = NestedBlock([*bare[row - start :], *rows[len(bare) : len(bare) + _MAX_ROWS]], state, top=True)
    (quote if kind == "blockquote_open" else list_items)(block, 0, block.lineMax, False)
    if row - start + block.line <= done:
        return
    del tokens[first:], bare[row - start :]
    bare += row_texts(block, 0, block.line)
    shift_rows(block.tokens, row)
    tokens += block.tokens
