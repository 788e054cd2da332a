"""Which slide of a build is which slide of the build before.

Each slide has a number that it keeps while it is edited, moved or renamed, so that a page in a browser keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from quarterdeck.deck.page.page_parts import ShownSlide, read_attributes

Key = Callable[[ShownSlide], Hashable]


def follow_slides(
    before: Sequence[ShownSlide], numbers: Sequence[int], now: Sequence[ShownSlide], new_numbers: Iterator[int]
) -> tuple[int, ...]:
    """The numbers of the slides *now*; *numbers* are those of the slides *before*.

    Slides are the same if their texts are, else if their addresses in the same source are, else if they stand between
    the same neighbours.
    """
    first, last = _count_equal(before, now)
    old = dict(enumerate(before[first : len(before) - last], first))
    new = dict(enumerate(now[first : len(now) - last], first))
    pairs: dict[int, int] = {}
    for key in (_text, _address):
        _pair(old, new, key, pairs)
    _pair_between(old, new, pairs, first, len(now) - last)
    shift = len(before) - len(now)

    def number(index: int) -> int:
        if index < first:
            return numbers[index]
        if index >= len(now) - last:
            return numbers[index + shift]
        return numbers[pairs[index]] if index in pairs else next(new_numbers)

    return tuple(map(number, range(len(now))))


def _count_equal(before: Sequence[ShownSlide], now: Sequence[ShownSlide]) -> tuple[int, int]:
    """The number of slides with equal texts at the start, and at the end."""
    most = min(len(before), len(now))
    first = next((index for index in range(most) if _text(before[index]) != _text(now[index])), most)
    rest = most - first
    last = next((index for index in range(rest) if _text(before[-1 - index]) != _text(now[-1 - index])), rest)
    return first, last


def _pair(old: dict[int, ShownSlide], new: dict[int, ShownSlide], key: Key, pairs: dict[int, int]) -> None:
    """Pair what has the same *key*, and take it out of *old* and *new*; keys that are false mean nothing."""
    waiting: dict[Hashable, list[int]] = {}
    for index, slide in old.items():
        if value := key(slide):
            waiting.setdefault(value, []).append(index)
    for index, slide in list(new.items()):
        if (value := key(slide)) and waiting.get(value):
            pairs[index] = waiting[value].pop(0)
            del new[index], old[pairs[index]]


def _pair_between(
    old: dict[int, ShownSlide], new: dict[int, ShownSlide], pairs: dict[int, int], first: int, end: int
) -> None:
    """Pair what is left, in order, between slides that are paired: as many of one source as there were before."""
    index = first
    while index < end:
        if index not in new:
            index += 1
            continue
        run = [index]
        while run[-1] + 1 in new:
            run.append(run[-1] + 1)
        index, after = run[-1] + 1, pairs.get(index - 1, first - 1) + 1
        left = []
        while after in old:
            left.append(after)
            after += 1
        if len(left) <= len(run):
            # Those that are new are the ones that resemble the old slides least: where a slide was inserted above
            # one that was edited, too, the edited one has more lines in common with what it was.
            run = _most_alike(left, run, old, new)
        for old_index, new_index in zip(left, run, strict=False):
            if old[old_index].at.path == new[new_index].at.path:
                pairs[new_index] = old_index


def _most_alike(
    left: Sequence[int], run: Sequence[int], old: dict[int, ShownSlide], new: dict[int, ShownSlide]
) -> list[int]:
    """As many of *run* as there are in *left*, in order."""
    if len(left) == len(run) or not left:
        return list(run)[: len(left)]
    lines = [set(old[index].html.split("\n")) for index in left]
    chosen: list[int] = []
    candidates = list(run)
    for position, wanted_lines in enumerate(lines):
        room = candidates[: len(candidates) - (len(left) - position - 1)]
        best = max(room, key=lambda index: len(wanted_lines & set(new[index].html.split("\n"))))
        chosen.append(best)
        candidates = [index for index in candidates if index > best]
    return chosen


def _text(slide: ShownSlide) -> tuple[str, str]:
    return slide.attributes, slide.html


def _address(slide: ShownSlide) -> tuple[str, str] | None:
    name = read_attributes(slide.attributes).get("id")
    return (slide.at.path, name) if name else None
