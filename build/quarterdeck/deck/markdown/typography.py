"""Quotes, dashes and dots as books have them, for decks that ask for it: what reveal.js calls smartypants.

Config 2 of SmartyPants: `--` is an en dash, `---` an em dash, `...` an ellipsis; code is left alone. Tags are kept out
of its way, since it takes a `>` in an attribute for the end of the tag, and comments with `--` in them for text.
"""

from __future__ import annotations

import re

from quarterdeck.deck.html.tokens import Edit, Tag, read_tokens, splice

_KEPT = re.compile(r"<[^<>]*quarterdeck-tag-(\d+)>")


def set_punctuation(html: str) -> str:
    """*html* with such punctuation."""
    from smartypants import Attr, smartypants

    pieces: list[str] = []
    edits: list[Edit] = []
    for token in read_tokens(html):
        name = f"{'/' * token.closing}{re.sub('[^a-z0-9-]', '', token.name)}" if isinstance(token, Tag) else "!"
        edits.append((token.start, token.end, f"<{name} quarterdeck-tag-{len(pieces)}>"))
        pieces.append(html[token.start : token.end])
    html = smartypants(splice(html, edits), Attr.set2 | Attr.w | Attr.u)
    return _KEPT.sub(lambda match: pieces[int(match[1])], html)
