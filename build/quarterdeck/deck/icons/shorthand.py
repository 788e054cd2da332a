"""The short form of icons in Markdown: `:lucide-ship:`, `:fa-docker:` or `:fa-regular-file-lines:`.

It becomes the element that anybody could write, `<i class="lucide-ship"></i>`, while a slide is rendered: so code stays
code, comments that give classes mean the icon, and the drawing comes with all the others later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_ICON = re.compile(
    r"(?<![\w:]):(?:(?P<lucide>lucide-[a-z0-9-]+)|fa-(?:(?P<style>solid|regular|brands)-)?(?P<name>[a-z0-9-]+)):(?![\w:])"
)


def write_out_icons(tokens: Sequence[Token]) -> None:
    """Put elements in place of the short forms in the text of *tokens*."""
    for token in tokens:
        if token.children:
            token.children = [part for child in token.children for part in _split(child)]


def write_out_icon(text: str) -> str:
    """The element of the short form that *text* is; empty for other texts."""
    icon = _ICON.fullmatch(text)
    return _element(icon) if icon else ""


def without_icons(text: str) -> str:
    """Markdown without its icons, where only words count."""
    return _ICON.sub("", text)


def _split(token: Token) -> Iterator[Token]:
    """The token *token*, in pieces if there are icons in its text."""
    if token.type != "text" or not (icons := list(_ICON.finditer(token.content))):
        yield token
        return
    here = 0
    for icon in icons:
        yield token.copy(content=token.content[here : icon.start()])
        yield token.copy(type="html_inline", content=_element(icon))
        here = icon.end()
    yield token.copy(content=token.content[here:])


def _element(icon: re.Match[str]) -> str:
    classes = icon["lucide"] or f"fa-{icon['style'] or 'solid'} fa-{icon['name']}"
    return f'<i class="{classes}"></i>'
