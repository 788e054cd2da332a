"""A markdown-it plugin that parses Markdown like marked 17, the parser of reveal.js 6.0.2.

marked parses the content of a list item or a block quote as a document of its own, which causes most of its
differences from CommonMark. `tests/browser/test_differential.py` compares the two in a browser.

(Rejected: marked itself in an embedded V8. It is exact, but gives no line numbers, takes no markdown-it plugins, and
needs a native wheel.)
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import hr, reference

from quarterdeck.deck.markdown.marked import blocks, inline_rules, lists, paragraphs, quotes
from quarterdeck.deck.markdown.marked.emphasis import emphasis

_RULES: tuple[tuple[str, RuleFuncBlockType, bool], ...] = (
    ("code", blocks.indented_code, False),
    ("fence", blocks.fence, True),
    ("heading", blocks.heading, True),
    ("hr", hr, True),
    ("blockquote", quotes.quote, True),
    ("list", lists.list_items, True),
    ("html_block", blocks.raw_html, True),
    ("reference", reference, False),
    ("table", paragraphs.table, True),
    ("lheading", blocks.underlined_heading, True),
    ("paragraph", paragraphs.paragraph, False),
)
"""The block rules, and whether they interrupt the text of a list item."""


def marked_plugin(md: MarkdownIt, *, animate_lists: bool = False) -> None:
    """Make *md* parse Markdown like reveal.js; its option `gfm` adds GitHub's extensions to CommonMark.

    Args:
        md: The parser to change.
        animate_lists: Make each list item a fragment.
    """
    md.block = ParserBlock()
    md.block.ruler = Ruler()
    for name, rule, interrupts in _RULES:
        md.block.ruler.push(name, rule, {"alt": [paragraphs.ANYTHING] if interrupts else []})
    if animate_lists:
        md.core.ruler.after("block", "animated_items", lists.animate_items)
    md.inline.ruler.at("emphasis", emphasis)
    md.inline.ruler2.disable(["balance_pairs", "emphasis"])
    md.inline.ruler.at("html_inline", inline_rules.tag)
    md.inline.ruler.at("escape", inline_rules.backslash)
    if md.options.get("gfm"):
        md.inline.ruler.before("emphasis", "address", inline_rules.address)
        md.inline.ruler.before("emphasis", "mail", inline_rules.mail)
        md.inline.ruler.before("emphasis", "www", inline_rules.www)
        md.inline.ruler.at("text", inline_rules.text)
    # Authors may write any address, as in raw HTML. reveal.js accepts all, including images in `data:`.
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    md.normalizeLink = inline_rules.encode_address  # type: ignore[method-assign]
    md.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
