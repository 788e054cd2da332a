"""`{{ NAME }}` of declared variables in the prose of slides, and never in code.

They are replaced in text while it is parsed, so that values are not Markdown; in addresses and raw HTML afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from quarterdeck.deck.html.tokens import Tag, read_tokens, splice

_VARIABLE = re.compile(r"\{\{[ \t]*([^{}\s]+)[ \t]*\}\}")
_QUOTED = re.compile(r"%7B%7B(?:%20)*([^%]+?)(?:%20)*%7D%7D")
_CODE = frozenset({"code", "kbd", "pre", "samp", "script", "style", "textarea"})
"""Elements whose contents are code."""


def variables_plugin(md: MarkdownIt) -> None:
    """Let *md* replace the variables in `env["variables"]`."""
    md.inline.ruler.before("emphasis", "variable", _variable)
    md.core.ruler.push("variables", _replace_outside_text)


def _variable(state: StateInline, silent: bool) -> bool:
    variables = state.env.get("variables")
    if not variables or state.src[state.pos] != "{":
        return False
    match = _VARIABLE.match(state.src, state.pos, state.posMax)
    if match is None or match[1] not in variables or _in_code(state):
        return False
    if not silent:
        state.pending += variables[match[1]]
    state.pos = match.end()
    return True


def _in_code(state: StateInline) -> bool:
    """Whether the last tag of code before the current position opens it."""
    tokens, count, inside = state.env.get("code tags", ((), 0, False))
    if tokens is not state.tokens or count > len(tokens):
        count, inside = 0, False
    for token in state.tokens[count:]:
        inside = _goes_on_in_code(token, inside)
    # Remember the answer, so that a text with many variables takes linear time.
    state.env["code tags"] = state.tokens, len(state.tokens), inside
    return bool(inside)


def _goes_on_in_code(token: Token, inside: bool) -> bool:
    """Whether what comes after *token* is in code; *inside*: whether the token is."""
    tag = next(read_tokens(token.content), None) if token.type == "html_inline" else None
    return not tag.closing if isinstance(tag, Tag) and tag.name in _CODE else inside


def _replace_outside_text(state: StateCore) -> None:
    variables = state.env.get("variables")
    if variables and "{{" in state.src:
        _replace_in_tokens(state.tokens, variables)


def _replace_in_tokens(tokens: Sequence[Token], variables: Mapping[str, str]) -> None:
    """Replace variables in raw HTML, and in the addresses of links and pictures."""
    inside = False
    for token in tokens:
        if token.children:
            _replace_in_tokens(token.children, variables)
        before, inside = inside, _goes_on_in_code(token, inside)
        if token.type == "html_block" or (token.type == "html_inline" and not before):
            token.content = _replace_in_html(token.content, variables)
        for name in ("href", "src"):
            if isinstance(value := token.attrs.get(name), str) and "%7B%7B" in value:
                token.attrs[name] = _replace(_QUOTED, value, variables)


def _replace_in_html(html: str, variables: Mapping[str, str]) -> str:
    """*html* with the variables outside of code in it."""
    if "{{" not in html:
        return html
    comment = html.lstrip().startswith("<!--")
    values = variables if comment else {name: escape(value) for name, value in variables.items()}
    edits = ((start, end, _replace(_VARIABLE, html[start:end], values)) for start, end in _outside_code(html))
    return splice(html, edits)


def _outside_code(html: str) -> Iterator[tuple[int, int]]:
    """The start and end of each piece of *html* that is not in code."""
    start, code = 0, ""
    for token in read_tokens(html):
        if not isinstance(token, Tag):
            continue
        if not code and not token.closing and token.name in _CODE:
            yield start, token.start
            code = token.name
        elif token.closing and token.name == code:
            start, code = token.end, ""
    if not code:
        yield start, len(html)


def _replace(pattern: re.Pattern[str], text: str, variables: Mapping[str, str]) -> str:
    return pattern.sub(lambda match: variables.get(match[1], match[0]), text)
