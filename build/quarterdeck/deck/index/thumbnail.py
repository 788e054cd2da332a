"""Thumbnails for the index: the first slide of a deck, from the same template and style sheets.

Thumbnails are part of the index page and scaled by CSS, so that no browser is needed to make them and no second page
is loaded to show them. `@scope` limits a deck's own style to its thumbnail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from quarterdeck.base.errors import SourceError, UsageError
from quarterdeck.base.shipped import load_template
from quarterdeck.deck.html.tokens import Edit, Tag, read_tokens, splice
from quarterdeck.deck.model import Deck, Thumbnail
from quarterdeck.deck.page.html_deck_page import HtmlDeckPage, first_slide
from quarterdeck.deck.page.site import Site
from quarterdeck.deck.page.view import DeckView, markup

_LEFT_OUT = frozenset({"aside", "audio", "iframe", "object", "script", "style", "video"})
_NO_NAMES = frozenset({"data-id", "id", "name", "tabindex"})
"""Attributes that would mean something else in the page of the index."""
_CSS_COMMENT = r"(?s)/\*.*?\*/"


def make_thumbnail(deck: Deck, view: DeckView, html_page: HtmlDeckPage | None, site: Site) -> Thumbnail | None:
    """The first slide of *deck*, *html_page* of an HTML deck; None if it cannot be rendered."""
    try:
        html = first_slide(html_page.body) if html_page else _title_slide(deck, view, site)
        colours = _read_colours(deck, site)
    except (SourceError, UsageError):
        return None
    ground = "" if html_page else _background_of(view)
    section = next((token for token in read_tokens(html) if isinstance(token, Tag) and token.name == "section"), None)
    ground = ground or (_read_background(section.attributes) if section else "")
    html = splice(html, _edits(html))
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


def _edits(html: str) -> Iterator[Edit]:
    """What makes a picture of a slide: no links, no ids, and nothing that moves."""
    tokens = iter(read_tokens(html))
    for token in tokens:
        if not isinstance(token, Tag):
            continue
        if token.name in _LEFT_OUT and not token.closing:
            ends = (tag.end for tag in tokens if isinstance(tag, Tag) and tag.closing and tag.name == token.name)
            yield token.start, next(ends, len(html)), ""
        elif token.name == "a":
            yield token.start, token.end, "</span>" if token.closing else "<span>"
        else:
            names = (attribute for attribute in token.attribute_list if attribute.name in _NO_NAMES)
            yield from ((attribute.start, attribute.end, "") for attribute in names)


def _read_background(attributes: Mapping[str, str]) -> str:
    """What reveal.js makes of a section's background attributes, as CSS."""
    prefix = "data-background"
    found = {name[len(prefix) :].strip("-"): value for name, value in attributes.items() if name.startswith(prefix)}
    declarations = [f"background: {found['']}"] if found.get("") and "." not in found[""] else []
    picture = found.get("image") or (found.get("", "") if "." in found.get("", "") else "")
    if picture:
        declarations += [f"background-image: url({_quoted(picture)})", "background-size: cover"]
        declarations.append("background-position: center")
    if found.get("gradient"):
        declarations.append(f"background-image: {found['gradient']}")
    declarations += [f"background-{name}: {found[name]}" for name in ("color", "size", "position") if found.get(name)]
    return "".join(f"{declaration}; " for declaration in declarations)


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
