"""`.slide:` and `.element:` comments: attributes for the slide, and for the element before the comment.

Works on rendered HTML as reveal.js 6.0.2 works on the document, with three intended differences: a comment at the end
of a paragraph or list item applies to that paragraph or item and not to the code or bold text before it (for an image
or a link reveal's rule stays), classes are merged and not replaced, and a comment with no other text is removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from quarterdeck.deck.html.tokens import VOID, Comment, Edit, Tag, read_tokens, splice

_ELEMENT = r"(?m)\.element\s*?(.+?)$"
_SLIDE = r"(?m)\.slide:\s*?(\S.+?)$"
_PAIR = r"(?<![^\"= ])([^\"= ]++)=\"([^\"]++)\"|(data-[^\"= ]+?)(?=[\" ])"
_BLANK_LINE = r"\n[ \t]*\n"
_END = r"(?s)(?:\s|<!--.*?-->)*(?:\Z|</(?:p|li)>|<(?:ul|ol|p|pre|figure|div|table|blockquote|h[1-6]|hr)\b)"

_PASSED_OVER = frozenset(
    {"abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small"}
    | {"span", "strong", "sub", "sup", "u", "var"}
)
"""Elements inside text that a comment at the end of the text does not apply to."""


@dataclass(eq=False)
class _Element:
    """An element, and the attributes that comments give it."""

    name: str
    tag: Tag | None = None
    """Its start tag; None for the slide."""
    closed: int = 0
    """Index after its end tag; after its start tag while it is open."""
    last: _Element | None = None
    """Its last child element so far, except line breaks."""
    added: list[tuple[str, str]] = field(default_factory=list)


def apply_comments(html: str) -> tuple[str, dict[str, str]]:
    """*html* with the attributes that its comments give to elements, and the attributes of the slide."""
    if ".element" not in html and ".slide:" not in html:
        return html, {}
    slide = _Element("section")
    edits: list[Edit] = []
    targets = [slide]
    for comment, parent in _walk(html, slide):
        text = comment.content or ""
        if match := re.search(_ELEMENT, text):
            targets.append(_find_target(comment, parent, html))
        elif match := re.search(_SLIDE, text):
            targets.append(slide)
        else:
            continue
        targets[-1].added += [(name or bare, value) for name, value, bare in re.findall(_PAIR, match[1])]
        rest = text[: match.start()] + text[match.end() :]
        edits.append((comment.start, comment.end, f"<!--{rest}-->" if rest.strip() else ""))
    for element in dict.fromkeys(targets):
        if element.tag and element.added:
            edits.append((element.tag.start, element.tag.end, _with_attributes(element.tag, element.added)))
    return splice(html, sorted(edits)), merge_attributes({}, slide.added)


def merge_attributes(attributes: dict[str, str], added: list[tuple[str, str]]) -> dict[str, str]:
    """*attributes* and those *added*: of two values the last counts, but classes add up."""
    merged = dict(attributes)
    for name, value in added:
        if name == "class" and merged.get("class"):
            value = " ".join(dict.fromkeys([*merged["class"].split(), *value.split()]))
        merged[name] = value
    return merged


def render_attributes(attributes: dict[str, str]) -> str:
    """*attributes* as in a tag, each after a blank."""
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _walk(html: str, slide: _Element) -> Iterator[tuple[Comment, _Element]]:
    """Each comment of *html* with the innermost open element, *slide* if there is none."""
    stack = [slide]
    for token in read_tokens(html):
        if isinstance(token, Comment):
            yield token, stack[-1]
        elif isinstance(token, Tag) and token.closing:
            depth = next((depth for depth in range(len(stack) - 1, 0, -1) if stack[depth].name == token.name), 0)
            if depth:
                stack[depth].closed = token.end
                del stack[depth:]
        elif isinstance(token, Tag):
            element = _Element(token.name, token, token.end)
            if token.name != "br":
                stack[-1].last = element
            if token.name not in VOID and not token.empty:
                stack.append(element)


def _find_target(comment: Comment, parent: _Element, html: str) -> _Element:
    before = parent.last
    if before is None:
        return parent
    if parent.name in ("p", "li") and before.name in _PASSED_OVER and re.compile(_END).match(html, comment.end):
        return parent
    # Only the text after the element and after the previous comment counts.
    start = max(before.closed, html.rfind("-->", 0, comment.start))
    tight = not re.search(_BLANK_LINE, html[start : comment.start])
    return before.last if before.name in ("ul", "ol") and before.last is not None and tight else before


def _with_attributes(tag: Tag, added: list[tuple[str, str]]) -> str:
    merged = merge_attributes({"class": tag.attributes["class"]} if "class" in tag.attributes else {}, added)
    kept = (attribute for attribute in tag.attribute_list if attribute.name not in merged)
    attributes = "".join(f" {tag.text[attribute.start : attribute.end]}" for attribute in kept)
    return f"{tag.text[tag.start : tag.start + 1 + len(tag.name)]}{attributes}{render_attributes(merged)}>"
