"""HTML pages as their authors wrote them: which tags there are and where, so that the rest can stay as it is.

The standard library's parser is taken because it says where in the text each tag stands. What comes from selectolax or
html5lib is a tree, from which neither the author's line nor the author's own text can be had back; and it costs nothing
to install and 5 ms to import. What is no markup (comments, scripts, styles, titles, text areas) is blanked out before
it sees the text, because versions of Python differ there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

_NO_MARKUP = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|(?P<open><(?P<name>script|style|textarea|title|xmp)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)(?P<text>.*?)"
    r"(?:(?=</(?P=name)\s*>)|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_NOT_A_LINE_END = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in the text of a page."""

    name: str
    """In lower case."""
    start: int
    """Where its `<` stands."""
    end: int
    """What comes after its `>`."""
    closing: bool
    attributes: dict[str, str]
    """With names in lower case; those without a value have an empty one."""

    @property
    def classes(self) -> list[str]:
        """The words of its attribute `class`."""
        return self.attributes.get("class", "").split()


class _TagReader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.tags: list[Tag] = []
        self._text = text
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes: dict[str, str] = {}
        for name, value in attrs:
            attributes.setdefault(name, value or "")
        self._add(tag, attributes, closing=False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # HTML knows no empty elements but those that it lists

    def handle_endtag(self, tag: str) -> None:
        self._add(tag, {}, closing=True)

    def _add(self, name: str, attributes: dict[str, str], *, closing: bool) -> None:
        line, column = self.getpos()
        start = self._starts[line - 1] + column
        source = None if closing else self.get_starttag_text()
        end = start + len(source) if source else self._text.find(">", start) + 1 or len(self._text)
        self.tags.append(Tag(name, start, end, closing, attributes))


def read_tags(text: str) -> tuple[Tag, ...]:
    """The tags of a page in their order; those in comments, scripts, text areas and the like are none."""
    reader = _TagReader(text)
    blanked = _NO_MARKUP.sub(_blank, text)
    reader.feed(blanked)
    reader.close()
    return tuple(reader.tags)


def find_end(tags: Sequence[Tag], index: int) -> int:
    """The index of the tag that closes the one at *index*; that of the last tag and one if none does."""
    name, depth = tags[index].name, 0
    for here in range(index, len(tags)):
        if tags[here].name == name:
            depth += -1 if tags[here].closing else 1
            if depth == 0:
                return here
    return len(tags)


def text_of(html: str) -> str:
    """What a browser has as the text of *html*, whose own tags are few."""
    return unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", html))


def _blank(match: re.Match[str]) -> str:
    kept = match["open"] or ""
    return kept + _NOT_A_LINE_END.sub(" ", match[0][len(kept) :])
