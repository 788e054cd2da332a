"""Icons in HTML: `<i class="fa-solid fa-ship"></i>` gets its drawing, in the size and the colour of the text.

A page holds each drawing once, as a symbol, which works from `file://`, on paper and in one file alike. Only speaker
notes, which reveal.js shows in a window of their own, hold theirs whole. This is done after slides were rendered and
kept: what is drawn depends on nothing that is kept, and what is odd is said in each build.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from quarterdeck.deck.html.addresses import Link, Warn, link_html
from quarterdeck.deck.html.tokens import Edit, Tag, read_tokens, splice
from quarterdeck.deck.icons.icon_names import find_named
from quarterdeck.deck.icons.icon_sets import Icon, find_icon, notice_of
from quarterdeck.deck.icons.link_signs import sign_of

STYLE_SHEET = "icons.css"
"""The template with the sizes and movements of icons; only pages with icons load it."""

WITH_ICONS = ("fa-", "lucide", "></a>", "bi-", "glyphicon-")
"""Texts of which HTML with icons, or with links without words, has at least one."""
_NO_HOLDERS = frozenset({"area", "body", "br", "col", "embed", "hr", "html", "img", "input", "link", "meta", "section"})
"""Elements that hold no drawing."""
_NAMED = frozenset({"b", "em", "i", "span", "strong"})
"""Elements whose `title` is the icon's, and not that of what a click on it does."""
_USED = re.compile(r'(?:<use href="#|\sdata-sign=")icon_([a-z]+)_([\w-]+)"')
_SHEET = re.compile(r'<link rel="stylesheet"|</head>')
_BODY = re.compile(r"<body\b[^>]*>")


def link_and_draw(html: str, link: Link) -> str:
    """*html* with its addresses as *link* gives them, and with its icons."""
    return draw_icons(link_html(html, link), link.warn)


def draw_icons(html: str, warn: Warn) -> str:
    """*html* with a drawing in each element that names an icon, by its classes or by `data-lucide`.

    A link without contents gets the name of its sign, for `deck.js`.
    """
    if not any(text in html for text in WITH_ICONS):
        return html
    return splice(html, _edits(html, warn))


def _edits(html: str, warn: Warn) -> Iterator[Edit]:
    in_notes = in_drawing = False
    for tag in read_tokens(html):
        if not isinstance(tag, Tag):
            continue
        if tag.name == "svg":
            in_drawing = not (tag.closing or tag.empty)
        elif tag.name == "aside":
            in_notes = "notes" in tag.classes
        if tag.closing or in_drawing or tag.end - tag.start == len(tag.name) + 2 or tag.name in _NO_HOLDERS:
            continue
        drawing = _draw(tag, warn, whole=in_notes)
        if drawing and not html.startswith("<svg", tag.end):
            yield tag.end, tag.end, drawing
        elif tag.name == "a" and not drawing and html.startswith("</a>", tag.end):
            yield from _sign_edits(tag)


def _draw(tag: Tag, warn: Warn, *, whole: bool) -> str:
    written = tag.text[tag.start : tag.end]
    if "-" not in written or not ("class" in written or "data-lucide" in written):
        return ""
    attributes = tag.attributes
    found = find_named(tag.name, attributes)
    if found is None:
        return ""
    if found.what:
        warn(found.word, found.what, found.hint, once=found.once)
    if found.icon is None:
        return ""
    label = attributes.get("aria-label") or attributes.get("title", "") if tag.name in _NAMED else ""
    return _svg(found.icon, "" if attributes.get("aria-hidden") == "true" else label, whole=whole)


def _sign_edits(tag: Tag) -> Iterator[Edit]:
    sign = sign_of(tag.attributes["href"]) if "href" in tag.attributes and "data-sign" not in tag.attributes else None
    if sign:
        yield tag.end - 1, tag.end, f' data-sign="{_id(sign)}">'


def _id(icon: Icon) -> str:
    return f"icon_{icon.set}_{icon.name}"


def _svg(icon: Icon, label: str, *, whole: bool) -> str:
    size = f'width="{icon.width / icon.height:.4g}em" height="1em"'
    width = ' stroke-width="2"' if icon.lines else ""
    name = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    head = f'<svg class="glyph" {size}{width} {name}'
    if whole:
        notice = notice_of(icon.set)
        return f"{head} {_paint(icon)}>{f'<!--{notice}-->' if notice else ''}{icon.body}</svg>"
    return f'{head}><use href="#{_id(icon)}"/></svg>'


def _paint(icon: Icon) -> str:
    view = f'viewBox="0 0 {icon.width:g} {icon.height:g}" overflow="visible"'  # some reach beyond
    if icon.lines:
        return f'{view} fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    return f'{view} fill="currentColor"'


def add_symbols(html: str, style_sheet: Callable[[], str]) -> str:
    """The page *html*, whose icons are drawn, with the symbols that it uses and their style sheet.

    Args:
        html: The page.
        style_sheet: Publishes `icons.css` and gives its address. It comes before all other styles: any of them wins.
    """
    found = (find_icon(*key) for key in dict.fromkeys(_USED.findall(html)))
    icons = [icon for icon in found if icon]
    if not icons:
        return html
    notices = dict.fromkeys(notice_of(icon.set) for icon in icons)
    parts = [f"<!-- {notice} -->" for notice in notices if notice]
    parts += [f'<symbol id="{_id(icon)}" {_paint(icon)}>{icon.body}</symbol>' for icon in icons]
    sprite = "\n".join(['\n<svg aria-hidden="true" style="display: none">', *parts, "</svg>"])
    sheet = f'<link rel="stylesheet" href="{style_sheet()}">\n'
    html = _SHEET.sub(lambda match: sheet + match[0], html, count=1)
    body = _BODY.search(html)
    at = body.end() if body else len(html)
    return html[:at] + sprite + html[at:]
