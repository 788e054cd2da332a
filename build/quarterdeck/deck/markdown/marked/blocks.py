"""Code, headings and raw HTML, after marked 17 (`Tokenizer.ts`, `rules.ts`), and the rows that blocks consist of."""

from __future__ import annotations

import re

from markdown_it.common.html_blocks import block_names
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

_INDENT = re.compile(r" {4}| {0,3}\t")
CODE_INDENT = re.compile(r" {1,4}| {0,3}\t")
_FENCE = re.compile(r"(?P<indent> {0,3})(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>.*)", re.MULTILINE)
"""The first row of a fence."""
_HEADING = re.compile(r" {0,3}(#{1,6})(?!\S)(.*)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+) *$", re.MULTILINE)
_NO_TITLE = re.compile(
    r" {0,3}(?:(?:[*+-]|\d{1,9}[.)]) |\t|`{3}|~{3}|>|#|<[^\n>]+>$|\|?(?:[:\- ]*\|)+[:\- ]*$)| {4}", re.MULTILINE
)
"""The start of a row that cannot be part of an underlined heading."""
_BLANK = re.compile(r"\s*$", re.MULTILINE)
"""A row of white space ends the heading, except as its first row: a no-break space is not a blank row."""
_PUNCTUATION = re.compile(r"\\(?=[^\w\s]|_)")

_BLANKS_COUNT = re.compile(r"<(?:pre|textarea|style|script)\b", re.IGNORECASE)
_BLOCK_NAMES = frozenset({*block_names, "meta"})
"""Elements that always start raw HTML: CommonMark 0.31, section 4.6, and `meta`."""
_RAW_NAME = r"(script|pre|style|textarea)"
_ATTRIBUTE = r" +[A-Za-z:_][\w.:-]*(?: *= *\"[^\"\n]*\"| *= *'[^'\n]*'| *= *[^\s\"'=<>`]+)?"
_RAW = re.compile(
    rf"<(?i:{_RAW_NAME})[\s>].*?(?:</(?i:\1)>[^\n]*|\Z)"
    r"|<!--(?:-?>|.*?(?:-->|\Z))[^\n]*|<\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<![A-Za-z].*?(?:>|\Z)",
    re.DOTALL,
)
"""Raw HTML with an explicit end."""
_NAMED = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)(?: |\n|/?>)")
_ALONE = re.compile(
    rf"<(?!(?i:{_RAW_NAME}))(?:[A-Za-z][\w-]*(?:{_ATTRIBUTE})*? */?>|/[A-Za-z][\w-]*\s*>)(?=[ \t]*(?:\n|\Z))", re.ASCII
)
"""A tag alone on its row, of any name, underscores included."""
_TO_BLANK_ROW = re.compile(r".*?(?:(?:\n[ \t]*)+\n|\Z)", re.DOTALL)

_INTERRUPTS = re.compile(
    r" *$| {0,3}(?:#{1,6}(?!\S)|>|(?:[*+-]|1[.)])[ \t]|([-_*])[\t ]*(?:\1[\t ]*){2,}$"
    r"|`{3,}[^`\n]*\n|~{3,}[^\n]*\n)|<(?:script|pre|style|textarea|!--|/?(?P<name>[a-z][a-z0-9]*)(?: |\n|/?>))",
    re.MULTILINE,
)
"""Only lists that start with 1 and lower-case raw HTML in the first column interrupt."""


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


def interrupts(state: StateBlock, row: int) -> bool:
    """Whether *row* ends the paragraph or table above it. Tables, which may do so too, are checked elsewhere."""
    match = _INTERRUPTS.match(state.src, row_start(state, row))
    return bool(match) and (match["name"] is None or match["name"] in _BLOCK_NAMES)  # type: ignore[index]


def is_indented(state: StateBlock, row: int) -> bool:
    """Whether *row* is indented like code: by four blanks or a tab."""
    return bool(_INDENT.match(state.src, row_start(state, row))) and not state.isEmpty(row)


def indented_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Rows indented by four blanks or a tab, and the blank rows after them."""
    indented = is_indented(state, start)
    if silent or not indented:
        return indented
    row = skip_code(state, start, end)
    rows = row_texts(state, start, row)
    token = state.push("code_block", "code", 0)
    token.content = "\n".join(CODE_INDENT.sub("", text, count=1) if text[:1] in " \t" else text for text in rows)
    token.content = token.content.rstrip("\n") + "\n"
    token.map = [start, row]
    state.line = row
    return True


def skip_code(state: StateBlock, row: int, end: int) -> int:
    """The row after indented code and the blank rows that follow it."""
    while row < end and (state.isEmpty(row) or _INDENT.match(state.src, row_start(state, row))):
        row += 1
    return row


def fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A fence, up to its closing fence or the end. Rows lose the indentation of an opening fence of backticks."""
    match = _FENCE.match(state.src, row_start(state, start), state.eMarks[start])
    if silent or match is None:
        return match is not None
    closing = re.compile(rf" {{0,3}}{match['fence']}[~`]* *\Z")
    row = start + 1
    end = last_row(state, start, end)
    rows: list[str] = []
    while row < end and not closing.match(text := row_text(state, row)):
        rows.append(text)
        row += 1
    indent = len(match["indent"])
    if indent and match["fence"][0] == "`":
        rows = [text[indent:] if text[:indent].isspace() and len(text) >= indent else text for text in rows]
    token = state.push("fence", "code", 0)
    token.info = _PUNCTUATION.sub("", match["info"].strip())
    token.content = "".join(f"{text}\n" for text in rows)
    token.markup = match["fence"]
    token.map = [start, min(row + 1, end)]
    state.line = min(row + 1, end)
    return True


def heading(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """One to six `#`, then white space."""
    match = _HEADING.match(state.src, row_start(state, start), state.eMarks[start])
    if match is None:
        return False
    if not silent:
        text = match[2].strip()
        bare = text.rstrip("#")
        if not bare or bare.endswith(" "):
            text = bare.strip()
        state.line = start + 1
        push_text(state, "heading", f"h{len(match[1])}", text, (start, start + 1))
    return True


def underlined_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Rows of text above `===` or `---`."""
    if silent and not _NO_TITLE.match(state.src, row_start(state, start - 1)):
        # Such a heading would have started in the row above, where this rule has been tried.
        return False
    not_underlined = state.env.setdefault("not_underlined", {})
    first, last = not_underlined.get(key := (state.src, state.blkIndent, end), (0, 0))
    if first <= start < last:
        return False
    row = start
    while row < end and not _NO_TITLE.match(state.src, at := row_start(state, row)):
        if row > start and _BLANK.match(state.src, at):
            break
        row += 1
        if row < end and _UNDERLINE.match(state.src, at := row_start(state, row)):
            if not silent:
                text = "\n".join(row_texts(state, start, row)).strip()
                tag = "h1" if "=" in state.src[at : state.eMarks[row]] else "h2"
                state.line = row + 1
                push_text(state, "heading", tag, text, (start, row + 1))
            return True
    # Plugins may try this rule on every row (a footnote per row): remember the rows that it has rejected.
    not_underlined[key] = start, row
    return False


def raw_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Raw HTML, with the blank rows after it where white space is significant."""
    if not state.src.startswith("<", state.bMarks[start] + state.tShift[start]):
        return False
    match = None if is_indented(state, start) else _match_raw(state, start, last_row(state, start, end))
    if silent or match is None:
        return match is not None
    html = match[0].rstrip(" \t\n")
    row = start + html.count("\n") + 1
    if _BLANKS_COUNT.search(html):
        row = min(state.skipEmptyLines(row), end)
    token = state.push("html_block", "", 0)
    token.map = [start, row]
    token.content = state.getLines(start, row, state.blkIndent, True)
    state.line = row
    return True


def _match_raw(state: StateBlock, start: int, end: int) -> re.Match[str] | None:
    """The raw HTML that starts at the row *start*."""
    at, last = state.bMarks[start] + state.tShift[start], state.eMarks[end - 1]
    if match := _RAW.match(state.src, at, last):
        return match
    named = _NAMED.match(state.src, at, last)
    if (named and named[1].lower() in _BLOCK_NAMES) or _ALONE.match(state.src, at, last):
        return _TO_BLANK_ROW.match(state.src, at, last)
    return None
