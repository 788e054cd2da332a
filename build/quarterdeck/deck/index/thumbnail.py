"""Title slides in small: the first slide of a deck, from the same template and style sheets, for the index.

Rendered as a part of the index page and made smaller by CSS, so that no browser is needed to build it and no second
page is loaded to show it. A deck's own style is kept to its thumbnail by `@scope`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from quarterdeck.base.errors import SourceError, UsageError
from quarterdeck.base.shipped import load_template
from quarterdeck.deck.model import Deck
from quarterdeck.deck.page.page_maker import PageMaker
from quarterdeck.deck.page.view import markup

if TYPE_CHECKING:
    from markupsafe import Markup

_LEFT_OUT = r"(?is)<(script|iframe|video|audio|object|aside|style)\b.*?(?:</\1\s*>|\Z)"
_LINK = r"(?i)<(/?)a(?=[\s>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
_ID = r"(?<=\s)(?:id|data-id|name|tabindex)=(?:\"[^\"]*\"|'[^']*')"
_SECTION = r"(?i)<section\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
_BACKGROUND = r"\sdata-background(?:-(image|color|gradient|size|position|repeat))?=(?:\"([^\"]*)\"|'([^']*)')"
_CSS_COMMENT = r"(?s)/\*.*?\*/"
# Not compiled here: the shipped title slide needs none of them.
_TO_CLEAN = ("<a", "<script", "<iframe", "<video", "<audio", "<object", "<aside", "<style", " id=", "data-background")


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The first slide of a deck as the index shows it."""

    slide: Markup
    """A section, without links, ids and what moves."""
    ground: str
    """The background of the slide and the colours of its theme, as CSS for the element around it."""
    style: Markup
    """The deck's own style, for that element and what is in it; empty for none."""


def make_thumbnail(maker: PageMaker, deck: Deck, linked: Deck) -> Thumbnail | None:
    """The title slide of *deck*, which is *linked* as templates see it; None where it cannot be rendered."""
    try:
        html = _first_slide(maker, deck, linked)
        colours = _read_colours(maker, deck)
    except (SourceError, UsageError):
        return None
    ground = _background_of(linked)
    if any(mark in html for mark in _TO_CLEAN):
        html = re.sub(_ID, "", re.sub(_LINK, r"<\1span>", re.sub(_LEFT_OUT, "", html)))
        section = re.search(_SECTION, html)
        ground = ground or (_read_background(section[1]) if section else "")
    own = _scoped(str(linked.custom_style)) if linked.custom_style else ""
    return Thumbnail(markup(html), ground + colours, markup(own)) if html else None


def _first_slide(maker: PageMaker, deck: Deck, linked: Deck) -> str:
    if deck.older:
        from quarterdeck.deck.page.html_deck_page import first_slide

        return first_slide(maker.older_page(deck, deck.older).body)
    title = linked.metadata.title or deck.title
    return maker.templates.render(
        "title.html.j2", deck=linked, meta=linked.metadata, title=title, assets=maker.template_assets(deck), small=True
    )


def _background_of(linked: Deck) -> str:
    """The background of the title slide, which its small version does not say."""
    background = linked.metadata.background
    if not background.image or linked.older:
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


def _read_colours(maker: PageMaker, deck: Deck) -> str:
    """The variables of the deck's theme, where that is not the one of the index."""
    if deck.theme == maker.theme:
        return ""
    theme = maker.template_assets(deck).theme_file()
    if theme is None:
        return ""
    css = re.sub(_CSS_COMMENT, "", load_template(theme, maker.project))
    return " ".join(" ".join(block.split()) for block in re.findall(r":root\s*\{([^{}]*)\}", css))


def _scoped(css: str) -> str:
    css = re.sub(r"@(?:import|charset|namespace)\b[^;]*;", "", re.sub(_CSS_COMMENT, "", css)).strip()
    depth = 0
    for sign in re.findall(r"[{}]", css):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return ""
    return f"<style>@scope {{ {css} }}</style>" if css and depth == 0 and "</" not in css else ""
