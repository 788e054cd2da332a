"""The icons that come with quarterdeck: lucide, and the three free sets of Font Awesome.

A set is one text, a line for each drawing, which `build/icon_packs.py` writes. A drawing is found by searching that
text: the largest is read in half a millisecond, and parsing all of them would take far longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from quarterdeck.base.shipped import shipped_templates

LUCIDE, SOLID, REGULAR, BRANDS = "lucide", "solid", "regular", "brands"
AWESOME = (SOLID, REGULAR, BRANDS)
"""The sets of Font Awesome Free."""
_OLD = "old"
_DRAWN_BY_US = "none"
_NAME = re.compile(r"[A-Za-z0-9][\w-]*\Z", re.ASCII)
_NAMES = re.compile(rb"^([\w-]+)\t", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Icon:
    """A drawing in the colour of the text around it."""

    set: str
    """Which one it comes from: `lucide`, `solid`, `regular`, `brands`."""
    name: str
    width: float
    """In units of its own, with its origin at 0, 0."""
    height: float
    body: str
    """The inside of its SVG."""

    @property
    def lines(self) -> bool:
        """Whether it is drawn in lines; those of Font Awesome are areas."""
        return self.set not in AWESOME


RING = Icon(_DRAWN_BY_US, "ring", 24, 24, '<circle cx="12" cy="12" r="8"/>')
"""What stands in place of an icon that is not there."""


@cache
def find_icon(set_name: str, name: str) -> Icon | None:
    """The drawing that a set has under *name*, which may be an older name; None for none."""
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
    """The set and the name of today for a name of Font Awesome 4; None where that has not changed."""
    line = _find_line(_OLD, name)
    return tuple(line[1:].split("/")) if line else None  # type: ignore[return-value]


def notice_of(set_name: str) -> str:
    """Whose the drawings of a set are; empty for those that we drew."""
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
        # The first word is what is drawn, the others say how.
        return shared + SequenceMatcher(None, name, other).ratio() + 0.3 * (name.split("-")[0] == other.split("-")[0])

    known = dict(reversed([(one, each) for each in sets for one in _names(each)]))
    sharing = [one for one in known if words & set(one.split("-"))]
    near = [max(sharing, key=likeness)] if sharing else get_close_matches(name, known, n=1, cutoff=0.7)
    return (known[near[0]], near[0]) if near else None


def _find_line(set_name: str, name: str) -> str | None:
    """What stands after *name* in the set."""
    if not _NAME.match(name):
        return None
    data = _load(set_name)
    key = f"\n{name}\t".encode()
    at = data.find(key)
    return None if at < 0 else data[at + len(key) : data.index(b"\n", at + 1)].decode()


def _names(set_name: str) -> Iterator[str]:
    yield from (name.decode() for name in _NAMES.findall(_load(set_name)))


@cache
def _load(set_name: str) -> bytes:
    return (shipped_templates() / "vendor" / "icons" / f"{set_name}.icons").read_bytes()
