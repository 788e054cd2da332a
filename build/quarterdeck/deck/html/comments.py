"""`.slide:` and `.element:` comments: attributes for the slide, and for the element before the comment.

Works on rendered HTML as reveal.js 6.0.2 works on the document, with three intended differences: a comment at
the end of a paragraph or list item means that paragraph or item and not the code or bold text before it
(an image or a link keeps reveal's rule), classes are merged and not replaced, and what is left of a comment
is dropped when nothing is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from quarterdeck.deck.html.tokens import VOID, Comment, Edit, Tag, read_tokens, splice

_ELEMENT = re.compile(r"\.element\s*?(.+?)$", re.MULTILINE)
_SLIDE = re.compile(r"\.slide:\s*?(\S.+?)$", re.MULTILINE)
_PAIR = re.compile(r"(?<![^\"= ])([^\"= ]++)=\"([^\"]++)\"|(data-[^\"= ]+?)(?=[\" ])")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_END = re.compile(
    r"(?:\s|<!--.*?-->)*(?:\Z|</(?:p|li)>|<(?:ul|ol|p|pre|figure|div|table|blockquote|h[1-6]|hr)\b)", re.DOTALL
)

_PASSED_OVER = frozenset(
    {"abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small"}
    | {"span", "strong", "sub", "sup", "u", "var"}
)
"""Elements inside text that a comment at the end of the text does not mean."""


@dataclass(slots=True)
class _Element:
    """An element met so far, and the attributes that comments give it."""

    tag: Tag | None
    """Its start tag; None for the slide."""
    closed: int = 0
    """Index after its end tag, once that was met; after its start tag until then."""
    last: _Element | None = None
    """Its last child element so far, line breaks aside."""
    added: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.tag.name if self.tag else "section"


def apply_comments(html: str) -> tuple[str, dict[str, str]]:
    """*html* with the attributes that its comments give to elements, and those that they give to the slide."""
    if ".element" not in html and ".slide:" not in html:
        return html, {}
    slide = _Element(None)
    elements: list[_Element] = []
    edits: list[Edit] = []
    for comment, parent in _walk(html, slide, elements):
        rest = _read_comment(comment, parent, html, slide)
        if rest is not None:
            edits.append((comment.start, comment.end, f"<!--{rest}-->" if rest.strip() else ""))
    edits += [
        (element.tag.start, element.tag.end, _with_attributes(element.tag, element.added))
        for element in elements
        if element.tag and element.added
    ]
    return splice(html, sorted(edits)), merge_attributes({}, slide.added)


def merge_attributes(attributes: dict[str, str], added: list[tuple[str, str]]) -> dict[str, str]:
    """*attributes* with those *added*: of two values the last counts, but classes add up."""
    merged = dict(attributes)
    for name, value in added:
        if name == "class" and merged.get("class"):
            value = " ".join(dict.fromkeys([*merged["class"].split(), *value.split()]))
        merged[name] = value
    return merged


def render_attributes(attributes: dict[str, str]) -> str:
    """*attributes* as they stand in a tag, each with a blank before it."""
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _walk(html: str, slide: _Element, elements: list[_Element]) -> Iterator[tuple[Comment, _Element]]:
    """Each comment of *html* with the innermost element that is open there; *elements* takes all elements."""
    stack = [slide]
    for token in read_tokens(html):
        if isinstance(token, Comment):
            yield token, stack[-1]
        elif isinstance(token, Tag) and token.closing:
            _close(token.name, stack, token.end)
        elif isinstance(token, Tag):
            element = _Element(token, token.end)
            elements.append(element)
            if token.name != "br":
                stack[-1].last = element
            if token.name not in VOID and not token.empty:
                stack.append(element)


def _close(name: str, stack: list[_Element], end: int) -> None:
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].name == name:
            stack[depth].closed = end
            del stack[depth:]
            return


def _read_comment(comment: Comment, parent: _Element, html: str, slide: _Element) -> str | None:
    """Give the attributes in the comment to its target; the rest of its text, or None for any other comment."""
    text = comment.content or ""
    target = slide
    if match := _ELEMENT.search(text):
        target = _find_target(comment, parent, html)
    elif not (match := _SLIDE.search(text)):
        return None
    target.added += [(name or bare, value) for name, value, bare in _PAIR.findall(match[1])]
    return text[: match.start()] + text[match.end() :]


def _find_target(comment: Comment, parent: _Element, html: str) -> _Element:
    before = parent.last
    if before is None:
        return parent
    if parent.name in ("p", "li") and before.name in _PASSED_OVER and _END.match(html, comment.end):
        return parent
    # Only what stands between it and the comment before it, if there is one.
    tight = not _BLANK_LINE.search(html, max(before.closed, html.rfind("-->", 0, comment.start)), comment.start)
    if before.name in ("ul", "ol") and before.last is not None and tight:
        return before.last
    return before


def _with_attributes(tag: Tag, added: list[tuple[str, str]]) -> str:
    known = {"class": tag.attributes["class"]} if "class" in tag.attributes else {}
    merged = merge_attributes(known, added)
    kept = "".join(
        f" {tag.text[attribute.start : attribute.end]}"
        for attribute in tag.attribute_list
        if attribute.name not in merged
    )
    return f"{tag.text[tag.start : tag.start + 1 + len(tag.name)]}{kept}{render_attributes(merged)}>"
