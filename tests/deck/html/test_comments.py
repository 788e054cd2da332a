"""What comments ask for, and who gets it."""

from __future__ import annotations

import pytest

from quarterdeck.deck.html.comments import apply_comments

X = '<!-- .element: class="x" -->'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p>a <strong>b</strong> c {X}</p>", '<p class="x">a <strong>b</strong> c </p>'),
        (f"<p>a <strong>b</strong> {X} c</p>", '<p>a <strong class="x">b</strong>  c</p>'),
        (f'<p>a <a href="u">b</a> c {X}</p>', '<p>a <a href="u" class="x">b</a> c </p>'),
        (f"<h2>a <code>b</code> {X}</h2>", '<h2>a <code class="x">b</code> </h2>'),
        (
            f"<li>a <em>b</em> {X}\n<ul>\n<li>c</li>\n</ul>\n</li>",
            '<li class="x">a <em>b</em> \n<ul>\n<li>c</li>\n</ul>\n</li>',
        ),
        (f"<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n{X}", '<ul>\n<li>a</li>\n<li class="x">b</li>\n</ul>\n'),
        (f"<ul>\n<li>a</li>\n</ul>\n\n{X}", '<ul class="x">\n<li>a</li>\n</ul>\n\n'),
        (
            f"<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n{X}",
            '<ul>\n<li class="x">a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n',
        ),
        (f"<p>a</p>\n<hr>\n{X}", '<p>a</p>\n<hr class="x">\n'),
        (f"<p>a<br>b {X}</p>", '<p class="x">a<br>b </p>'),
        (f'<img src="a.png" alt="">{X}', '<img src="a.png" alt="" class="x">'),
        (f"<img src='a.png' class=y />{X}", "<img src='a.png' class=\"y x\">"),
        (f'<div data-a="1 > 2"></div>{X}', '<div data-a="1 > 2" class="x"></div>'),
        (f"<script>if (a < b) {{}} // <p></script>{X}", '<script class="x">if (a < b) {} // <p></script>'),
        (f"<p>a</p></div>{X}", '<p class="x">a</p></div>'),
        ('<p>a <!-- .element: id="b" --><!-- .element: title="&" --></p>', '<p id="b" title="&amp;">a </p>'),
        ("<p>a <!-- see .element: x --></p>", "<p>a <!-- see --></p>"),
        ("<p>a <!-- b --></p>", "<p>a <!-- b --></p>"),
    ],
)
def test_element(html: str, expected: str) -> None:
    """The element before the comment gets the attributes; at the end of text, the text's paragraph or item."""
    assert apply_comments(html) == (expected, {})


def test_slide() -> None:
    """A `.slide:` comment means the slide wherever it stands, and a first `.element:` does, too; classes add up."""
    html = '<!-- .element: class="a" --><p>b <!-- .slide: class="c" data-state="d" data-auto-animate --></p>'
    assert apply_comments(html) == ("<p>b </p>", {"class": "a c", "data-state": "d", "data-auto-animate": ""})
