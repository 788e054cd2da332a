"""Which icon an author means, by classes, short forms and links.

All free styles of Font Awesome 4 to 7 and all icons of lucide come with quarterdeck. A paid style falls back to the
nearest free one, and icons are found by their names in earlier versions, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

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

if TYPE_CHECKING:
    from markdown_it.token import Token

_FREE = {
    "fa": SOLID, "fas": SOLID, "fa-solid": SOLID, "far": REGULAR, "fa-regular": REGULAR, "fab": BRANDS,
    "fa-brands": BRANDS,
}  # fmt: skip
_PAID = (
    r"(?P<thin>fa-(?:light|thin|semibold)|fa[lt]|fad[rlt]|fas[rlt]|fasd[rlt])"
    r"|fad|fass|fasds|fak|fa-(?:duotone|sharp(?:-duotone)?|kit(?:-duotone)?"
    r"|chisel|etch|graphite|jelly(?:-duo|-fill)?|mosaic|notdog(?:-duo)?|pixel|slab(?:-duo|-press(?:-duo)?)?|thumbprint"
    r"|utility(?:-duo|-fill)?|vellum|whiteboard)"
)
"""Paid styles and families; the nearest free style of those that are *thin* is the regular one."""
_NO_ICON = (
    r"fa-(?:\d+x|2?x[sl]|sm|lg|fw|ul|li|border|inverse|classic|swap-opacity|sr-only(?:-focusable)?"
    r"|pull-(?:left|right|start|end)|rotate-(?:90|180|270|by)|width-(?:auto|fixed)|canvas-(?:square|roomy)"
    r"|layers(?:-text|-counter|(?:-top|-bottom)(?:-left|-right))?|stack(?:-[12]x)?"
    r"|spin(?:-reverse|-pulse|-snap(?:-\d)?)?|flip(?:-horizontal|-vertical|-both|-360)?"
    r"|beat(?:-fade)?|fade|bounce|shake|pulse|buzz|wag|float|swing|jello)"
)
"""Words for the size, the position and the motion of an icon."""
_FOREIGN = {"bi": "Bootstrap's", "glyphicon": "Bootstrap 3's"}
"""Icon fonts that do not come with quarterdeck."""


_SHORT_FORM = (
    r"(?<![\w:]):(?:(?P<lucide>lucide-[a-z0-9-]+)"
    r"|fa-(?:(?P<style>solid|regular|brands)-)?(?P<name>[a-z0-9-]+)):(?![\w:])"
)
"""`:lucide-ship:`, `:fa-docker:`, `:fa-regular-file-lines:`."""
_HOSTS = {
    "bsky.app": "bluesky", "docker.com": "docker", "github.com": "github", "github.io": "github",
    "gitlab.com": "gitlab", "linkedin.com": "linkedin", "meetup.com": "meetup", "slideshare.net": "slideshare",
    "stackoverflow.com": "stack-overflow", "twitter.com": "x-twitter", "wikipedia.org": "wikipedia-w",
    "x.com": "x-twitter", "youtu.be": "youtube", "youtube.com": "youtube",
}  # fmt: skip
"""The brand of each host and its subdomains."""


class NamedIcon(NamedTuple):
    """The icon that the classes of an element name."""

    icon: Icon | None
    """A ring for an unknown icon; None for icons that only a style of the author can show."""
    word: str
    """The class that names it: `fa-ship`."""
    what: str = ""
    """What is wrong with it; empty for nothing."""
    hint: str = ""
    once: bool = False
    """Whether one warning in a run is enough."""


def find_named(element: str, attributes: Mapping[str, str]) -> NamedIcon | None:
    """The icon that an element with these *attributes* names; None if it names none."""
    words = attributes.get("class", "").split()
    if name := attributes.get("data-lucide", "").strip():
        return _find_lucide(name, name)
    for word in words:
        if word.startswith("lucide-") and word != "lucide-icon":
            return _find_lucide(word.removeprefix("lucide-"), word)
    return _find_awesome(element, words) or _find_foreign(words)


def _find_lucide(name: str, word: str) -> NamedIcon:
    """The icon of lucide, else of any other set: lucide dropped brands, and a plain name may mean any of them."""
    icon = next(filter(None, (find_icon(each, name) for each in (LUCIDE, SOLID, BRANDS, REGULAR))), None)
    if icon:
        return NamedIcon(icon, word)
    return NamedIcon(RING, word, f"no icon '{word}'", _did_you_mean(name, (LUCIDE, *AWESOME)))


def _find_awesome(element: str, words: Sequence[str]) -> NamedIcon | None:
    styles = [word for word in words if word in _FREE]
    paid = [word for word in words if re.fullmatch(_PAID, word)]
    others = (word for word in words if word.startswith("fa-") and word not in (*styles, *paid))
    names = [word for word in others if not re.fullmatch(_NO_ICON, word)]
    if not names or not (styles or paid or element == "i"):
        return None
    for word in names:
        if named := _find_in_styles(word, styles, paid):
            return named
    name = names[0].removeprefix("fa-")
    what = f"no icon '{names[0]}' in Font Awesome Free"
    if icon := find_icon(LUCIDE, name):
        return NamedIcon(icon, names[0], f"{what}: that of lucide is shown", f"write '{_classes(LUCIDE, name)}'")
    return NamedIcon(RING, names[0], what, _did_you_mean(name, (*AWESOME, LUCIDE)))


def _find_in_styles(word: str, styles: Sequence[str], paid: Sequence[str]) -> NamedIcon | None:
    name = word.removeprefix("fa-")
    thin = any(match["thin"] for match in (re.fullmatch(_PAID, style) for style in paid) if match)
    style = next((_FREE[style] for style in styles if style != "fa"), REGULAR if thin else SOLID)
    old = find_old_name(name)
    if old and styles == ["fa"] and not paid:
        return NamedIcon(find_icon(*old), word)
    places = [(each, name) for each in dict.fromkeys((style, SOLID, BRANDS, REGULAR))] + ([old] if old else [])
    icon = next(filter(None, (find_icon(*place) for place in places)), None)
    if icon is None:
        return None
    if paid:
        what = f"the style '{paid[0]}' is paid for: its icons are shown in the free style nearest to it"
        return NamedIcon(icon, paid[0], what, f"write '{_classes(icon.set, name)}'", once=True)
    if style == REGULAR and icon.set == SOLID and not old:
        what = f"'{word}' is free in the style 'fa-solid' only"
        return NamedIcon(icon, word, what, f"write '{_classes(SOLID, name)}'")
    return NamedIcon(icon, word)


def _find_foreign(words: Sequence[str]) -> NamedIcon | None:
    for family, owner in _FOREIGN.items():
        icons = [word for word in words if word.startswith(f"{family}-")]
        if icons and family in words:
            what = f"'{icons[0]}' is one of {owner} icons, which do not come with quarterdeck"
            hint = _did_you_mean(icons[0].removeprefix(f"{family}-"), (LUCIDE, *AWESOME))
            return NamedIcon(None, icons[0], what, hint)
    return None


def _did_you_mean(name: str, sets: tuple[str, ...]) -> str:
    near = nearest_icon(name.lower(), sets)
    return (
        f"did you mean '{_classes(*near)}'?" if near else "lucide.dev/icons and fontawesome.com/search show all names"
    )


def _classes(set_name: str, name: str) -> str:
    return f"lucide-{name}" if set_name == LUCIDE else f"fa-{set_name} fa-{name}"


def find_sign(address: str) -> Icon | None:
    """The icon for a link to *address* without text; None for an invalid address."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme == "mailto":
        return find_icon(LUCIDE, "mail")
    if not host:
        return find_icon(LUCIDE, "link")
    labels = host.split(".")
    brands = (_HOSTS.get(".".join(labels[at:])) for at in range(len(labels)))
    brand = next(filter(None, brands), None)
    return find_icon(BRANDS, brand) if brand else find_icon(LUCIDE, "external-link")


def write_out_icons(tokens: Sequence[Token]) -> None:
    """Replace the short forms in the text of *tokens* by elements, which are drawn with all others later."""
    for token in tokens:
        if token.children:
            token.children = [part for child in token.children for part in _split(child)]


def write_out_icon(text: str) -> str:
    """The element of the short form *text*; empty for any other text."""
    icon = re.fullmatch(_SHORT_FORM, text)
    return _element(icon) if icon else ""


def without_icons(text: str) -> str:
    """The Markdown *text* without short forms of icons."""
    return re.sub(_SHORT_FORM, "", text)


def _split(token: Token) -> Iterator[Token]:
    """*token*, split at the icons in its text."""
    start = 0
    for icon in re.finditer(_SHORT_FORM, token.content) if token.type == "text" else ():
        yield token.copy(content=token.content[start : icon.start()])
        yield token.copy(type="html_inline", content=_element(icon))
        start = icon.end()
    yield token.copy(content=token.content[start:]) if start else token


def _element(icon: re.Match[str]) -> str:
    classes = icon["lucide"] or f"fa-{icon['style'] or 'solid'} fa-{icon['name']}"
    return f'<i class="{classes}"></i>'
