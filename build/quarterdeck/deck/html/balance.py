"""The HTML of one slide, balanced: it closes what it opens, and closes nothing around it.

In reveal.js each slide is a document of its own. In a page that was rendered before, an element that a slide leaves
open would run on into the slides that follow, and a `</div>` too many would end the deck.
"""

from __future__ import annotations

import re

from quarterdeck.deck.html.tokens import VOID, Comment, Edit, RawText, Token, Unfinished, read_tokens, splice

_RAW = re.compile(r"<[A-Za-z/!?]")
_OUTER = frozenset({"div", "section", "body", "html", "main"})
"""Elements that stand around slides in a page."""
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
"""Elements that a browser opens again after what was around them ended."""
_NOT_CLOSED = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup", "caption", "plaintext"}
)
"""Elements that end with what is around them; an end tag of their own would do more than that."""
_SHOWN = 40
"""Characters of a tag that a warning shows."""


def balance_tags(html: str, source: str, warnings: list[tuple[int, str, str]]) -> str:
    """*html* with what it leaves open closed, and without end tags that would close what is around it.

    Args:
        html: The inside of a slide.
        source: Its Markdown: where that has no HTML, there is nothing to do.
        warnings: Takes a tag without an end: the row in *source*, what it hides, and the fix.
    """
    if not _RAW.search(source):
        return html
    opened: list[str] = []
    leaked: list[str] = []
    edits: list[Edit] = []
    end = ""
    for token in read_tokens(html):
        if isinstance(token, Unfinished):
            warnings.append(_unfinished_tag(html[token.start :], source))
            edits.append((token.start, token.end, ""))
        elif isinstance(token, Comment | RawText):
            end = _end_of(token, html)
        elif not token.closing:
            if token.name not in VOID:
                opened.append(token.name)
        elif token.name in opened:
            while (last := opened.pop()) != token.name:
                if last in _FORMATTING:
                    leaked.append(last)
        elif token.name in _OUTER:
            edits.append((token.start, token.end, ""))
    ends = "".join(f"</{name}>" for name in [*reversed(opened), *leaked] if name not in _NOT_CLOSED)
    return f"{splice(html, edits)}{end}{ends}"


def _end_of(token: Token, html: str) -> str:
    """What ends a comment, or a comment in a script, that the end of *html* cuts off."""
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
    shown = tag.split("\n", 1)[0][:_SHOWN].strip()
    row = next((row for row, line in enumerate(source.split("\n")) if shown in line), 0)
    return row, f"the tag '{shown}' never ends, and hides all that follows", "close its quotes and write the `>`"
