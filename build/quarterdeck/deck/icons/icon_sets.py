"""The icons that come with quarterdeck: lucide, and the three free sets of Font Awesome.

A set is a text with a line for each drawing, written by `build/icon_packs.py`. Drawings are found by searching that
text: the largest is read in half a millisecond, and parsing all of them would take far longer.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from quarterdeck.base.shipped import shipped_templates

LUCIDE, SOLID, REGULAR, BRANDS = "lucide", "solid", "regular", "brands"
AWESOME = (SOLID, REGULAR, BRANDS)
"""The sets of Font Awesome Free."""
_OLD = "old"
_DRAWN_BY_US = "none"


class Icon(NamedTuple):
    """A drawing in the colour of the text around it."""

    set: str
    """`lucide`, `solid`, `regular` or `brands`."""
    name: str
    width: float
    """In units of its own, from the origin 0, 0."""
    height: float
    body: str
    """The content of its SVG."""

    @property
    def lines(self) -> bool:
        """Whether it is drawn in lines; icons of Font Awesome are areas."""
        return self.set not in AWESOME


RING = Icon(_DRAWN_BY_US, "ring", 24, 24, '<circle cx="12" cy="12" r="8"/>')
"""Replaces an icon that does not exist."""


@cache
def find_icon(set_name: str, name: str) -> Icon | None:
    """The icon *name* of a set, by its name of today or of an earlier version; None if there is none."""
    if set_name == _DRAWN_BY_US:
        return RING
    line = _find_line(set_name, name)
    if line is None:
        return None
    if line.startswith("="):
        return find_icon(set_name, line[1:])
    width, height, body = line.split("\t")
    return Icon(set_name, name, float(width), float(height), body)


def find_old_name(name: str) -> tuple[str, str] | None:
    """The set and the name of today for a name of Font Awesome 4; None if it has not changed."""
    line = _find_line(_OLD, name)
    return tuple(line[1:].split("/")) if line else None  # type: ignore[return-value]


def notice_of(set_name: str) -> str:
    """The copyright notice of a set; empty for our own drawings."""
    if set_name == _DRAWN_BY_US:
        return ""
    return _load(set_name).partition(b"\n")[0].decode()


@cache
def nearest_icon(name: str, sets: tuple[str, ...]) -> tuple[str, str] | None:
    """The set and the name of the icon whose name shares most words and letters with *name*; None for none."""
    from difflib import SequenceMatcher, get_close_matches

    words = set(name.split("-"))

    def likeness(other: str) -> float:
        theirs = set(other.split("-"))
        shared = len(words & theirs) / len(words | theirs)
        # The first word names the object, the others the variant.
        return shared + SequenceMatcher(None, name, other).ratio() + 0.3 * (name.split("-")[0] == other.split("-")[0])

    names = {other: each for each in reversed(sets) for other in reversed(_names(each))}
    sharing = [other for other in names if words & set(other.split("-"))]
    near = [max(sharing, key=likeness)] if sharing else get_close_matches(name, names, n=1, cutoff=0.7)
    return (names[near[0]], near[0]) if near else None


def _find_line(set_name: str, name: str) -> str | None:
    """The text after *name* in the set."""
    if not re.fullmatch(r"(?a)[A-Za-z0-9][\w-]*", name):
        return None
    data = _load(set_name)
    key = f"\n{name}\t".encode()
    at = data.find(key)
    return None if at < 0 else data[at + len(key) : data.index(b"\n", at + 1)].decode()


def _names(set_name: str) -> list[str]:
    return re.findall(r"(?am)^([\w-]+)\t", _load(set_name).decode())


@cache
def _load(set_name: str) -> bytes:
    return (shipped_templates() / "vendor" / "icons" / f"{set_name}.icons").read_bytes()
