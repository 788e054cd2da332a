"""Balanced HTML of a slide: it closes what it opens, and closes nothing around it.

In reveal.js each slide is a document of its own. In a page rendered at build time, an element that a slide leaves open
would extend into the next slides, and a superfluous `</div>` would end the deck.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from quarterdeck.deck.html.tokens import HEADINGS, VOID, Comment, Edit, RawText, Unfinished, read_tokens, splice

_OUTER = frozenset({"div", "section", "body", "html", "main"})
"""Elements that stand around slides in a page."""
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
"""Elements that a browser opens again after the element around them ended."""
_NO_CONTENTS = VOID | {"body", "frame", "frameset", "head", "html"}
"""Elements that hold nothing on a slide; browsers ignore the tags of a second body."""
_ENDS_LIKE_ITSELF = frozenset({"button", "dd", "dt", "li", "option", "select", "td", "th", "tr"})
"""Elements that end where the next of the same name starts, with all open elements in them."""
_BREAKS_OUT = (_FORMATTING | HEADINGS) - {"a", "font"} | {
    *("blockquote", "br", "center", "dd", "div", "dl", "dt", "embed", "hr", "img", "li", "listing", "menu", "meta"),
    *("ol", "p", "pre", "ruby", "span", "sub", "sup", "table", "ul", "var"),
}
"""Elements of HTML whose start ends an SVG or a formula around them."""
_LISTS = frozenset({"dl", "ol", "ul"})
_SCOPES = frozenset(
    {"annotation-xml", "applet", "caption", "desc", "foreignobject", "marquee", "math", "mi", "mn", "mo", "ms", "mtext"}
    | {"object", "select", "svg", "table", "td", "template", "th", "title"}
)
"""Elements in which end tags of elements around them close nothing."""
_NOT_CLOSED = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup", "caption"}
)
"""Elements that end with the element around them; an end tag of their own would do more than that."""


def balance_tags(html: str, source: str, warnings: list[tuple[int, str, str]]) -> str:
    """*html* with its open elements closed, and without end tags that would close elements around it.

    Args:
        html: The content of a slide.
        source: Its Markdown: if that has no HTML, there is nothing to do.
        warnings: Collects tags without an end: the row in *source*, what is wrong, and the fix.
    """
    if not re.search("<[A-Za-z/!?]", source):
        return html
    opened: list[str] = []
    leaked: list[str] = []
    edits: list[Edit] = []
    end = ""
    for token in read_tokens(html):
        if isinstance(token, Unfinished):
            warnings.append(_unfinished_tag(html[token.start :], source))
            edits.append((token.start, token.end, ""))
        elif isinstance(token, RawText) and token.element == "plaintext":  # no end tag would end it
            edits.append((token.start, token.end, escape(html[token.start : token.end], quote=False)))
        elif isinstance(token, Comment | RawText):
            end = _end_of(token, html)
        elif not token.closing:
            if token.name == "plaintext":
                edits.append((token.start, token.end, "<pre>"))
            while token.name in _BREAKS_OUT and _is_foreign("", opened):
                del opened[max(_last(opened, name) for name in ("math", "svg") if name in opened) :]
            if token.name in _ENDS_LIKE_ITSELF and token.name in opened:
                depth = _last(opened, token.name)
                if not (_SCOPES | _LISTS).intersection(opened[depth + 1 :]):
                    del opened[depth:]
                    if token.name == "select":  # it cannot be in another
                        edits.append((token.start, token.end, "</select>"))
                        continue
            if token.name not in _NO_CONTENTS and not (token.empty and _is_foreign(token.name, opened)):
                opened.append("pre" if token.name == "plaintext" else token.name)
        elif token.name in opened:
            depth = _last(opened, token.name)
            inner = opened[depth + 1 :]
            if token.name in _SCOPES:
                edits.append((token.start, token.start, _close(opened, depth + 1)))
            elif _SCOPES.intersection(inner):  # browsers ignore such an end tag, or take it for another
                edits.append((token.start, token.end, ""))
                continue
            else:
                if token.name not in HEADINGS:  # any other may have ended where the section starts
                    edits.append((token.start, token.start, "</section>" * inner.count("section")))
                leaked += [name for name in reversed(inner) if name in _FORMATTING]
            del opened[depth:]
        elif token.name in _OUTER:
            edits.append((token.start, token.end, ""))
    return f"{splice(html, edits)}{end}{_close(opened, 0)}{''.join(f'</{name}>' for name in leaked)}"


def _is_foreign(name: str, opened: Sequence[str]) -> bool:
    """Whether an element belongs to SVG or MathML, where `/>` closes it."""
    return next((around for around in (name, *reversed(opened)) if around in _SCOPES), "") in ("math", "svg")


def _last(opened: Sequence[str], name: str) -> int:
    return len(opened) - 1 - opened[::-1].index(name)


def _close(opened: Sequence[str], depth: int) -> str:
    """The end tags of the elements of *opened* from *depth* on, except those that end with the element around them."""
    first = next((at for at, name in enumerate(opened) if name in _SCOPES), len(opened))
    names = (name for at, name in enumerate(opened) if at >= depth and (at > first or name not in _NOT_CLOSED))
    return "".join(f"</{name}>" for name in reversed(list(names)))


def _end_of(token: Comment | RawText, html: str) -> str:
    """The end of a comment, or of a comment in a script, that the end of *html* cuts off."""
    text = html[token.start : token.end]
    if token.end < len(html):
        return ""
    if isinstance(token, RawText):
        return "-->" if token.element == "script" and "<!--" in text else ""
    if text.startswith("<![CDATA["):
        return "" if text.endswith("]]>") else "]]>"
    if text.startswith("<!--"):
        return "" if text.endswith(("-->", "--!>")) or text == "<!-->" else "-->"
    return "" if text.endswith(">") else ">"


def _unfinished_tag(tag: str, source: str) -> tuple[int, str, str]:
    shown = tag.split("\n", 1)[0][:40].strip()
    row = next((row for row, line in enumerate(source.split("\n")) if shown in line), 0)
    return row, f"the tag '{shown}' never ends, and hides all that follows", "close its quotes and write the `>`"
