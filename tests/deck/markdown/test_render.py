"""Slide sources as slides: what reveal.js's cases do not show."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.markdown.render import render_slide
from quarterdeck.deck.model import RawSlide
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import parse_markers, place_blocks
from quarterdeck.deck.split.slides import split_slides
from support.dialect import slides_of

NONE: Mapping[int, str] = {}


def split(text: str) -> tuple[list[list[tuple[int, str, str | None]]], list[str]]:
    """Line, body and notes of each slide by stack, and the warnings."""
    problems = Problems()
    lines = text.split("\n")
    stacks = split_slides(lines, "a.md", map_fences(lines), problems)
    return [[(raw.at.line, raw.body, raw.notes) for raw in stack] for stack in stacks], list(
        map(str, problems.warnings)
    )


def render(body: str, **variables: str) -> str:
    """The HTML of one slide."""
    return render_slide(RawSlide(Place("a.md", 1), body, None), NONE, variables).html


def with_block(text: str, block: str = "<figure>x</figure>") -> str:
    """The HTML of one slide in which each marker becomes *block*."""
    lines = text.split("\n")
    markers = parse_markers(lines, "a.md", map_fences(lines), Problems())
    raw = RawSlide(Place("a.md", 1), "\n".join(place_blocks(lines, markers)), None)
    return render_slide(raw, dict.fromkeys(markers, block), {}).html


def test_stacks_know_their_lines() -> None:
    """A slide starts on the line after its separator."""
    stacks, warnings = split("A\n--\nB\n---\nC\nNote: D\n\nE")
    assert stacks == [[(1, "A", None), (3, "B", None)], [(5, "C", " D\n\nE")]]
    assert warnings == []


def test_separators_and_notes_in_fences_are_text() -> None:
    """Fences in list items and quotes count, too."""
    text = "- a\n\n  ```yaml\n  b: 1\n---\n"
    assert len(split(text)[0]) == 2
    text = "```yaml\na: 1\n---\nNote: b\n--\n```\n\n~~~\n---\n~~~"
    assert split(text) == ([[(1, text, None)]], [])


def test_unclosed_fence_is_reported_and_slides_survive() -> None:
    """A fence that nothing closes ends with its slide, as it does in a browser."""
    stacks, warnings = split("```\na\n---\nB")
    assert [len(stack) for stack in stacks] == [1, 1]
    assert warnings == [
        "a.md:1: a code fence that nothing closes\n  hint: close it with as many of the same characters"
    ]


def test_two_notes_are_text_and_reported() -> None:
    """As in reveal.js two `Note:` lines make no notes; the author is told where the second stands."""
    stacks, warnings = split("A\nNote: x\nNote: y")
    assert stacks == [[(1, "A\nNote: x\nNote: y", None)]]
    assert warnings == ["a.md:3: a second 'Note:' in a slide makes both of them text\n  hint: keep one"]


def test_workshop_source_has_the_stacks_that_reveal_makes() -> None:
    """A source as trainers write it: topics as stacks, demos below them."""
    stack = ["## Topic", "## Demo\n\n<!-- include: layers-3.command -->", "## Demo\n\n![](a.svg)"]
    text = "## Title\n\n---\n\n" + "\n\n--\n\n".join(stack) + "\n\n---\n\n## Last\n\nhttps://example.com\n"
    assert [[slide.heading for slide in stack] for stack in slides_of(text)] == [
        ["Title"],
        ["Topic", "Demo", "Demo"],
        ["Last"],
    ]


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("see https://a.b/c_d_e.\n", '<p>see <a href="https://a.b/c_d_e">https://a.b/c_d_e</a>.</p>\n'),
        ("(http://a.b/c(d))", '<p>(<a href="http://a.b/c(d)">http://a.b/c(d)</a>)</p>\n'),
        ("http://localhost:5000/v2", '<p><a href="http://localhost:5000/v2">http://localhost:5000/v2</a></p>\n'),
        ("`http://a.b` and <http://c.d>", '<p><code>http://a.b</code> and <a href="http://c.d">http://c.d</a></p>\n'),
        ("[http://a.b](c)", '<p><a href="c">http://a.b</a></p>\n'),
        ("example.com and a:b", "<p>example.com and a:b</p>\n"),
        ("alpine@sha256:0123", "<p>alpine@sha256:0123</p>\n"),
        ("*www.a.b*", '<p><em><a href="http://www.a.b">www.a.b</a></em></p>\n'),
        ('<a href="x">www.a.b</a>', '<p><a href="x">www.a.b</a></p>\n'),
        ("~~a *b*~~ ~ c ~ ~d", "<p><del>a <em>b</em></del> ~ c ~ ~d</p>\n"),
        ("*a ~b* c~", "<p><em>a ~b</em> c~</p>\n"),
        ("H~2~O", "<p>H<del>2</del>O</p>\n"),
        ("![](data:image/svg+xml;base64,PHN2Zz4=)", '<p><img src="data:image/svg+xml;base64,PHN2Zz4=" alt=""></p>\n'),
        ("[x](javascript:alert)", '<p><a href="javascript:alert">x</a></p>\n'),
        ("a  \nb", "<p>a<br>\nb</p>\n"),
        ("```\n\n\n```", '<pre><code class="nohighlight">\n</code></pre>\n'),
        (
            "```yaml [5: 1|2]\na\nb\n```",
            '<pre><code class="yaml" data-line-numbers="1|2" data-ln-start-from="5">'
            '<span class="line"><span class="l">a</span></span>\n'
            '<span class="line"><span class="l">b</span></span></code></pre>\n',
        ),
        (
            "| a |\n|--:|\n| 1 |",
            '<table>\n<thead>\n<tr>\n<th align="right">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
            '<td align="right">1</td>\n</tr>\n</tbody>\n</table>\n',
        ),
    ],
)
def test_markdown(markdown: str, html: str) -> None:
    """Links, strikethrough, pictures, code and tables."""
    assert render(markdown) == html


def test_variables_are_replaced_in_prose_only() -> None:
    """Declared names are replaced in text, titles and addresses; in code, and undeclared ones, nothing is."""
    text = "# {{ EVENT }} {{OTHER}}\n\n`{{ EVENT }}` [{{EVENT}}]({{URL}}) ![{{EVENT}}](<{{ URL }}>) docker {{.Names}}"
    assert render(text, EVENT="R&D", URL="https://a.b/?c=d") == (
        "<h1>R&amp;D {{OTHER}}</h1>\n"
        '<p><code>{{ EVENT }}</code> <a href="https://a.b/?c=d">R&amp;D</a> <img src="https://a.b/?c=d" alt="R&amp;D">'
        " docker {{.Names}}</p>\n"
    )
    assert render("```\n{{ EVENT }}\n```", EVENT="x") == '<pre><code class="nohighlight">{{ EVENT }}</code></pre>\n'
    assert render('<b title="{{ EVENT }}">{{ EVENT }}</b>', EVENT='"x"') == (
        '<p><b title="&quot;x&quot;">&quot;x&quot;</b></p>\n'
    )
    assert render("<pre>{{ EVENT }}</pre>", EVENT="x") == "<pre>{{ EVENT }}</pre>"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<code>{{ X }}</code> {{ X }}", "<p><code>{{ X }}</code> y</p>\n"),
        ("a <code class='b'>**{{ X }}**</code>", "<p>a <code class='b'><strong>{{ X }}</strong></code></p>\n"),
        ("a <kbd>{{ X }}</kbd> <b>{{ X }}</b>", "<p>a <kbd>{{ X }}</kbd> <b>y</b></p>\n"),
        ("a <code><i title='{{ X }}'></i></code>", "<p>a <code><i title='{{ X }}'></i></code></p>\n"),
        ("<div>{{ X }} <code>{{ X }}</code> {{ X }}</div>", "<div>y <code>{{ X }}</code> y</div>"),
        ("<div>{{ X }} <pre>{{ X }}</div>", "<div>y <pre>{{ X }}</div>"),
    ],
)
def test_variables_stay_in_code_written_as_html(markdown: str, html: str) -> None:
    """In a line and in a block, as in code written as Markdown."""
    assert render(markdown, X="y") == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n\n<!-- include: b.command -->\n\nc", "<p>a</p>\n<figure>x</figure>\n<p>c</p>\n"),
        ("a\n<!-- include: b.command -->\nc", "<p>a</p>\n<figure>x</figure>\n<p>c</p>\n"),
        ("a\n\n      <!-- include: b.command -->", "<p>a</p>\n<figure>x</figure>"),
        ("a\n      <!-- include: b.command -->", "<p>a</p>\n<figure>x</figure>"),
        (
            "- a\n\n        <!-- include: b.command -->\n- c",
            "<ul>\n<li>\n<p>a</p>\n<figure>x</figure></li>\n<li>\n<p>c</p>\n</li>\n</ul>\n",
        ),
        (
            "1. a\n   - b\n     <!-- include: b.command -->",
            "<ol>\n<li>a\n<ul>\n<li>b<figure>x</figure></li>\n</ul>\n</li>\n</ol>\n",
        ),
        ("<div>\n<!-- include: b.command -->\n</div>", "<div>\n<figure>x</figure>\n</div>"),
        ("```\n<!-- include: b.command -->\n```", '<pre><code class="nohighlight">&lt;!-- include: b.command --&gt;'),
    ],
)
def test_blocks_stand_anywhere(text: str, html: str) -> None:
    """A marker's block stands between paragraphs, in list items and in HTML, however far it is indented."""
    assert with_block(text).startswith(html)


def test_comment_after_a_block_means_the_block() -> None:
    """`.element:` on the line after a marker gives the figure its attributes."""
    text = '<!-- include: b.command -->\n<!-- .element: class="wide" id="b" -->'
    html = with_block(text, '<figure class="step" data-step="b">x</figure>')
    assert html.strip() == '<figure data-step="b" class="step wide" id="b">x</figure>'


def test_block_text_is_not_markdown() -> None:
    """What a block shows is not searched for comments, variables or markers again."""
    block = "<figure>&lt;!-- .slide: class=&quot;x&quot; --&gt; {{ EVENT }} ---</figure>"
    assert with_block("<!-- include: b.command -->", block) == block


def test_heading_is_text() -> None:
    """The heading of a slide is its text, without tags, entities and comments."""
    slide = slides_of('# A `b` & <b>c</b> <!-- .element: class="x" -->')[0][0]
    assert slide.heading == "A b & c"


def test_two_notes_with_element_comments() -> None:
    """A comment that starts the notes means the notes."""
    slide = slides_of('A\n\nNote:\n<!-- .element: class="x" -->\n\nhi')[0][0]
    assert slide.html == '<p>A</p>\n<aside class="notes x">\n<p>hi</p>\n</aside>'


def test_a_tag_that_never_ends_is_warned_about() -> None:
    """At its row, in the notes too; what is behind it cannot be seen in a browser, and is left out."""
    raw = RawSlide(Place("a.md", 1), '# A\n\n<div class="b>\n\n## C', 'd\n\n<p id="e\n')
    hint = "close its quotes and write the `>`"
    slide = render_slide(raw, {}, {})
    assert slide.html == '<h1>A</h1>\n<aside class="notes"><p>d</p>\n</aside>'
    assert slide.warnings == (
        (2, "the tag '<div class=\"b>' never ends, and hides all that follows", hint),
        (2 + raw.notes_row, "the tag '<p id=\"e' never ends, and hides all that follows", hint),
    )


@pytest.mark.parametrize("line", ["::: x", "<div a"])
def test_warnings_about_notes_have_their_rows(line: str) -> None:
    """Rows count from the first of the slide, with the blank rows before the notes."""
    raw = RawSlide(Place("a.md", 1), "A", f"\n\n{line}")
    assert [row for row, _, _ in render_slide(raw, NONE, {}).warnings] == [3]
