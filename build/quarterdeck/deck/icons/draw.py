"""Icons in HTML: `<i class="fa-solid fa-ship"></i>` gets its drawing, in the size and the colour of the text.

A page holds each drawing once, as a symbol, which works from `file://`, on paper and in a single file. Only speaker
notes, which reveal.js shows in another window, hold drawings themselves. Icons are drawn after rendered slides were
cached, so that each build repeats its warnings.

A link without contents only gets the name of its sign: many decks show an icon there by a style of their own, and
`deck.js` shows the sign where nothing is visible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

from quarterdeck.deck.html.addresses import Link, Warn, link_html
from quarterdeck.deck.html.inline import inline_html, plain_text
from quarterdeck.deck.html.tokens import Edit, Tag, read_tokens, splice
from quarterdeck.deck.icons.icon_names import find_named, find_sign, write_out_icon
from quarterdeck.deck.icons.icon_sets import LUCIDE, Icon, find_icon, notice_of

STYLE_SHEET = "icons.css"
"""The template with the sizes and motions of icons; only pages with icons load it."""

_WITH_ICONS = ("fa-", "lucide", "></a>", "bi-", "glyphicon-")
"""HTML with icons, or with links without contents, contains any of these."""
_NO_HOLDERS = frozenset({"area", "body", "br", "col", "embed", "hr", "html", "img", "input", "link", "meta", "section"})
"""Elements that hold no drawing."""
_NAMED = frozenset({"b", "em", "i", "span", "strong"})
"""Elements whose `title` names the icon; that of a link or a button says what a click does."""
_PICTURE = (
    r"(?is)[^\s<>]+\.[A-Za-z][A-Za-z0-9]{1,4}(?:[?#]\S*)?|[^<>]+\.(?:avif|bmp|gif|ico|jpe?g|png|svg|webp)"
    r"|(?:data:|https?://).*"
)
_CLASSES = r"(?:\S+ )*(?:fa|lucide|bi|glyphicon)-[\w-]+(?: \S+)*|(?:fa[a-z]*|bi|glyphicon) .*"
_NAME = r"[A-Za-z][A-Za-z0-9_-]{2,}(?: [\w-]+)*"
_SHORT = 3
"""The length up to which ASCII text may stand for itself: `42.`."""


def link_and_draw(html: str, link: Link) -> str:
    """*html* with its addresses linked and its icons drawn."""
    return draw_icons(link_html(html, link), link.warn)


def draw_icons(html: str, warn: Warn) -> str:
    """*html* with a drawing in each element that names an icon, by its classes or by `data-lucide`."""
    return splice(html, _edits(html, warn)) if any(text in html for text in _WITH_ICONS) else html


def render_icon(text: str, link: Link) -> str:
    """The HTML of the icon of a line of the agenda or the summary; a ring for an unknown icon, which is reported.

    Args:
        text: `ship`, `:fa-ship:`, `fa-solid fa-ship`, `<i class="fa-solid fa-ship"></i>`, `§` or `pictures/ship.svg`.
        link: Links and warns for the deck file.
    """
    if "<" not in text and re.fullmatch(_PICTURE, text):
        return f'<img src="{escape(link.load(text))}" alt="">'
    if "<" in text:
        html = inline_html(text)
    elif short := write_out_icon(text):
        html = short
    elif re.fullmatch(_CLASSES, text):
        html = f'<i class="{escape(text)}"></i>'
    elif find_icon(LUCIDE, text) or re.fullmatch(_NAME, text):
        html = f'<i data-lucide="{escape(text)}"></i>'
    else:
        html = escape(text)
    html = link_and_draw(html, link)
    is_word = "<" not in html and len(text) > _SHORT and text.isascii()
    if is_word or not (re.search(r"<(?:svg|img|picture|video)\b", html) or plain_text(html)):
        link.warn(text, f"no icon in '{text}'", "for example: 'ship', 'fa-solid fa-ship'")
        return ""
    return html


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
            attributes = tag.attributes
            if "data-sign" not in attributes and "href" in attributes and (sign := find_sign(attributes["href"])):
                yield tag.end - 1, tag.end, f' data-sign="{_id(sign)}">'


def _draw(tag: Tag, warn: Warn, *, whole: bool) -> str:
    written = tag.text[tag.start : tag.end]
    if "-" not in written or not ("class" in written or "data-lucide" in written):
        return ""
    attributes = tag.attributes
    named = find_named(tag.name, attributes)
    if named and named.what:
        warn(named.word, named.what, named.hint, once=named.once)
    if not named or not named.icon:
        return ""
    label = attributes.get("aria-label") or attributes.get("title", "") if tag.name in _NAMED else ""
    return _svg(named.icon, "" if attributes.get("aria-hidden") == "true" else label, whole=whole)


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
    view = f'viewBox="0 0 {icon.width:g} {icon.height:g}" overflow="visible"'  # some drawings exceed the box
    if icon.lines:
        return f'{view} fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    return f'{view} fill="currentColor"'


def add_symbols(html: str, style_sheet: Callable[[], str]) -> str:
    """*html*, a page with drawn icons, with the symbols that it uses and their style sheet.

    Args:
        html: The page.
        style_sheet: Publishes `icons.css` and returns its address. The sheet comes first: all other styles win.
    """
    used = re.findall(r'(?:<use href="#|\sdata-sign=")icon_([a-z]+)_([\w-]+)"', html)
    icons = list(filter(None, (find_icon(*key) for key in dict.fromkeys(used))))
    if not icons:
        return html
    notices = dict.fromkeys(notice_of(icon.set) for icon in icons)
    parts = [f"<!-- {notice} -->" for notice in notices if notice]
    parts += [f'<symbol id="{_id(icon)}" {_paint(icon)}>{icon.body}</symbol>' for icon in icons]
    sprite = "\n".join(['\n<svg aria-hidden="true" style="display: none">', *parts, "</svg>"])
    sheet = f'<link rel="stylesheet" href="{style_sheet()}">\n'
    html = re.sub(r'<link rel="stylesheet"|</head>', lambda match: sheet + match[0], html, count=1)
    body = re.search(r"<body\b[^>]*>", html)
    at = body.end() if body else len(html)
    return html[:at] + sprite + html[at:]
