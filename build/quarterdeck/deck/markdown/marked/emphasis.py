"""Emphasis and strikethrough, after marked 17 (`Tokenizer.ts`): from an opening mark to the first that closes it.

CommonMark pairs all marks of a text at once. The two agree on ordinary text, but not on `*.yaml` and `**/*.md`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container
from dataclasses import dataclass, field
from unicodedata import category

from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline

_TAGS = {"*": ("em", "strong"), "_": ("em", "strong"), "~": ("del", "del")}
_RUNS = {mark: re.compile(re.escape(mark) + "+") for mark in _TAGS}
_ORPHAN = {
    "*": re.compile(r"[^_*]*__[^_*]*\*[^_*]*(?=__)"),
    "_": re.compile(r"[^_*]*\*\*[^_*]*_[^_*]*(?=\*\*)"),
}
"""A mark inside strong text of other marks, which closes nothing."""
_ESCAPED = re.compile(r"\\[^\w\s]|\\_")
_SKIPPED = re.compile(
    r"\[(?:[^\[\]`]|(`+)[^`]+\1(?!`))*?\]\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)"
    r"|(?<!`)(`+)[^`]+\2(?!`)|<(?! )[^<>]*?>",
    re.DOTALL,
)
_REFERENCE = r"\[((?:\\[\s\S]|[^\[\]\\])+)\]"
_MAX_RUNS = 500
"""The number of later marks that may close an emphasis; keeps a text of nothing but marks linear."""
_SPACE, _SIGN, _WORD = range(3)
_Run = tuple[int, int, bool, bool]
"""A run of marks: its position, its length, whether it may open emphasis, and whether it may close it."""


@dataclass(slots=True)
class _Mask:
    """A text in which letters replace code, links, tags and escaped characters."""

    start: int
    """Its position in the source."""
    text: str
    runs: dict[str, list[_Run]] = field(default_factory=dict)
    """The runs of each mark, in order; computed on first use."""


def emphasis(state: StateInline, silent: bool) -> bool:
    """Text between single or double marks: `*`, `_` or `~`."""
    start = state.pos
    mark = state.src[start]
    if mark not in _TAGS or silent or (mark == "~" and not state.md.options.get("gfm")):
        return False
    run = _RUNS[mark].match(state.src, start, state.posMax)
    assert run is not None
    width = len(run[0])
    closing_run = _find_end(state, mark, width) if _may_open(state, mark, run) else None
    if closing_run is None:
        if mark == "~":  # the whole run is text
            state.append_pending(run[0])
            state.pos = run.end()
        return mark == "~"
    position, closing = closing_run
    end = position + closing
    inner = width if mark == "~" else 2 - min(width, closing) % 2
    tag = _TAGS[mark][inner - 1]
    last = state.posMax
    state.pos, state.posMax = start + inner, end - inner
    _mask_of(state)
    state.push(f"{tag}_open", tag, 1).markup = mark * inner
    state.md.inline.tokenize(state)
    state.push(f"{tag}_close", tag, -1).markup = mark * inner
    state.pos, state.posMax = end, last
    return True


def _may_open(state: StateInline, mark: str, run: re.Match[str]) -> bool:
    """Whether *run*, at the current position, may open emphasis."""
    after = _kind(state.src[run.end()] if run.end() < state.posMax else "", mark)
    before = state.pending.rstrip("_")[-1:]
    if after == _SPACE or (mark == "~" and len(run[0]) > 2):
        return False
    if mark == "_" and after == _WORD and before.isalnum():
        return False
    return after != _SIGN or not (before == "*" or _kind(before, "") == _WORD)


def _kind(char: str, mark: str) -> int:
    """The class of *char* beside a mark; empty at an end of the text.

    `~` beside `*` counts as a letter, so that the two can be nested.
    """
    if not char or char.isspace():
        return _SPACE
    if char == "~" and mark == "*":
        return _WORD
    return _SIGN if category(char)[0] in "PS" else _WORD


def _mask_of(state: StateInline) -> _Mask:
    """The mask of the text that ends where *state* does; marked masks each text that it parses by itself."""
    source, masks = state.env.get("masks", ("", {}))
    if source is not state.src:
        masks = {}
        state.env["masks"] = state.src, masks
    if state.posMax not in masks:
        start = 0 if state.posMax == len(state.src) else state.pos
        masks[state.posMax] = _Mask(start, _mask(state.src[start : state.posMax], state.env.get("references", {})))
    mask: _Mask = masks[state.posMax]
    return mask


def _mask(text: str, references: Container[str]) -> str:
    if references:

        def mask(match: re.Match[str]) -> str:
            return f"[{'a' * len(match[1])}]" if normalizeReference(match[1]) in references else match[0]

        text = re.sub(_REFERENCE, mask, text)
    if "\\" in text:
        text = _ESCAPED.sub("++", text)
    if "`" in text or "<" in text or "](" in text:
        text = _SKIPPED.sub(lambda match: f"[{'a' * (len(match[0]) - 2)}]", text)
    return text


def _find_end(state: StateInline, mark: str, width: int) -> tuple[int, int] | None:
    """The position of the run that closes the *width* marks at the current position, and how many marks it closes."""
    mask = _mask_of(state)
    first = state.pos + width - mask.start
    orphan = _ORPHAN[mark].match(mask.text, first) if mark in _ORPHAN else None
    if mark not in mask.runs:
        mask.runs[mark] = [_read_run(mask.text, run, mark) for run in _RUNS[mark].finditer(mask.text)]
    runs = mask.runs[mark]
    index = bisect_left(runs, (orphan.end() if orphan else first,))
    total, between = width, 0
    for start, count, opens, closes in runs[index : index + _MAX_RUNS]:
        if not (opens or closes) or (mark == "~" and count != width):
            continue
        if not closes:
            total += count
            continue
        if opens and mark != "~" and width % 3 and not (width + count) % 3:
            between += count
            continue
        total -= count
        if total <= 0:
            return mask.start + start, min(count, count + total + between)
    return None


def _read_run(text: str, run: re.Match[str], mark: str) -> _Run:
    before = _kind(text[run.start() - 1 : run.start()], mark)
    after = _kind(text[run.end() : run.end() + 1], mark)
    in_word = before == after == _WORD and mark != "_"
    opens = after != _SPACE and (before != _WORD or in_word)
    closes = before != _SPACE and (after != _WORD or in_word)
    return run.start(), len(run[0]), opens, closes
