"""Tags and backslashes in text, after marked 17 (`rules.ts`): element names may contain underscores."""

from __future__ import annotations

import re

from markdown_it.rules_inline import StateInline, escape

_TAG = re.compile(
    r"</[a-z][\w:-]*\s*>"
    r"|<[a-z][\w-]*(?:\s+[a-z:_][\w.:-]*(?:\s*=\s*\"[^\"]*\"|\s*=\s*'[^']*'|\s*=\s*[^\s\"'=<>`]+)?)*?\s*/?>",
    re.IGNORECASE | re.ASCII,
)
_OTHERS = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))
"""Start and end of raw HTML other than tags."""
_EMPTY_COMMENT = re.compile(r"<!---?>")
_DECLARATION = re.compile(r"<![a-z]+\s", re.IGNORECASE)
_LINK = re.compile(r"<(?:a |(/a>))", re.IGNORECASE)
_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~\n]")


def tag(state: StateInline, silent: bool) -> bool:
    """A tag, a comment, or other raw HTML."""
    if state.src[state.pos] != "<":
        return False
    end = _end_of_tag(state)
    if not end:
        return False
    if not silent:
        html = state.src[state.pos : end]
        state.push("html_inline", "", 0).content = html
        if link := _LINK.match(html):
            state.linkLevel += -1 if link[1] else 1
    state.pos = end
    return True


def _end_of_tag(state: StateInline) -> int:
    """The end of the raw HTML at the current position; 0 for none."""
    if match := _TAG.match(state.src, state.pos, state.posMax) or _EMPTY_COMMENT.match(state.src, state.pos):
        return match.end()
    for begins, ends in _OTHERS:
        if state.src.startswith(begins, state.pos):
            if begins == "<!" and not _DECLARATION.match(state.src, state.pos):
                return 0
            at = state.src.find(ends, state.pos + len(begins), state.posMax)
            return at + len(ends) if at >= 0 else 0
    return 0


def backslash(state: StateInline, silent: bool) -> bool:
    """A backslash before punctuation or a line feed; before anything else it is text."""
    if state.src[state.pos] != "\\":
        return False
    if _ESCAPED.match(state.src, state.pos, state.posMax):
        return escape(state, silent)
    if not silent:
        state.append_pending("\\")
    state.pos += 1
    return True
