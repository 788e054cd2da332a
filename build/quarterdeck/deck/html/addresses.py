"""Addresses in HTML and in styles: those of files become those of the page, those from elsewhere are not loaded.

A deck asks nobody: what a browser would fetch from another machine when it opens the deck is replaced, and the author
is told. Links that a person follows stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from typing import Protocol

from quarterdeck.base.errors import Place, Problems

CSS_URL = re.compile(
    r"(?P<head>\b[Uu][Rr][Ll]\(\s*|@import\s+(?=[\"']))"
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^)\"'\s]+))"
    r"|/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
    re.DOTALL,
)
"""An address in CSS; or a comment or a string, in which nothing is an address, and which holds an empty one."""
NO_STYLE = "data:text/css,"
"""In place of a style sheet, a font or a picture from elsewhere that a style asks for."""
MISSING = (
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%20160%2090'%20width='640'%20"
    "height='360'%3E%3Cpath%20d='M1%201h158v88H1zM1%201l158%2088M159%201L1%2089'%20fill='none'%20stroke='%23888'%20"
    "stroke-dasharray='4'/%3E%3C/svg%3E"
)
"""A crossed frame, in place of a picture that is not there or not ours to show."""

_NO_FILE = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?|\Z)")
_REMOTE = ("http:", "https:", "//", "ftp:", "ws:", "wss:")
_TAG = re.compile(r"<!--(?:-?>|.*?-->)|<[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
"""A tag, or a comment, in which nothing is a tag."""
_ATTRIBUTE = re.compile(
    r"(?P<head>\s(?P<name>[\w:-]+)\s*=\s*)(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'<>]+))"
)
_STYLE = r"(?is)<!--(?:-?>|.*?-->)|(<style\b[^>]*>)(.*?)(</style>)"
_PICTURES = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")

_WITH_ADDRESSES = ("src", "href", "url(", "poster", "data", "<style")
"""What HTML has, some of it at least, in which there are addresses."""
WITH_ICONS = ("fa-", "lucide", "></a>", "bi-", "glyphicon-")
"""What HTML has, some of it at least, in which there are icons or links without words."""
_ICON_FONT = re.compile(r"font-?awesome|\blucide\b", re.IGNORECASE)
"""Addresses of what shows icons in pages elsewhere; here nothing is needed for that."""

_LOADED = frozenset({"src", "poster", "data", "data-src"})
"""Attributes that hold one address, which the browser loads."""
_FOLLOWED = frozenset({"href", "xlink:href", "data-preview-image", "data-preview-video", "data-preview-link"})
"""Attributes that hold one address, which a person follows; but see `_LOADERS`."""
_LOADERS = frozenset({"link", "image", "use", "feimage"})
"""Elements whose `href` is loaded."""
_INSTEAD = {"link": NO_STYLE, "script": "data:text/javascript,"}
"""What is loaded instead of something from elsewhere, by element; `MISSING` in all others."""


class Warn(Protocol):
    """Says what is odd in a file."""

    def __call__(self, word: str, what: str, hint: str, *, once: bool = False) -> None:
        """Say *what* is odd about *word*, which stands in the file; some things are said *once* in a run only."""


def ignore(word: str, what: str, hint: str, *, once: bool = False) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Link:
    """How addresses in a file become addresses in the page."""

    find: Callable[[str], str]
    """Takes the address of a file, and gives the one for the page."""
    refuse: Callable[[str], None]
    """Takes an address from elsewhere that is not loaded."""
    warn: Warn = ignore
    """Takes what is odd about the icons of the file."""

    def follow(self, url: str) -> str:
        """The address for the page of what a person may follow."""
        return url if _NO_FILE.match(url) else self.find(url)

    def load(self, url: str, instead: str = MISSING) -> str:
        """The address for the page of what a browser loads; *instead* for what is elsewhere."""
        if not _NO_FILE.match(url):
            return self.find(url)
        if not is_remote(url):
            return url
        self.refuse(url.strip())
        return instead


def is_file(url: str) -> bool:
    """Whether *url* is the address of a file, here or elsewhere: no fragment, no data."""
    return _NO_FILE.match(url) is None or is_remote(url)


def is_remote(url: str) -> bool:
    """Whether *url* is on another machine."""
    return "//" in url and url.lstrip().lower().startswith(_REMOTE)


def refuse(url: str, at: Place, problems: Problems) -> None:
    """Warn that *url* is not loaded, unless nobody misses it."""
    if _ICON_FONT.search(url) and not _is_picture(url):
        return
    shown = url if len(url) <= 80 else f"{url[:77]}…"
    problems.warn(at, f"'{shown}' is not loaded: a deck asks nobody", "copy it into the project, or link to it")


def link_html(html: str, link: Link) -> str:
    """*html* with each address of a file, in tags and in styles, as *link* gives it, and with its icons."""
    lower = html.lower()
    if any(word in lower for word in _WITH_ADDRESSES):
        html = _link_addresses(html, link)
    return link_icons(html, link)


def link_icons(html: str, link: Link) -> str:
    """*html* with its icons."""
    if not any(word in html for word in WITH_ICONS):
        return html
    from quarterdeck.deck.icons.draw import draw_icons

    return draw_icons(html, link.warn)


def _link_addresses(html: str, link: Link) -> str:
    def tag(match: re.Match[str]) -> str:
        text = match[0]
        # A comment loads nothing, and most tags are those of coloured code, which have a class and nothing else.
        plain = text.startswith("<!--") or (text.startswith('<span class="') and text.count("=") == 1)
        return text if plain or "=" not in text else _link_tag(text, link)

    def style(match: re.Match[str]) -> str:
        return f"{match[1]}{link_css(match[2], link)}{match[3]}" if match[1] else match[0]

    html = _TAG.sub(tag, html)
    return re.sub(_STYLE, style, html) if "<style" in html.lower() else html


def _link_tag(tag: str, link: Link) -> str:
    element = tag[1:].split(None, 1)[0].lower()

    def attribute(match: re.Match[str]) -> str:
        value = unescape(match["double"] or match["single"] or match["bare"] or "")
        name = match["name"].lower()
        if element == "iframe" and name in ("src", "data-src") and is_remote(value):
            link.refuse(value.strip())
            there = escape(value.strip())
            page = f'<a href="{there}" target="_blank" style="font: 2em sans-serif; color: #888">{there}</a>'
            return f' srcdoc="{escape(page)}"'
        linked = link_attribute(name, value, link, element)
        return match[0] if linked == value else f'{match["head"]}"{escape(linked)}"'

    return _ATTRIBUTE.sub(attribute, tag)


def link_attribute(name: str, value: str, link: Link, element: str = "section") -> str:
    """The value of an attribute, with each address in it as *link* gives it."""
    if name in _FOLLOWED and element not in _LOADERS:
        return link.follow(value)
    if name in _LOADED or name in _FOLLOWED:
        return link.load(value, _INSTEAD.get(element, MISSING))
    if name == "data-background" and (_is_picture(value) or is_remote(value)):
        return link.load(value)
    if name == "data-background-iframe":  # a page in place of it would cover the ground of the slide with white
        return link.load(value, "").replace(MISSING, "")
    if name == "data-background-video":  # a crossed frame is no video: the page would wait for it for ever
        videos = [value] if value.startswith("data:") else [link.load(part.strip(), "") for part in value.split(",")]
        return ",".join(video for video in videos if video not in ("", MISSING))
    if name == "data-background-image":
        if value.startswith("data:") or "," not in value:
            return link.load(value)
        return ",".join(link.load(part.strip()) for part in value.split(","))
    if name in ("srcset", "data-srcset") and "data:" not in value:
        parts = (part.split(None, 1) for part in value.split(",") if part.strip())
        return ", ".join(" ".join([link.load(part[0]), *part[1:]]) for part in parts)
    if name == "style" and "url(" in value.lower():
        return link_css(value, link)
    return value


def _is_picture(url: str) -> bool:
    return re.split("[?#]", url, maxsplit=1)[0].lower().endswith(_PICTURES)


def link_css(css: str, link: Link) -> str:
    """*css* that stands in a page, with each address in it as *link* gives it."""

    def replace(match: re.Match[str]) -> str:
        url = match["double"] or match["single"] or match["bare"] or ""
        linked = link.load(url, NO_STYLE)
        return match[0] if linked == url else f"{match['head']}'{linked}'"

    return CSS_URL.sub(replace, css)
