"""The HTML tokenizer: tags, comments and raw text with their positions, after WHATWG HTML 13.2.5.

The text between tokens is no token. An edit replaces the text of a token, so that all else stays byte for byte. The
tokenizer builds no tree: inside `<svg>` and `<math>`, where browsers read `<style>` as markup, it still reads raw text.
`Nesting` tells where, and `addresses.link_html` rewrites what the two readings disagree on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from html.entities import html5
from typing import NamedTuple

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
"""Elements without contents."""
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
RAW_TEXT = frozenset(
    {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp"}
)
"""Elements whose contents are text up to their end tag."""

_SPACE = r"\t\n\f\r "
_VALUE = rf"[{_SPACE}]*+=[{_SPACE}]*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^{_SPACE}>]*+)"
_ATTRIBUTES = rf"(?:[{_SPACE}/]++|[^{_SPACE}/>][^{_SPACE}/>=]*+(?:{_VALUE}|(?![{_SPACE}]*+=)))*+"
_TOKEN = re.compile(
    rf"<(?:(?P<closing>/?)(?P<name>[A-Za-z][^{_SPACE}/>]*+)(?:{_ATTRIBUTES}(?P<finished>>))?+"
    r"|!--(?:-?>|(?P<comment>.*?)(?:--!?>|\Z))|(?P<cdata>!\[CDATA\[)|(?:[!?]|/(?=[^A-Za-z]))[^>]*+>?)",
    re.DOTALL,
)
"""A tag, a comment, or what browsers take for a comment; a quote that nothing closes leaves a tag unfinished."""
_ATTRIBUTE = re.compile(
    rf"(?P<name>[^{_SPACE}/>][^{_SPACE}/>=]*+)"
    rf"(?:[{_SPACE}]*+=[{_SPACE}]*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^{_SPACE}>]*+)))?+"
)
_REFERENCE = r"&(#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[A-Za-z][A-Za-z0-9]*+(?:;|(?!=)))"
_SCRIPT_STATE = rf"(?i)<!--|-->|<(?P<closing>/?)script(?=[{_SPACE}/>])"
_PLAIN = re.compile(
    r"(?:[^<]++|</(?!math>|svg>)[a-z][a-z0-9]*+>|<(?!(?:i?frame|math|no(?:embed|frames|script)|plaintext|s(?:cript|elect|tyle|vg)"
    r"|textarea|title|xmp)\b)[a-z][a-z0-9]*+(?: (?:align|class)=\"[^\"]*+\")*+>|<a href=\"(?:https?:|#)[^\"]*+\">)*+"
)
"""Text, and tags that load nothing in any browser."""
_OTHER_RULES = frozenset({"math", "select", "svg"})
_HTML_INSIDE = frozenset({"annotation-xml", "desc", "foreignobject", "mi", "mn", "mo", "ms", "mtext", "title"})
"""Elements of SVG and MathML whose contents are HTML: there `/>` closes nothing."""


class Attribute(NamedTuple):
    """An attribute of a tag."""

    name: str
    """In lower case."""
    value: str
    """With its character references resolved; empty if the tag gives none."""
    start: int
    """Index of its first character in the text."""
    end: int
    """Index after its value, quotes included."""


@dataclass(eq=False)  # a frozen dataclass takes twice the time, and slides have thousands of tags
class Tag:
    """A start tag, or an end tag."""

    text: str
    """The whole text."""
    name: str
    """In lower case."""
    start: int
    """Index of its `<` in the text."""
    end: int
    """Index after its `>`."""
    closing: bool = False

    @cached_property
    def attribute_list(self) -> tuple[Attribute, ...]:
        """Its attributes in the order of the text."""
        matches = _ATTRIBUTE.finditer(self.text, self.start + 1 + self.closing + len(self.name), self.end - 1)
        return tuple(Attribute(match["name"].lower(), _value(match), *match.span()) for match in matches)

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The values of its attributes; of two with the same name the first counts."""
        values: dict[str, str] = {}
        for attribute in self.attribute_list:
            values.setdefault(attribute.name, attribute.value)
        return values

    @property
    def classes(self) -> list[str]:
        """The words of its attribute `class`."""
        return self.attributes.get("class", "").split()

    @property
    def empty(self) -> bool:
        """Whether it ends with `/>`, which closes elements of SVG and MathML only."""
        last = self.attribute_list[-1].end if self.attribute_list else 0
        return self.text[self.end - 2] == "/" and last < self.end - 1


class Comment(NamedTuple):
    """A comment, a doctype, or what browsers take for a comment."""

    start: int
    end: int
    content: str | None = None
    """The text between `<!--` and `-->`; None for other kinds."""


class RawText(NamedTuple):
    """The contents of an element whose contents are not markup."""

    element: str
    start: int
    end: int


class Unfinished(NamedTuple):
    """A tag without an end: browsers drop it, and with it the rest of the text."""

    start: int
    end: int


Token = Tag | Comment | RawText | Unfinished
Edit = tuple[int, int, str]
"""The start and the end of a piece of text, and its replacement."""


def read_tokens(text: str, start: int = 0, *, plain: bool = True) -> Iterator[Token]:
    """The tokens of *text*, in linear time.

    Args:
        text: HTML.
        start: Index to start at.
        plain: Include tags that load nothing: those of coloured code, and links to other machines.
    """
    at = start
    foreign = 0
    search = _TOKEN.search
    while match := search(text, at if plain else _PLAIN.match(text, at).end()):  # type: ignore[union-attr]
        start, at = match.span()
        if match["name"] is None:
            if match["cdata"] and foreign:  # inside SVG; elsewhere it is a comment that ends with the first `>`
                at = text.find("]]>", at) + 3 if text.find("]]>", at) >= 0 else len(text)
            elif match["cdata"]:
                at = text.find(">", at) + 1 or len(text)
            yield Comment(start, at, match["comment"])
            continue
        if not match["finished"]:
            yield Unfinished(start, len(text))
            return
        name = match["name"].lower()
        closing = match["closing"] == "/"
        yield Tag(text, name, start, at, closing)
        if name in ("svg", "math"):
            foreign = max(0, foreign - 1 if closing else foreign + 1)
        if not closing and name in RAW_TEXT:
            end = _find_raw_end(text, name, at)
            if end > at:
                yield RawText(name, at, end)
            at = end


def read_tags(text: str) -> tuple[Tag, ...]:
    """The tags of *text*."""
    return tuple(token for token in read_tokens(text) if isinstance(token, Tag))


def find_end(tags: Sequence[Tag], index: int) -> int:
    """The index of the tag that closes the tag at *index*; the number of tags if none does."""
    name, depth = tags[index].name, 0
    for at in range(index, len(tags)):
        if tags[at].name == name:
            depth += -1 if tags[at].closing else 1
            if depth == 0:
                return at
    return len(tags)


def splice(text: str, edits: Iterable[Edit]) -> str:
    """*text* with *edits*, which do not overlap and come in its order."""
    parts: list[str] = []
    at = 0
    for start, end, replacement in edits:
        parts += [text[at:start], replacement]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def text_of(html: str) -> str:
    """The text of *html* in a browser."""
    edits = ((token.start, token.end, "") for token in read_tokens(html) if not isinstance(token, RawText))
    return unescape(splice(html, edits))


def _value(match: re.Match[str]) -> str:
    value = match["double"] or match["single"] or match["bare"] or ""
    return re.sub(_REFERENCE, _resolve, value) if "&" in value else value


def _resolve(match: re.Match[str]) -> str:
    """A character reference of an attribute: without its `;` a name counts only as a whole."""
    return unescape(match[0]) if match[1][0] == "#" else html5.get(match[1], match[0])


def _find_raw_end(text: str, element: str, at: int) -> int:
    """Index of the end tag of *element*, whose contents start at *at*; the length of *text* if there is none."""
    if element == "script":
        return _find_script_end(text, at)
    end = None if element == "plaintext" else re.compile(rf"(?i)</{element}(?=[{_SPACE}/>])").search(text, at)
    return end.start() if end else len(text)


def _find_script_end(text: str, at: int) -> int:
    """Like `_find_raw_end`. After `<!--`, a `<script` and its end tag are a part of the script, up to `-->`."""
    escaped = doubly = False
    search = re.compile(_SCRIPT_STATE).search
    while match := search(text, at):
        at = match.end()
        if match[0] == "<!--":
            at -= 2 if not escaped else 0  # its hyphens may be those of `-->`
            escaped = True
        elif match[0] == "-->":
            escaped = doubly = False
        elif not match["closing"]:
            doubly = escaped
        elif not doubly:
            return match.start()
        else:
            doubly = False
    return len(text)


class Nesting:
    """Follows the tags of a text to tell where browsers may read raw text as markup.

    A browser finds the contents of `<style>` in an SVG by other rules than in HTML, and whether it is still in the SVG
    depends on how all tags in it are nested. After tags that overlap there, both readings are possible.
    """

    def __init__(self) -> None:
        self._opened: list[str] = []
        self._overlap = False

    @property
    def ambiguous(self) -> bool:
        """Whether raw text at this point may be markup."""
        return self._overlap or bool(self._opened)

    def follow(self, tag: Tag) -> None:
        """Take the next tag."""
        if not self._opened and tag.name not in _OTHER_RULES:
            return
        if tag.closing:
            self._overlap = self._overlap or not self._opened or self._opened[-1] != tag.name
            if tag.name in self._opened:
                del self._opened[len(self._opened) - 1 - self._opened[::-1].index(tag.name) :]
        elif tag.empty:
            self._overlap = self._overlap or not _HTML_INSIDE.isdisjoint(self._opened)
        elif tag.name not in VOID:
            self._opened.append(tag.name)
