"""Thumbnails for the index: the first slide of a deck, from the same template and style sheets.

Thumbnails are part of the index page and scaled by CSS, so that no browser is needed to make them and no second page
is loaded to show them. `@scope` limits a deck's own style to its thumbnail.
"""

from __future__ import annotations

import re
from html import unescape

from quarterdeck.base.errors import SourceError, UsageError
from quarterdeck.base.shipped import load_template
from quarterdeck.deck.model import Deck, Thumbnail
from quarterdeck.deck.page.html_deck_page import HtmlDeckPage, first_slide
from quarterdeck.deck.page.site import Site
from quarterdeck.deck.page.view import DeckView, markup

_LEFT_OUT = r"(?is)<(script|iframe|video|audio|object|aside|style)\b.*?(?:</\1\s*>|\Z)"
_LINK = r"(?i)<(/?)a(?=[\s>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
_ID = r"(?<=\s)(?:id|data-id|name|tabindex)=(?:\"[^\"]*\"|'[^']*')"
_SECTION = r"(?i)<section\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
_BACKGROUND = r"\sdata-background(?:-(image|color|gradient|size|position|repeat))?=(?:\"([^\"]*)\"|'([^']*)')"
_CSS_COMMENT = r"(?s)/\*.*?\*/"
# Not compiled here: the shipped title slide needs none of them.
_TO_CLEAN = ("<a", "<script", "<iframe", "<video", "<audio", "<object", "<aside", "<style", " id=", "data-background")


def make_thumbnail(deck: Deck, view: DeckView, html_page: HtmlDeckPage | None, site: Site) -> Thumbnail | None:
    """The first slide of *deck*, *html_page* of an HTML deck; None if it cannot be rendered."""
    try:
        html = first_slide(html_page.body) if html_page else _title_slide(deck, view, site)
        colours = _read_colours(deck, site)
    except (SourceError, UsageError):
        return None
    ground = "" if html_page else _background_of(view)
    if any(mark in html for mark in _TO_CLEAN):
        html = re.sub(_ID, "", re.sub(_LINK, r"<\1span>", re.sub(_LEFT_OUT, "", html)))
        section = re.search(_SECTION, html)
        ground = ground or (_read_background(section[1]) if section else "")
    style = _scoped(str(view.custom_style)) if view.custom_style else ""
    return Thumbnail(markup(html), ground + colours, markup(style)) if html else None


def _title_slide(deck: Deck, view: DeckView, site: Site) -> str:
    title = view.metadata.title or deck.title
    return site.templates.render(
        "title.html.j2", deck=view, meta=view.metadata, title=title, assets=site.template_assets(deck), small=True
    )


def _background_of(view: DeckView) -> str:
    """The background of the title slide, which its small version does not have."""
    background = view.metadata.background
    if not background.image:
        return ""
    size, position = background.size or "cover", background.position or "center"
    picture = f"background-image: url({_quoted(background.image)}); "
    return f"{picture}background-position: {position}; background-size: {size}; "


def _read_background(attributes: str) -> str:
    """What reveal.js makes of a section's background attributes, as CSS."""
    found = {name: unescape(one or other) for name, one, other in re.findall(_BACKGROUND, attributes)}
    declarations = [f"background: {found['']}"] if found.get("") and "." not in found[""] else []
    picture = found.get("image") or (found.get("", "") if "." in found.get("", "") else "")
    if picture:
        declarations += [f"background-image: url({_quoted(picture)})", "background-size: cover"]
        declarations.append("background-position: center")
    if found.get("gradient"):
        declarations.append(f"background-image: {found['gradient']}")
    declarations += [f"background-{name}: {found[name]}" for name in ("color", "size", "position") if found.get(name)]
    return "".join(f"{one}; " for one in declarations)


def _quoted(url: str) -> str:
    return '"' + url.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read_colours(deck: Deck, site: Site) -> str:
    """The variables of the deck's theme, if it is not that of the index."""
    if deck.theme == site.project.theme:
        return ""
    theme = site.template_assets(deck).theme_file()
    if theme is None:
        return ""
    css = re.sub(_CSS_COMMENT, "", load_template(theme, site.project))
    return " ".join(" ".join(block.split()) for block in re.findall(r":root\s*\{([^{}]*)\}", css))


def _scoped(css: str) -> str:
    css = re.sub(r"@(?:import|charset|namespace)\b[^;]*;", "", re.sub(_CSS_COMMENT, "", css)).strip()
    depth = 0
    for sign in re.findall(r"[{}]", css):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return ""
    return f"<style>@scope {{ {css} }}</style>" if css and depth == 0 and "</" not in css else ""
