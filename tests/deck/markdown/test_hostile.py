"""Slides that nobody means well by: whatever stands on them, rendering ends soon."""

from __future__ import annotations

import pytest

from quarterdeck.base.errors import Place
from quarterdeck.deck.markdown.render import render_slide
from quarterdeck.deck.model import PLAIN, MarkdownOptions, RawSlide
from quarterdeck.deck.steps.raw_code import finish_code
from support.effort import LINEAR, growth

INLINE = (
    "*a ", "**a **b ", "*", "_a ", "*_a ", "a**b_c*", "***a** ", "~a ", "~", "*a **b** c* ", "[", "]", "[a](", "![",
    "[a][b] ", "*[", "*[a](b*", "`", "` ", "_`a` ", "[`", "<a ", "<!--", "<? ", "<a b='", "&#", "\\", "www.a(",
    "www.a)", "http://a?", "a@b.c_", "{{ ", "{{ a }}<b>", ":fa-", "$a ", "[^a] ",
)  # fmt: skip
ROWS = (
    "- a", "- a\n", "> a", "> a\nb", "> - a\n> b\nc", "> > a\nb\n> c", "a", "a  ", "a\n===", "# a", "```", "|a|b|",
    "<div>", "<!-- a", "<pre>", "<script>", "a\n: b", "a\n: - b", "[^a]: b", "::: a", "{.a}", "[a]: b", "- - - b",
    "    a", 'a <!-- .element: class="a" -->', "- [ ] a", "**a** <!-- .element: a -->",
)  # fmt: skip
LONG = {
    "info string": lambda size: "```[" + " " * size + "x",
    "name of a mailbox": lambda size: "a" * size + " b@c.de",
    "full stops": lambda size: "www.a" + "." * size,
    "parentheses": lambda size: "www.a" + "(x)" * (size // 3) + ")" * size,
    "name": lambda size: f"<!-- .element: {'a' * size} -->",
    "blanks": lambda size: "- a" + " " * size + "b",
    "underline": lambda size: "a\n=" + " " * size + "b",
    "cells": lambda size: "|a" * size + "\n" + "|-" * size,
    "quotes": lambda size: ">" * size,
    "items": lambda size: "- " * size,
    "stairs": lambda size: "".join("  " * depth + "- a\n" for depth in range(int(size**0.5))),
    "emphasis": lambda size: "*a " * (size // 6) + "a* " * (size // 6),
}


def render(text: str, options: MarkdownOptions = PLAIN) -> str:
    """The HTML of a slide."""
    return render_slide(RawSlide(Place("a.md", 1), text, None), {}, {"a": "b"}, options).html


@pytest.mark.parametrize("piece", [*INLINE, *(f"{row}\n" for row in ROWS)])
def test_pieces_over_and_over_take_linear_time(piece: str) -> None:
    """What begins something that never ends, thousands of times."""
    assert growth(lambda size: render((piece * size)[:size]), 800) < LINEAR


@pytest.mark.parametrize("kind", LONG)
def test_long_things_take_linear_time(kind: str) -> None:
    """One thing of thousands of characters."""
    assert growth(lambda size: render(LONG[kind](size)), 800) < LINEAR


@pytest.mark.parametrize("piece", ["<div a ", "<div a=\"b\" c='d' ", '<div a=" ', "<!-- a ", "</a ", "\"a' -- "])
def test_books_punctuation_takes_linear_time(piece: str) -> None:
    """Tags and comments that never end, in a deck that asks for `smartypants`."""
    options = MarkdownOptions(smartypants=True)
    assert growth(lambda size: render((piece * size)[:size], options), 800) < LINEAR


@pytest.mark.parametrize("piece", ["<pre><code>", "<pre><code>a</code> b</pre>", '<span class="a">b</span>'])
def test_code_as_html_takes_linear_time(piece: str) -> None:
    """Code that does not end as it should, and code in which the author coloured something."""
    assert growth(lambda size: finish_code(f"<pre><code>{piece * (size // 10)}<b></code></pre>"), 800) < LINEAR


@pytest.mark.parametrize("piece", ["- ", "> ", "> - ", "1. ", "*a **b ", "[", "![", "<div>", "<b>"])
def test_deep_nesting_is_left_out_and_no_crash(piece: str) -> None:
    """Five thousand levels: what is too deep is left out, and the rest of the slide stands."""
    html = render(f"## A\n\n{piece * 5000}a\n\n## B")
    assert html.startswith("<h2>A</h2>")
    assert "<h2>B</h2>" in html


def test_a_reference_after_a_list_in_a_quote_ends() -> None:
    """A list at the end of a quote is read again with the rows that follow, but not if it does not grow."""
    html = render(">   - a\n    # b\n> [c]: d\n    e")
    quote = '<ul>\n<li>a\n<h1>b</h1>\n</li>\n</ul>\n<pre><code class="nohighlight">e</code></pre>\n'
    assert html == f"<blockquote>\n{quote}</blockquote>\n"
