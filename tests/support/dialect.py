"""Our slides and reveal.js's, made comparable."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from quarterdeck.base.errors import Problems
from quarterdeck.deck.html.comments import render_attributes
from quarterdeck.deck.markdown.render import render_slide
from quarterdeck.deck.model import PLAIN, MarkdownOptions, Slide
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.slides import split_slides

Piece = tuple[object, ...]


class _Normaliser(HTMLParser):
    """Reads HTML into tags, text and comments; blanks, emptied comments and the spans of coloured code go."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.in_code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "span" and self.in_code:
            return
        if tag == "code":
            self.in_code += 1
        self.pieces.append(("<", tag, tuple(sorted((name, value or "") for name, value in attrs))))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self.in_code:
            return
        if tag == "code":
            self.in_code -= 1
        self.pieces.append((">", tag))

    def handle_data(self, data: str) -> None:
        if self.pieces and self.pieces[-1][0] == "text":
            data = f"{self.pieces.pop()[1]}{data}"
        self.pieces.append(("text", data))

    def handle_comment(self, data: str) -> None:
        if data.strip():
            self.pieces.append(("comment", data.strip()))


def normalise(html: str) -> list[Piece]:
    """What *html* says, without what a browser does not show."""
    normaliser = _Normaliser()
    normaliser.feed(html)
    normaliser.close()
    pieces = (
        (piece[0], " ".join(str(piece[1]).split())) if piece[0] == "text" else piece for piece in normaliser.pieces
    )
    return [piece for piece in pieces if piece != ("text", "")]


def slides_of(markdown: str, options: MarkdownOptions = PLAIN) -> list[list[Slide]]:
    """The stacks of slides in *markdown*, rendered as *options* say."""
    lines = re.sub("\r\n", "\n", markdown).split("\n")
    stacks = split_slides(lines, "case.md", map_fences(lines), Problems())
    return [[render_slide(raw, {}, {}, options) for raw in stack] for stack in stacks]


def render_sections(markdown: str) -> list[str]:
    """The stacks of *markdown* as the `<section>`s that a deck has."""
    sections = []
    for stack in slides_of(markdown):
        inner = [f"<section{render_attributes(slide.attributes)}>{slide.html}</section>" for slide in stack]
        sections.append(inner[0] if len(inner) == 1 else f"<section>{''.join(inner)}</section>")
    return sections
