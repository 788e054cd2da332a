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

_PIECE = re.compile(
    r"<!--(?P<comment>.*?)-->"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][^\s/>]*)(?P<attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ELEMENT = re.compile(r"\.element\s*?(.+?)$", re.MULTILINE)
_SLIDE = re.compile(r"\.slide:\s*?(\S.+?)$", re.MULTILINE)
_PAIR = re.compile(r"(?<![^\"= ])([^\"= ]++)=\"([^\"]++)\"|(data-[^\"= ]+?)(?=[\" ])")
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_END = re.compile(
    r"(?:\s|<!--.*?-->)*(?:\Z|</(?:p|li)>|<(?:ul|ol|p|pre|figure|div|table|blockquote|h[1-6]|hr)\b)", re.DOTALL
)

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_RAW = frozenset({"script", "style", "textarea", "title"})
_PASSED_OVER = frozenset(
    {"abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small"}
    | {"span", "strong", "sub", "sup", "u", "var"}
)
"""Elements inside text that a comment at the end of the text does not mean."""


@dataclass(slots=True)
class _Element:
    """An element met so far, and what comments have asked for it."""

    name: str
    start: int
    """Where its opening tag starts."""
    end: int
    """Where its opening tag ends."""
    closed: int = 0
    """Where its closing tag ends, once that was met."""
    last: _Element | None = None
    """Its last child element so far, line breaks aside."""
    wanted: list[tuple[str, str]] = field(default_factory=list)


def apply_comments(html: str) -> tuple[str, dict[str, str]]:
    """*html* with the attributes that its comments ask for, and those for the slide itself."""
    if ".element" not in html and ".slide:" not in html:
        return html, {}
    slide = _Element("section", 0, 0)
    elements: list[_Element] = []
    edits: list[tuple[int, int, str]] = []
    for piece, stack in _walk(html, slide, elements):
        rest = _read_comment(piece, stack, html, slide)
        if rest is not None:
            edits.append((piece.start(), piece.end(), f"<!--{rest}-->" if rest.strip() else ""))
    edits += [(one.start, one.end, _with_attributes(html[one.start : one.end], one)) for one in elements if one.wanted]
    parts: list[str] = []
    here = 0
    for start, end, text in sorted(edits):
        parts += [html[here:start], text]
        here = end
    return "".join([*parts, html[here:]]), merge_attributes({}, slide.wanted)


def merge_attributes(known: dict[str, str], wanted: list[tuple[str, str]]) -> dict[str, str]:
    """*known* with those *wanted* set: the last one wins, but classes add up."""
    merged = dict(known)
    for name, value in wanted:
        if name == "class" and merged.get("class"):
            value = " ".join(dict.fromkeys([*merged["class"].split(), *value.split()]))
        merged[name] = value
    return merged


def render_attributes(attributes: dict[str, str]) -> str:
    """*attributes* as they stand in a tag, each with a blank before it."""
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _walk(html: str, slide: _Element, elements: list[_Element]) -> Iterator[tuple[re.Match[str], list[_Element]]]:
    """Each comment of *html* with the elements that are open there; *elements* takes all elements."""
    stack = [slide]
    here = 0
    while piece := _PIECE.search(html, here):
        here = piece.end()
        name = (piece["name"] or "").lower()
        if piece["comment"] is not None:
            yield piece, stack
        elif piece["close"]:
            _close(name, stack, here)
        else:
            element = _Element(name, piece.start(), here, here)
            elements.append(element)
            if name != "br":
                stack[-1].last = element
            if name in _RAW:
                here = max(here, html.lower().find(f"</{name}", here))
            if name not in _VOID and not piece["attributes"].endswith("/"):
                stack.append(element)


def _close(name: str, stack: list[_Element], end: int) -> None:
    for depth in range(len(stack) - 1, 0, -1):
        if stack[depth].name == name:
            stack[depth].closed = end
            del stack[depth:]
            return


def _read_comment(piece: re.Match[str], stack: list[_Element], html: str, slide: _Element) -> str | None:
    """Give what the comment asks for to its target; what is left of its text, or None for any other comment."""
    text = piece["comment"]
    target = slide
    if match := _ELEMENT.search(text):
        target = _find_target(piece, stack[-1], html)
    elif not (match := _SLIDE.search(text)):
        return None
    target.wanted += [(name or bare, value) for name, value, bare in _PAIR.findall(match[1])]
    return str(text[: match.start()] + text[match.end() :])


def _find_target(piece: re.Match[str], parent: _Element, html: str) -> _Element:
    before = parent.last
    if before is None:
        return parent
    if parent.name in ("p", "li") and before.name in _PASSED_OVER and _END.match(html, piece.end()):
        return parent
    # Only what stands between it and the comment before it, if there is one.
    tight = not _BLANK_LINE.search(html, max(before.closed, html.rfind("-->", 0, piece.start())), piece.start())
    if before.name in ("ul", "ol") and before.last is not None and tight:
        return before.last
    return before


def _with_attributes(tag: str, element: _Element) -> str:
    head = tag[: 1 + len(element.name)]
    inner = tag[len(head) : -1]
    known = {}
    for name, value in _ATTRIBUTE.findall(inner):
        known[name] = value.strip(value[0]) if value[:1] in ("'", '"') else value
    added = merge_attributes({"class": known["class"]} if "class" in known else {}, element.wanted)
    kept = "".join(f" {match[0]}" for match in _ATTRIBUTE.finditer(inner.rstrip("/")) if match[1].lower() not in added)
    return f"{head}{kept}{render_attributes(added)}>"
