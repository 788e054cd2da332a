"""Footnotes: `[^1]` in the text, `[^1]: the note` anywhere on the same slide; shown at the foot of that slide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore

SLIDE = "quarterdeck-slide-"
"""Placeholder for the slide's id in footnote ids: only the deck that shows the slide knows the id."""
_NUMBERED = r"\[\^(\d+)\](?!:)"


def plugin(md: MarkdownIt) -> None:
    """Let *md* read footnotes, but not inline footnotes (`^[…]`): `^[a-z]` is a common pattern on slides."""
    from mdit_py_plugins.footnote import footnote_plugin

    footnote_plugin(md, inline=False)
    md.core.ruler.before("footnote_tail", "footnotes_checked", _check)
    md.core.ruler.after("footnote_tail", "footnotes_shown", _show)


def own_footnotes(html: str, slide: str) -> str:
    """The *html* of a slide whose footnote ids start with the slide's id, *slide*."""
    return html.replace(SLIDE, f"{slide}-") if SLIDE in html else html


def _check(state: StateCore) -> None:
    """Keep footnotes without a reference; warn about them and about references without a footnote."""
    notes = state.env.get("footnotes", {"refs": {}, "list": {}})
    warnings = state.env.setdefault("warnings", [])
    for token in state.tokens:
        row = token.map[0] if token.map else 0
        if token.type == "footnote_reference_open" and notes["refs"][f":{token.meta['label']}"] < 0:
            label = token.meta["label"]
            notes["refs"][f":{label}"] = number = len(notes["list"])
            notes["list"][number] = {"label": label, "count": 0}
            warnings.append((row, f"nothing refers to the footnote '{label}'", f"write [^{label}] where it belongs"))
        for child in token.children or ():
            if child.type == "text" and (reference := re.search(_NUMBERED, child.content)):
                what = f"no footnote '{reference[1]}' on this slide"
                warnings.append((row, what, f"write [^{reference[1]}]: THE NOTE on the same slide"))


def _show(state: StateCore) -> None:
    """Replace the plugin's tokens by HTML, without back links: footnotes stand on the slide of their marks."""
    prefix = f"{SLIDE}notes-" if state.env.get("notes") else SLIDE
    for token in state.tokens:
        if token.type.startswith("footnote_"):
            name = f"{prefix}note-{token.meta['id'] + 1}" if token.meta else ""
            token.type, token.content = "html_block", _PARTS[token.type].format(name=name)
        for child in token.children or ():
            if child.type == "footnote_ref":
                number, earlier = child.meta["id"] + 1, child.meta["subId"]
                name = f"{prefix}mark-{number}" + (f"-{earlier + 1}" if earlier else "")
                link = f'<a id="{name}" href="#{prefix}note-{number}" role="doc-noteref">{number}</a>'
                child.type, child.content = "html_inline", f'<sup class="footnote">{link}</sup>'


_PARTS = {
    "footnote_block_open": '<aside class="footnotes" aria-label="Footnotes">\n<ol>\n',
    "footnote_open": '<li id="{name}">',
    "footnote_anchor": "",
    "footnote_close": "</li>\n",
    "footnote_block_close": "</ol>\n</aside>\n",
}
