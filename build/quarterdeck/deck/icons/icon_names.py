"""Which icon the classes of an element ask for: the words of Font Awesome 4 to 7, and those of lucide.

Of Font Awesome all free styles are here. A style that is paid for falls back to the free one that is nearest to it, and
a name that an icon had in an earlier version is found under that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quarterdeck.deck.icons.icon_sets import (
    AWESOME,
    BRANDS,
    LUCIDE,
    REGULAR,
    RING,
    SOLID,
    Icon,
    find_icon,
    find_old_name,
    nearest_icon,
)

_FREE = {
    "fa": SOLID, "fas": SOLID, "fa-solid": SOLID, "far": REGULAR, "fa-regular": REGULAR, "fab": BRANDS,
    "fa-brands": BRANDS,
}  # fmt: skip
_PAID = re.compile(
    r"(?P<thin>fa-(?:light|thin|semibold)|fa[lt]|fad[rlt]|fas[rlt]|fasd[rlt])"
    r"|fad|fass|fasds|fak|fa-(?:duotone|sharp(?:-duotone)?|kit(?:-duotone)?"
    r"|chisel|etch|graphite|jelly(?:-duo|-fill)?|mosaic|notdog(?:-duo)?|pixel|slab(?:-duo|-press(?:-duo)?)?|thumbprint"
    r"|utility(?:-duo|-fill)?|vellum|whiteboard)"
)
"""Styles and families that are paid for; those that are *thin* are nearest to the regular style."""
_NO_ICON = re.compile(
    r"fa-(?:\d+x|2?x[sl]|sm|lg|fw|ul|li|border|inverse|classic|swap-opacity|sr-only(?:-focusable)?"
    r"|pull-(?:left|right|start|end)|rotate-(?:90|180|270|by)|width-(?:auto|fixed)|canvas-(?:square|roomy)"
    r"|layers(?:-text|-counter|(?:-top|-bottom)(?:-left|-right))?|stack(?:-[12]x)?"
    r"|spin(?:-reverse|-pulse|-snap(?:-\d)?)?|flip(?:-horizontal|-vertical|-both|-360)?"
    r"|beat(?:-fade)?|fade|bounce|shake|pulse|buzz|wag|float|swing|jello)"
)
"""Words that say how large an icon is, where it stands and how it moves."""
_FOREIGN = {"bi": "Bootstrap's", "glyphicon": "Bootstrap 3's"}
"""Icon fonts that are not here."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the classes of an element ask for."""

    icon: Icon | None
    """A ring for an unknown one; None for icons that only a style of the author's own can show."""
    word: str
    """What the author wrote for it: `fa-ship`."""
    what: str = ""
    """What is odd about it; empty for nothing."""
    hint: str = ""
    once: bool = False
    """Whether it is enough to say that once."""


def find_named(element: str, attributes: Mapping[str, str]) -> Found | None:
    """The icon that an element with these *attributes* shows; None for an element that is none."""
    words = attributes.get("class", "").split()
    name = attributes.get("data-lucide", "").strip()
    if name:
        return _find_lucide(name, name)
    for word in words:
        if word.startswith("lucide-") and word != "lucide-icon":
            return _find_lucide(word.removeprefix("lucide-"), word)
    return _find_awesome(element, words) or _find_foreign(words)


def _find_lucide(name: str, word: str) -> Found:
    """The drawing of lucide, else of any other set: it gave up brands, and a plain name may mean any of them."""
    for each in (LUCIDE, SOLID, BRANDS, REGULAR):
        if icon := find_icon(each, name):
            return Found(icon, word)
    return Found(RING, word, f"no icon '{word}'", _did_you_mean(name, (LUCIDE, *AWESOME)))


def _find_awesome(element: str, words: Sequence[str]) -> Found | None:
    styles = [word for word in words if word in _FREE]
    paid = [word for word in words if _PAID.fullmatch(word)]
    names = [
        word
        for word in words
        if word.startswith("fa-") and word not in styles and word not in paid and not _NO_ICON.fullmatch(word)
    ]
    if not names or not (styles or paid or element == "i"):
        return None
    for word in names:
        if found := _find_in_styles(word, styles, paid):
            return found
    name = names[0].removeprefix("fa-")
    what = f"no icon '{names[0]}' in Font Awesome Free"
    if icon := find_icon(LUCIDE, name):
        return Found(icon, names[0], f"{what}: that of lucide is shown", f"write '{_written(LUCIDE, name)}'")
    return Found(RING, names[0], what, _did_you_mean(name, (*AWESOME, LUCIDE)))


def _find_in_styles(word: str, styles: Sequence[str], paid: Sequence[str]) -> Found | None:
    name = word.removeprefix("fa-")
    wanted = next((_FREE[style] for style in styles if style != "fa"), "")
    if not wanted:
        thin = any(match["thin"] for match in map(_PAID.fullmatch, paid) if match)
        wanted = REGULAR if thin else SOLID
    old = find_old_name(name)
    if old and styles == ["fa"] and not paid:
        return Found(find_icon(*old), word)
    order = (wanted, *(each for each in (SOLID, BRANDS, REGULAR) if each != wanted))
    places = [(each, name) for each in order] + ([old] if old else [])
    icon = next((icon for icon in (find_icon(*place) for place in places) if icon), None)
    if icon is None:
        return None
    if paid:
        what = f"the style '{paid[0]}' is paid for: its icons are shown in the free style nearest to it"
        return Found(icon, paid[0], what, f"write '{_written(icon.set, name)}'", once=True)
    if wanted == REGULAR and icon.set == SOLID and not old:
        return Found(icon, word, f"'{word}' is free in the style 'fa-solid' only", f"write '{_written(SOLID, name)}'")
    return Found(icon, word)


def _find_foreign(words: Sequence[str]) -> Found | None:
    for family, whose in _FOREIGN.items():
        word = next((word for word in words if word.startswith(f"{family}-")), None)
        if word and family in words:
            name = word.removeprefix(f"{family}-")
            what = f"'{word}' is one of {whose} icons, which do not come with quarterdeck"
            return Found(None, word, what, _did_you_mean(name, (LUCIDE, *AWESOME)))
    return None


def _did_you_mean(name: str, sets: tuple[str, ...]) -> str:
    near = nearest_icon(name.lower(), sets)
    return (
        f"did you mean '{_written(*near)}'?" if near else "lucide.dev/icons and fontawesome.com/search show all names"
    )


def _written(set_name: str, name: str) -> str:
    """The classes that show an icon."""
    return f"lucide-{name}" if set_name == LUCIDE else f"fa-{set_name} fa-{name}"
