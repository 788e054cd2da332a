"""What a deck may say about its Markdown: options of reveal.js's plugin and of marked with a sense at build time.

A deck file has them where reveal.js has them: `reveal: {markdown: {smartypants: true}}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quarterdeck.base.errors import Place, Problems, did_you_mean
from quarterdeck.base.options import read_flag, read_text, shown_value
from quarterdeck.base.yaml_positions import Located

if TYPE_CHECKING:
    from quarterdeck.deck.html_deck_model import Separators


@dataclass(frozen=True, slots=True)
class MarkdownOptions:
    """How the Markdown of a deck is read."""

    smartypants: bool = False
    """Whether quotes, dashes and dots become those of books."""
    breaks: bool = False
    """Whether each line of a paragraph is one on the slide."""
    gfm: bool = True
    """Whether there are tables, strikethrough, task lists and bare links."""
    animate_lists: bool = False
    """Whether each item of a list is a fragment."""


PLAIN = MarkdownOptions()
"""What decks have that say nothing."""

_FLAGS = {"smartypants": "smartypants", "breaks": "breaks", "gfm": "gfm", "animateLists": "animate_lists"}
_SEPARATORS = {"separator": "stacks", "verticalSeparator": "slides", "notesSeparator": "notes"}
_SCRIPT = "it is JavaScript, and slides are rendered when the deck is built"
_GONE = "marked, which reveal.js renders with, knows it no more"
_WITHOUT_EFFECT = {
    **dict.fromkeys(("renderer", "tokenizer", "hooks", "walkTokens", "extensions", "highlight"), _SCRIPT),
    **dict.fromkeys(
        ("headerIds", "headerPrefix", "langPrefix", "mangle", "sanitize", "sanitizer", "smartLists"), _GONE
    ),
    **dict.fromkeys(("xhtml", "baseUrl"), _GONE),
    **dict.fromkeys(("async", "silent"), "it says how marked is called, not how slides look"),
    "pedantic": "the Markdown of 2004 is not read here",
}


def read_markdown_options(located: Located, problems: Problems) -> tuple[MarkdownOptions, Separators | None]:
    """What `reveal.markdown` of a deck file says; None for separators where it says nothing about them.

    Ill-typed values are errors, options without effect and unknown ones warnings, each at its line.
    """
    found: dict[str, Any] = {}
    separators: dict[str, str] = {}
    table = located.value["reveal"]["markdown"]
    if not isinstance(table, dict):
        at = located.place("reveal", "markdown")
        problems.add(at, f"'reveal.markdown' is a table, not {shown_value(table)}")
        return PLAIN, None
    for key, value in table.items():
        at, name = located.place("reveal", "markdown", key), f"'reveal.markdown.{key}'"
        if key not in _FLAGS and key not in _SEPARATORS:
            _warn(key, at, name, problems)
            continue
        if value is None:
            continue
        try:
            if key in _FLAGS:
                found[_FLAGS[key]] = read_flag(value)
            else:
                separators[_SEPARATORS[key]] = _read_separator(value)
        except ValueError as error:
            problems.add(at, f"{name} {error}")
    return MarkdownOptions(**found), _separators(separators) if separators else None


def _warn(key: str, at: Place, name: str, problems: Problems) -> None:
    if key in _WITHOUT_EFFECT:
        problems.warn(at, f"{name} has no effect: {_WITHOUT_EFFECT[key]}", "remove it")
    else:
        problems.warn(at, f"unknown option {name}", did_you_mean(key, (*_FLAGS, *_SEPARATORS)))


def _read_separator(value: Any) -> str:
    from quarterdeck.deck.split.separators import python_regex

    pattern = read_text(value)
    try:
        python_regex(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return pattern


def _separators(found: dict[str, str]) -> Separators:
    """Those *found*, and ours for the rest."""
    from quarterdeck.deck.html_deck_model import Separators
    from quarterdeck.deck.split.separators import DEFAULT

    usual = {"stacks": DEFAULT.stacks, "slides": r"\r?\n--\r?\n", "notes": DEFAULT.notes}
    return Separators(**{**usual, **found})
