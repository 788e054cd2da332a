"""Code that authors write as HTML, `<pre><code>`: what reveal.js's highlight plugin does with it in the browser.

Tags in it are text unless it has `data-noescape`; `data-trim` takes off blank lines around it and common indentation;
a `<script type="text/template">` in it holds it, so that nothing needs to be escaped.
"""

from __future__ import annotations

import re
from html import unescape

from quarterdeck.deck.steps.code import highlight_lines

_CODE = re.compile(
    r"<pre(?P<pre>[^<>]*)>(?P<before>\s*)<code(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"(?P<html>\s*<script\b.*?</script\s*>\s*|(?:(?!</code\b|<pre\b).)*+)</code>"
    r"(?P<after>\s*)</pre>",
    re.IGNORECASE | re.DOTALL,
)
_OWN = re.compile(r"class=\"(?:commands|terminal)\b")
_COLOURED = re.compile(r"(?=[^<]*<span class=\")(?:[^<]|</?span(?: class=\"[\w ]*\")?>)*+\Z")
_TEMPLATE = re.compile(
    r"\s*<script[^>]*\btype=[\"']?text/template[^>]*>(?P<code>.*)</script\s*>\s*\Z", re.I | re.DOTALL
)
_CLASSES = re.compile(r"\sclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_TRIM = re.compile(r"\sdata-trim(?:=(?:\"[^\"]*\"|'[^']*'))?(?=\s|\Z)", re.IGNORECASE)


def finish_code(html: str) -> str:
    """*html* with the code that its author wrote as HTML finished and coloured; other code stays as it is."""
    return _CODE.sub(_finish, html) if "<code" in html.lower() else html


def _finish(match: re.Match[str]) -> str:
    attributes, html = match["attributes"], match["html"]
    if _OWN.search(match["pre"]) or _COLOURED.match(html):
        return match[0]
    template = _TEMPLATE.match(html)
    as_html = not template and "<" in html and "data-noescape" in attributes.lower()
    text = template["code"] if template else html if as_html else unescape(html)
    if _TRIM.search(attributes):
        text = trim_code(text)
        attributes = _TRIM.sub("", attributes)
    lines = text.split("\n") if as_html else list(highlight_lines(text, _language(attributes)))
    if "data-line-numbers" in attributes:
        lines = [f'<span class="line">{line}</span>' for line in lines]
    body = "\n".join(lines)
    return f"<pre{match['pre']}>{match['before']}<code{attributes}>{body}</code>{match['after']}</pre>"


def _language(attributes: str) -> str:
    classes = _CLASSES.search(attributes)
    words = (classes[1] or classes[2] or "").split() if classes else []
    names = (word.removeprefix("language-").removeprefix("lang-") for word in words)
    return next((name for name in names if name not in ("hljs", "fragment")), "")


def trim_code(text: str) -> str:
    """*text* without blank lines around it and without the indentation that all of its lines have."""
    lines = text.strip("\n").split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)
