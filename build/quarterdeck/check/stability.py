"""Two runs of an unchanged demo: the steps whose outputs differ, and masks that would make them the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from quarterdeck.check.drift import compare_masked, plain_lines
from quarterdeck.check.line_diff import align_lines
from quarterdeck.check.mask import mask_lines
from quarterdeck.check.mask_kinds import MASKS
from quarterdeck.check.verdict import StepVerdict, Verdict, extra_masks
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import Recording

_TOKEN = re.compile(r"\w+| +|\W")
_CONTEXT = 24
"""Characters before a value that its mask names, so that it finds nothing else."""
_ANY_WORD = r"\w+"
_CLASSES = ("[0-9]+", "[0-9a-f]+", _ANY_WORD)
"""What a value may be, the narrowest first."""


def find_unstable(
    verdicts: Sequence[StepVerdict], first: Recording, second: Recording, demo: Demo, masks: Mapping[str, str]
) -> Iterator[tuple[StepVerdict, str]]:
    """The steps of *demo* whose two outputs differ under masks, each with a hint; *verdicts* judge the second."""
    for verdict in verdicts:
        if verdict.verdict is Verdict.DRIFTED:
            was, now = (
                next(step.output for step in recording.steps if step.step == verdict.step.key)
                for recording in (first, second)
            )
            extra = extra_masks(verdict.step.options, demo, masks)
            yield verdict, _hint(verdict, was, now, extra, (*demo.keep, *verdict.step.options.keep))


def _hint(verdict: StepVerdict, was: str, now: str, extra: Mapping[str, str], keep: Sequence[str]) -> str:
    if verdict.step.options.compare == "exact":
        return "`compare: masked` passes over what is volatile; `compare: none` over all of the output"
    suggested = suggest_masks(was, now, extra=extra, keep=keep)
    if suggested:
        quoted = {name: regex.replace("'", "''") for name, regex in suggested.items()}  # as YAML quotes quotes
        table = ", ".join(f"{name}: '{regex}'" for name, regex in quoted.items())
        return f"`#@ mask: {{{table}}}` below the step's caption masks it"
    shapes = (Counter(line.shape for line in mask_lines(text, extra=extra, keep=keep)) for text in (was, now))
    if next(shapes) == next(shapes):
        return "the lines come in another order each time: sort them, or say `#@ compare: none`"
    return "pin what varies, show less of it, or say `#@ compare: none`: then only the exit status counts"


def suggest_masks(was: str, now: str, *, extra: Mapping[str, str] = {}, keep: Sequence[str] = ()) -> dict[str, str]:
    """Masks, name to regular expression, under which two outputs are the same; none if no simple ones do that.

    They are verified: with all of them, the comparison finds no difference.
    """
    if "\n" not in f"{was}{now}":
        return {}
    masks: dict[str, str] = {}
    for old, new in _pairs(was, now, extra, keep):
        for regex, name in _values(old, new):
            if regex not in masks.values():
                masks[_fresh(name, {**masks, **extra})] = regex
    drift = compare_masked(was, now, step="", extra={**masks, **extra}, keep=keep)
    return masks if masks and not drift.changes else {}


def _pairs(was: str, now: str, extra: Mapping[str, str], keep: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Lines of both runs that stand in for each other, as shapes."""
    old, new = (mask_lines("\n".join(plain_lines(text)), extra=extra, keep=keep) for text in (was, now))
    for changed, block in groupby(align_lines(old, new), key=lambda row: None in row):
        if changed:
            rows = list(block)
            gone = [old[left].shape for left, _ in rows if left is not None]
            come = [new[right].shape for _, right in rows if right is not None]
            yield from zip(gone, come, strict=False)


def _values(old: str, new: str) -> Iterator[tuple[str, str]]:
    """For each word in which two lines differ, a regular expression that finds it, and a name for it."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) != len(after):
        return
    start = 0
    for index, (word, other) in enumerate(zip(before, after, strict=True)):
        if word == other:
            continue
        if word.isspace() and other.isspace() and index:
            before[index] = "  "  # a column, whose width varies
            continue
        kind = next((kind for kind in _CLASSES if re.fullmatch(kind, word) and re.fullmatch(kind, other)), None)
        if kind is None:
            return
        lead = "".join(before[start:index])
        context = re.sub(r"^\w+\b", "", lead[-_CONTEXT:]) if len(lead) > _CONTEXT else lead
        anchor = "^" if start == 0 and len(lead) <= _CONTEXT else ""
        words = re.findall(r"[A-Za-z]\w{2,}", lead)
        if kind == _ANY_WORD and not words:
            return
        yield f"{anchor}{_escaped(context)}({kind})", (words[-1].lower() if words else "value")
        start = index + 1


def _fresh(name: str, taken: Mapping[str, str]) -> str:
    """*name*, or a similar name that is neither a kind nor a mask."""
    candidates = (name, f"{name}-value", *(f"{name}-{number}" for number in range(2, 1000)))
    return next(candidate for candidate in candidates if candidate not in taken and candidate not in MASKS)


def _escaped(text: str) -> str:
    escaped = re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)
    # Columns are as wide as what stands in them; an indentation is none.
    return re.sub(r"(?<=[^ ]) {2,}", " +", escaped)
