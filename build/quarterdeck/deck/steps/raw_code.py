"""Code that authors write as HTML, `<pre><code>`: what reveal.js's highlight plugin does with it in the browser.

Tags in it are text unless it has `data-noescape`; `data-trim` removes blank lines around it and common indentation;
inside a `<script type="text/template">` in it nothing needs to be escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from quarterdeck.deck.html.tokens import Edit, RawText, Tag, read_tokens, splice
from quarterdeck.deck.steps.code import highlight_lines

_OWN = (["commands"], ["terminal"])
"""The first class of `<pre>` in the figures of steps."""
_COLOURED = re.compile(r"(?=[^<]*<span class=\")(?:[^<]|</?span(?: class=\"[\w ]*\")?>)*+\Z")
_END_OF_CODE = re.compile(r"(?P<end></code\s*>)(?=\s*</pre\s*>)|</code\b|<pre\b", re.IGNORECASE)


def finish_code(html: str) -> str:
    """*html* with code that its author wrote as HTML in its final form, coloured; other code stays as it is."""
    return splice(html, _edits(html)) if "<code" in html.lower() else html


def _edits(html: str) -> Iterator[Edit]:
    end: int | None = 0
    while end is not None and (elements := _find_code(html, end)):
        pre, code = elements
        template = _read_template(html, code.end)
        match = _END_OF_CODE.search(html, template.end if template else code.end)
        end = match.end() if match else None
        if match and match["end"] and pre.classes[:1] not in _OWN:
            text = html[code.end : match.start()]
            if not _COLOURED.match(text):
                text_of_template = html[template.start : template.end] if template else None
                yield code.start, match.start(), _finish(code, text, text_of_template)


def _find_code(html: str, start: int) -> tuple[Tag, Tag] | None:
    """The next `<pre>` that starts with a `<code>`, blanks aside: both tags."""
    pre = None
    for token in read_tokens(html, start):
        if not isinstance(token, Tag) or token.closing:
            pre = None
        elif pre and token.name == "code" and not html[pre.end : token.start].strip():
            return pre, token
        else:
            pre = token if token.name == "pre" else None
    return None


def _read_template(html: str, start: int) -> RawText | None:
    """The contents of the `<script type="text/template">` that code starts with."""
    tokens = read_tokens(html, start)
    tag, text = next(tokens, None), next(tokens, None)
    if not isinstance(tag, Tag) or not isinstance(text, RawText) or html[start : tag.start].strip():
        return None
    return text if tag.attributes.get("type") == "text/template" else None


def _finish(code: Tag, html: str, template: str | None) -> str:
    as_html = template is None and "<" in html and "data-noescape" in code.attributes
    text = template if template is not None else html if as_html else unescape(html)
    tag = code.text[code.start : code.end]
    if "data-trim" in code.attributes:
        text = _trim(text)
        trims = (attribute for attribute in code.attribute_list if attribute.name == "data-trim")
        tag = splice(tag, ((trim.start - code.start - 1, trim.end - code.start, "") for trim in trims))
    lines = text.split("\n") if as_html else list(highlight_lines(text, _language(code)))
    if "data-line-numbers" in code.attributes:
        lines = [f'<span class="line">{line}</span>' for line in lines]
    return tag + "\n".join(lines)


def _language(code: Tag) -> str:
    names = (word.removeprefix("language-").removeprefix("lang-") for word in code.classes)
    return next((name for name in names if name not in ("hljs", "fragment")), "")


def _trim(text: str) -> str:
    """*text* without blank lines around it and without the indentation that all of its lines have."""
    lines = text.split("\n")
    rows = [row for row, line in enumerate(lines) if line.strip()]
    indent = min((len(lines[row]) - len(lines[row].lstrip()) for row in rows), default=0)
    return "\n".join(line[indent:] for line in lines[rows[0] : rows[-1] + 1]) if rows else ""
