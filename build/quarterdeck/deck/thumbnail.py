"""Title slides in small: the first slide of a deck, from the same template and style sheets, for the index.

Rendered as a part of the index page and made smaller by CSS, so that no browser is needed to build it and no second
page is loaded to show it. A deck's own style is kept to its thumbnail by `@scope`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from quarterdeck.deck.deck import Deck
from quarterdeck.deck.deck_links import markup
from quarterdeck.deck.page import PageMaker
from quarterdeck.errors import SourceError, UsageError

if TYPE_CHECKING:
    from markupsafe import Markup

_LEFT_OUT = re.compile(
    r"<(?P<name>script|iframe|video|audio|object|aside|style)\b.*?(?:</(?P=name)\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_LINK = re.compile(r"<(/?)a(?=[\s>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_ID = re.compile(r"(?<=\s)(?:id|data-id|name|tabindex)=(?:\"[^\"]*\"|'[^']*')")
_SECTION = re.compile(r"<section\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"\sdata-background(?:-(image|color|gradient|size|position|repeat))?=(?:\"([^\"]*)\"|'([^']*)')"
)
_VARIABLES = re.compile(r":root\s*\{([^{}]*)\}")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"@(?:import|charset|namespace)\b[^;]*;")


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
    html = _ID.sub("", _LINK.sub(r"<\1span>", _LEFT_OUT.sub("", html)))
    section = _SECTION.search(html)
    if section is None:
        return None
    own = _scoped(str(linked.custom_style or ""))
    return Thumbnail(markup(html), _read_background(section[1]) + colours, markup(own))


def _first_slide(maker: PageMaker, deck: Deck, linked: Deck) -> str:
    if deck.older:
        from quarterdeck.deck.older_page import first_slide

        return first_slide(maker.older_page(deck, deck.older).body)
    title = linked.metadata.title or deck.title
    return maker.templates.render(
        "title.html.j2", deck=linked, meta=linked.metadata, title=title, assets=maker.template_assets(deck)
    )


def _read_background(attributes: str) -> str:
    """What reveal.js makes of a section's background attributes, as CSS."""
    found = {name: unescape(one or other) for name, one, other in _BACKGROUND.findall(attributes)}
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
    theme = maker.template_assets(deck).theme_file()
    if theme is None or theme == maker.index_assets().theme_file():
        return ""
    css = _CSS_COMMENT.sub("", theme.read_text(encoding="utf-8"))
    return " ".join(" ".join(block.split()) for block in _VARIABLES.findall(css))


def _scoped(css: str) -> str:
    css = _IMPORT.sub("", _CSS_COMMENT.sub("", css)).strip()
    depth = 0
    for sign in re.findall(r"[{}]", css):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return ""
    return f"<style>@scope {{ {css} }}</style>" if css and depth == 0 and "</" not in css else ""
