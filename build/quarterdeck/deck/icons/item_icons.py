"""The icons of agenda and summary: names, classes, elements, signs and pictures become HTML."""

from __future__ import annotations

import re
from html import escape

from quarterdeck.deck.html.addresses import Link
from quarterdeck.deck.html.inline import inline_html, plain_text
from quarterdeck.deck.icons.draw import link_and_draw
from quarterdeck.deck.icons.icon_sets import LUCIDE, find_icon
from quarterdeck.deck.icons.shorthand import write_out_icon

_PICTURE = re.compile(
    r"[^\s<>]+\.[A-Za-z][A-Za-z0-9]{1,4}(?:[?#]\S*)?|[^<>]+\.(?:avif|bmp|gif|ico|jpe?g|png|svg|webp)"
    r"|(?:data:|https?://).*",
    re.IGNORECASE | re.DOTALL,
)
_CLASSES = re.compile(r"(?:\S+ )*(?:fa|lucide|bi|glyphicon)-[\w-]+(?: \S+)*|(?:fa[a-z]*|bi|glyphicon) .*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,}(?: [\w-]+)*")
_SIGNS = 3
"""How long a text without signs of its own may be that stands for itself: `42.`."""
_SHOWN = re.compile(r"<(?:svg|img|picture|video)\b")


def render_icon(text: str, link: Link) -> str:
    """The HTML of the icon that *text* asks for; a ring for an unknown one, which is reported.

    Args:
        text: `ship`, `:fa-ship:`, `fa-solid fa-ship`, `<i class="fa-solid fa-ship"></i>`, `§` or `pictures/ship.svg`.
        link: How the deck file refers to files, and where what is odd is said.
    """
    if "<" not in text and _PICTURE.fullmatch(text):
        return f'<img src="{escape(link.load(text))}" alt="">'
    html = link_and_draw(_element(text), link)
    is_word = "<" not in html and len(text) > _SIGNS and text.isascii()
    if is_word or not (_SHOWN.search(html) or plain_text(html)):
        link.warn(text, f"no icon in '{text}'", "for example: 'ship', 'fa-solid fa-ship'")
        return ""
    return html


def _element(text: str) -> str:
    if "<" in text:
        return inline_html(text)
    if short := write_out_icon(text):
        return short
    if _CLASSES.fullmatch(text):
        return f'<i class="{escape(text)}"></i>'
    if find_icon(LUCIDE, text) or _NAME.fullmatch(text):
        return f'<i data-lucide="{escape(text)}"></i>'
    return escape(text)
