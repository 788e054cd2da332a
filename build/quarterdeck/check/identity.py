"""Equal values must stay equal: the values of two runs correspond one to one.

A digest may differ in each run. But if step 4 showed the digest of step 2, it must show that of step 2 again, and a
short id must still be the start of the digest that it was the start of.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_HEX = ("digest", "commit", "id")
"""Kinds of which one value may be the start of another."""

_SHORTEST = 7
"""Digits of the shortest of them."""

_LONGEST_VALUE = 19
"""Characters of a value in a message."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of an identity kind that stand in the same place of two runs."""

    kind: str
    recorded: str
    now: str
    step: str
    """The name or number of the step."""
    line: int
    """The line of the step's output now, from 1."""
    batch: str = ""
    """Names the pairs of the step whose values may be paired otherwise, since their order is random."""


@dataclass(frozen=True, slots=True)
class IdentityBreak:
    """A relation between values that held in only one of the two runs."""

    step: str
    """The later of the two steps that the relation is about."""
    text: str
    """The relation, in words."""


def broken_identities(pairs: Sequence[Pair]) -> tuple[IdentityBreak, ...]:
    """Every relation between values that holds in only one run; *pairs*: those of a whole demo, in order."""
    first: dict[tuple[str, str], Pair] = {}
    taken: dict[tuple[str, str], Pair] = {}
    seen: set[tuple[str, str, str]] = set()
    reported: set[tuple[str, str]] = set()
    sound: list[Pair] = []
    breaks: list[IdentityBreak] = []
    for pair in _settled(pairs):
        if (pair.kind, pair.recorded, pair.now) in seen:
            continue
        seen.add((pair.kind, pair.recorded, pair.now))
        before = first.setdefault((pair.kind, pair.recorded), pair)
        other = taken.setdefault((pair.kind, pair.now), pair)
        if before is other is pair:
            sound.append(pair)
        elif _both_start(pair) not in reported:
            reported.add(_both_start(pair))
            if before is pair:
                plural = pair.kind + ("es" if pair.kind.endswith("h") else "s")
                text = f"two {plural} that differed are now the same (in {_origin(other, pair)} and {_place(pair)})"
            else:
                text = f"{pair.kind} was the same as in {_origin(before, pair)}, now it differs ({_place(pair)})"
            breaks.append(IdentityBreak(pair.step, text))
    images = {(recorded, now) for kind, recorded, now in seen if kind in _HEX}
    return (*breaks, *_broken_starts(sound, images))


def _settled(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """*pairs*, with those of a batch paired as the other pairs require; the rest of them in order."""
    counterparts: dict[str, str] = {}
    batches: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        if pair.batch:
            batches.setdefault((pair.step, pair.batch), []).append(pair)
        elif pair.kind in _HEX:
            counterparts.setdefault(pair.recorded[:_SHORTEST], pair.now[:_SHORTEST])
    chosen: dict[tuple[str, str], dict[str, tuple[str, int]]] = {}
    for key, batch in batches.items():
        waiting = {pair.now[:_SHORTEST]: (pair.now, pair.line) for pair in reversed(batch)}
        recorded = dict.fromkeys(pair.recorded for pair in batch)
        images = {value: waiting.pop(counterparts.get(value[:_SHORTEST], ""), None) for value in recorded}
        rest = reversed(waiting.values())
        chosen[key] = {
            value: chosen_image for value, image in images.items() if (chosen_image := image or next(rest, None))
        }
        for value, (now, _) in chosen[key].items():
            counterparts.setdefault(value[:_SHORTEST], now[:_SHORTEST])
    for pair in pairs:
        if pair.batch:
            now, line = chosen[pair.step, pair.batch].get(pair.recorded, (pair.now, pair.line))
            pair = replace(pair, now=now, line=line)
        yield pair


def _both_start(pair: Pair) -> tuple[str, str]:
    """What a break has in common with that of the longer and shorter values that go with it."""
    if pair.kind in _HEX:
        return pair.recorded[:_SHORTEST], pair.now[:_SHORTEST]
    return f"{pair.kind} {pair.recorded}", pair.now


def _broken_starts(sound: Sequence[Pair], images: set[tuple[str, str]]) -> Iterator[IdentityBreak]:
    """Short ids that start other values than they did, one message for each.

    *sound* are the pairs without a broken relation, in order; *images* all pairs of values, so that a break between two
    steps is reported once.
    """
    order = {pair: index for index, pair in enumerate(sound)}
    by_recorded = sorted((pair.recorded, index) for pair, index in order.items() if pair.kind in _HEX)
    by_now = sorted((pair.now, index) for pair, index in order.items() if pair.kind in _HEX)
    images_of: dict[str, list[str]] = {}
    for recorded, now in images:
        images_of.setdefault(recorded, []).append(now)
    for index, short in enumerate(sound):
        if short.kind != "id":
            continue
        before = _longer(by_recorded, short.recorded)
        after = _longer(by_now, short.now)
        lost = {
            other
            for other in before - after
            if not any(image.startswith(short.now) for image in images_of[sound[other].recorded])
        }
        if changed := lost or (set() if before else after):
            other = min(changed)
            yield _start_message(short, sound[other], index > other, held=bool(lost))


def _longer(values: Sequence[tuple[str, int]], start: str) -> set[int]:
    """The indexes of those *values*, which are sorted, that begin with *start* and are longer."""
    longer = set()
    for position in range(bisect_left(values, (start,)), len(values)):
        value, index = values[position]
        if not value.startswith(start):
            break
        if len(value) > len(start):
            longer.add(index)
    return longer


def _start_message(short: Pair, other: Pair, short_is_later: bool, *, held: bool) -> IdentityBreak:
    later, earlier = (short, other) if short_is_later else (other, short)
    origin, place = _origin(earlier, later), _place(later)
    if short_is_later:
        relation = f"the start of the {other.kind} in {origin}"
        text = f"was {relation}, now it is not" if held else f"is now {relation}, which it was not"
    else:
        relation = f"with the id in {origin}"
        text = f"began {relation}, now it does not" if held else f"begins now {relation}, which it did not"
    return IdentityBreak(later.step, f"{later.kind} {text} ({place})")


def _origin(before: Pair, pair: Pair) -> str:
    return f"line {before.line}" if before.step == pair.step else f"step {before.step}"


def _place(pair: Pair) -> str:
    value = pair.now if len(pair.now) <= _LONGEST_VALUE else f"{pair.now[:_LONGEST_VALUE]}…"
    return f"line {pair.line}: {value}"
