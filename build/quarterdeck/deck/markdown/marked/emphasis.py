"""Emphasis and strikethrough, after marked 17 (`Tokenizer.ts`): from an opening mark to the first that closes it.

CommonMark pairs all marks of a text at once. The two agree on ordinary text, but not on `*.yaml` and `**/*.md`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
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
SPACE, SIGN, WORD = range(3)
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


def emphasis_plugin(md: MarkdownIt) -> None:
    """Make *md* parse emphasis and strikethrough like marked."""
    md.inline.ruler.at("emphasis", emphasis)
    md.inline.ruler2.disable(["balance_pairs", "emphasis"])


def emphasis(state: StateInline, silent: bool) -> bool:
    """Text between marks `*`, `_` or `~`, one or two of them."""
    start = state.pos
    mark = state.src[start]
    if mark not in _TAGS or silent or (mark == "~" and not state.md.options.get("gfm")):
        return False
    width = _width(state, mark)
    closing_run = _find_end(state, mark, width) if width else None
    if closing_run is None:
        return mark == "~" and _take_run(state)
    position, closing = closing_run
    end = position + closing
    if mark == "~":
        inner, tag = width, "del"
    else:
        inner = 2 - min(width, closing) % 2
        tag = _TAGS[mark][inner - 1]
    last = state.posMax
    state.pos, state.posMax = start + inner, end - inner
    _mask_of(state)
    state.push(f"{tag}_open", tag, 1).markup = mark * inner
    state.md.inline.tokenize(state)
    state.push(f"{tag}_close", tag, -1).markup = mark * inner
    state.pos, state.posMax = end, last
    return True


def _take_run(state: StateInline) -> bool:
    """Consume a run of tildes that opens nothing as text."""
    run = _RUNS["~"].match(state.src, state.pos, state.posMax)
    assert run is not None
    state.append_pending(run[0])
    state.pos = run.end()
    return True


def _width(state: StateInline, mark: str) -> int:
    """The length of the run of marks that may open emphasis here; 0 for none."""
    run = _RUNS[mark].match(state.src, state.pos, state.posMax)
    assert run is not None
    width = len(run[0])
    after = _kind(state.src[run.end()], mark) if run.end() < state.posMax else SPACE
    before = _char_before(state)
    if after == SPACE or (mark == "~" and width > 2):
        return 0
    if mark == "_" and after == WORD and before.isalnum():
        return 0
    if after == SIGN and before and (before in "*_" or _kind(before, "") == WORD):
        return 0
    return width


def _char_before(state: StateInline) -> str:
    """The last character of the text before a mark, trailing underscores aside."""
    return state.pending.rstrip("_")[-1:]


def _kind(char: str, mark: str) -> int:
    """The class of *char* beside a mark. `~` beside `*` counts as a letter, so that the two can be nested."""
    if char.isspace():
        return SPACE
    if char == "~" and mark == "*":
        return WORD
    return SIGN if category(char)[0] in "PS" else WORD


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
        from markdown_it.common.utils import normalizeReference

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
        mask.runs[mark] = [_run(mask.text, run, mark) for run in _RUNS[mark].finditer(mask.text)]
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


def _run(text: str, run: re.Match[str], mark: str) -> _Run:
    return run.start(), len(run[0]), *_sides(text, run, mark)


def _sides(text: str, run: re.Match[str], mark: str) -> tuple[bool, bool]:
    """Whether *run* may open emphasis, and whether it may close it."""
    before = _kind(text[run.start() - 1], mark) if run.start() else SPACE
    after = _kind(text[run.end()], mark) if run.end() < len(text) else SPACE
    if before == SPACE:
        return after != SPACE, False
    if after == SPACE:
        return False, True
    if before == SIGN:
        return True, after == SIGN
    return after == WORD and mark != "_", after == SIGN or mark != "_"
