"""Code, headings, rules and raw HTML, as marked 17 (`Tokenizer.ts`, `rules.ts`) reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.rules_block.html_block import HTML_SEQUENCES, html_block

from quarterdeck.deck.marked.piece import last_row, push_text, row_start, row_text

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_INDENT = re.compile(r" {4}| {0,3}\t")
CODE_INDENT = re.compile(r" {1,4}| {0,3}\t")
FENCE = re.compile(r"(?P<indent> {0,3})(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>.*)", re.MULTILINE)
"""The first row of a fence."""
_HEADING = re.compile(r" {0,3}(#{1,6})(?!\S)(.*)")
RULE = re.compile(r" {0,3}([-_*])[\t ]*(?:\1[\t ]*){2,}$", re.MULTILINE)
"""A thematic break."""
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+) *$", re.MULTILINE)
_NO_TITLE = re.compile(
    r"\s*$| {0,3}(?:(?:[*+-]|\d{1,9}[.)]) |\t|`{3}|~{3}|>|#|<[^\n>]+>$|\|?(?:[:\- ]*\|)+[:\- ]*$)| {4}", re.MULTILINE
)
"""What is never in the text of a heading that is underlined."""
_PUNCTUATION = re.compile(r"\\(?=[^\w\s]|_)")

_END_OF_RAW = re.compile(r"</(?:script|pre|style|textarea)\b", re.IGNORECASE)
_RAW = re.compile(r"<(script|pre|style|textarea)[\s>]", re.IGNORECASE)
_BLANKS_COUNT = re.compile(r"<(?:pre|textarea|style|script)\b", re.IGNORECASE)
BLOCK_NAMES = frozenset(
    {"address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col", "colgroup"}
    | {"dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"}
    | {"frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "iframe", "legend"}
    | {"li", "link", "main", "menu", "menuitem", "meta", "nav", "noframes", "ol", "optgroup", "option", "p", "param"}
    | {"search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul"}
)
"""Elements that start raw HTML wherever they stand: CommonMark 0.31, section 4.6, and `meta`."""

_INTERRUPTS = re.compile(
    r" *$| {0,3}(?:#{1,6}(?!\S)|>|(?:[*+-]|1[.)])[ \t]|([-_*])[\t ]*(?:\1[\t ]*){2,}$"
    r"|`{3,}[^`\n]*\n|~{3,}[^\n]*\n)|<(?:script|pre|style|textarea|!--|/?(?P<name>[a-z][a-z0-9]*)(?: |\n|/?>))",
    re.MULTILINE,
)
"""Lists that start with 1, and raw HTML in lower case at the very beginning of a row: other rows do not count."""


def interrupts(state: StateBlock, row: int) -> bool:
    """Whether *row* cannot be in the paragraph or table above it; a table may be such a row too."""
    match = _INTERRUPTS.match(state.src, row_start(state, row))
    return bool(match) and (match["name"] is None or match["name"] in BLOCK_NAMES)  # type: ignore[index]


def is_indented(state: StateBlock, row: int) -> bool:
    """Whether *row* looks like code: four blanks or a tab before what it holds."""
    return bool(_INDENT.match(state.src, row_start(state, row))) and not state.isEmpty(row)


def indented_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Rows that begin with four blanks or a tab, and blank rows after them."""
    if not is_indented(state, start):
        return False
    if silent:
        return True
    row = skip_code(state, start, end)
    rows = [row_text(state, one) for one in range(start, row)]
    token = state.push("code_block", "code", 0)
    token.content = "\n".join(CODE_INDENT.sub("", one, count=1) if one[:1] in " \t" else one for one in rows)
    token.content = token.content.rstrip("\n") + "\n"
    token.map = [start, row]
    state.line = row
    return True


def skip_code(state: StateBlock, row: int, end: int) -> int:
    """The row after indented code, and after the blank rows that follow it."""
    while row < end and (state.isEmpty(row) or _INDENT.match(state.src, row_start(state, row))):
        row += 1
    return row


def fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A fence, up to one of its own kind or to the end. The indentation of backticks comes off rows that have it."""
    match = FENCE.match(state.src, row_start(state, start), state.eMarks[start])
    if match is None:
        return False
    if silent:
        return True
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
    """One to six `#`, then a blank of any kind."""
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
        # It would have begun with the row above, where it was looked for.
        return False
    row = start
    while row < end and not _NO_TITLE.match(state.src, row_start(state, row)):
        row += 1
        if row < end and _UNDERLINE.match(state.src, at := row_start(state, row)):
            if not silent:
                text = "\n".join(row_text(state, one) for one in range(start, row)).strip()
                tag = "h1" if "=" in state.src[at : state.eMarks[row]] else "h2"
                state.line = row + 1
                push_text(state, "heading", tag, text, (start, row + 1))
            return True
    return False


def rule(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Three or more `*`, `-` or `_`."""
    if not RULE.match(state.src, row_start(state, start)):
        return False
    if not silent:
        token = state.push("hr", "hr", 0)
        token.map = [start, start + 1]
        state.line = start + 1
    return True


def raw_html(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Raw HTML, with the blank rows after it where blanks count; an end tag of what holds no HTML is text."""
    at = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<", at) or _END_OF_RAW.match(state.src, at):
        return False
    if silent:
        text = state.src[at : state.eMarks[start]]
        return not is_indented(state, start) and any(begins.search(text) for begins, _, _ in HTML_SEQUENCES)
    raw = _RAW.match(state.src, at)
    if raw:
        _push_raw(state, start, end, raw[1])
    elif not html_block(state, start, end, False):
        return False
    if _BLANKS_COUNT.search(state.tokens[-1].content):
        state.line = min(state.skipEmptyLines(state.line), end)
        state.tokens[-1].content = state.getLines(start, state.line, state.blkIndent, True)
    return True


def _push_raw(state: StateBlock, start: int, end: int, name: str) -> None:
    """An element that is raw HTML up to its own end tag; markdown-it ends it at that of any such element."""
    closing = re.compile(f"</{name}>", re.IGNORECASE).search(state.src, state.bMarks[start])
    row = start
    while row < end - 1 and (closing is None or state.eMarks[row] < closing.end()):
        row += 1
    state.line = row + 1
    token = state.push("html_block", "", 0)
    token.map = [start, state.line]
    token.content = state.getLines(start, state.line, state.blkIndent, True)
