"""Quotes, dashes and dots as books have them, for decks that ask for it: what reveal.js calls smartypants.

Config 2 of SmartyPants: `--` is an en dash, `---` an em dash, `...` an ellipsis; code is left alone. Tags are kept out
of its way, since it takes a `>` in an attribute for the end of the tag, and comments with `--` in them for text.
"""

from __future__ import annotations

import re

from quarterdeck.deck.html.balance import TAG_REST

_TAG = re.compile(
    rf"<!--.*?(?:-->|\Z)|<(?P<name>/?[A-Za-z][\w-]*)(?:(?![\w-]){TAG_REST}|(?P<unfinished>.*))", re.DOTALL
)
_KEPT = re.compile(r"<[^<>]*quarterdeck-tag-(\d+)>")


def set_punctuation(html: str) -> str:
    """*html* with such punctuation."""
    from smartypants import Attr, smartypants

    tags: list[str] = []

    def keep(match: re.Match[str]) -> str:
        tags.append(match[0])
        return f"<{match['name'] or '!'} quarterdeck-tag-{len(tags) - 1}>"

    html = smartypants(_TAG.sub(keep, html), Attr.set2 | Attr.w | Attr.u)
    return _KEPT.sub(lambda match: tags[int(match[1])], html)
