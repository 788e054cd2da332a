"""Our Markdown beside what reveal.js 6.0.2 made of the same text in a browser."""

from __future__ import annotations

import pytest

from support.dialect import normalise, render_sections
from support.dialect_cases import CASES, DIFFERENT


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_slides_are_those_of_reveal(case: dict[str, object]) -> None:
    """Every case gives reveal.js's sections, but for those listed; a listed one that agrees must leave the list."""
    ours = [normalise(section) for section in render_sections(str(case["markdown"]))]
    theirs = [normalise(section) for section in case["sections"]]  # type: ignore[attr-defined]
    if case["case"] in DIFFERENT:
        assert ours != theirs
    else:
        assert ours == theirs


def test_list_of_differences_names_cases() -> None:
    """Each listed difference is a case."""
    assert set(DIFFERENT) - {case["case"] for case in CASES} == set()


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        ("p_strong", ['<section><p class="x">Some <strong>bold</strong> text</p></section>']),
        ("li_code", ['<section><ul><li class="x">run <code>cmd</code> now</li><li>two</li></ul></section>']),
        ("li_star", ['<section><ul><li class="x">plain <em>em</em></li></ul></section>']),
        ("li_end_span", ['<section><ul><li class="x">a <span class="q">b</span> c</li></ul></section>']),
        ("both", ['<section><p class="x y">Para</p></section>']),
        ("twice_cls", ['<section><p class="x y">Para  </p></section>']),
        ("dup_attr", ['<section><p class="x y">P</p></section>']),
        ("div_md", ['<section><div class="cols x"><ul><li>a</li><li>b</li></ul></div></section>']),
        ("sep_in_code", ['<section><pre><code class="yaml">a: 1\n---\nb: 2</code></pre></section>']),
        ("notes_code", ['<section><p>A</p><pre><code class="yaml">note: x</code></pre></section>']),
        (
            "notes_codeblank",
            [
                '<section><p>A</p><aside class="notes"><pre><code class="nohighlight">a\n\nb</code></pre>'
                "<p>last</p></aside></section>"
            ],
        ),
        (
            "code_nolang",
            ['<section><pre><code class="nohighlight">a &lt;b&gt; &amp; "c"</code></pre></section>'],
        ),
        (
            "code_lang_only_br",
            ['<section><pre><code class="nohighlight" data-line-numbers="1-2">a</code></pre></section>'],
        ),
        ("code_attr", ['<section><pre><code class="js data-line-numbers=&quot;1&quot;">a</code></pre></section>']),
        (
            "code_br_mid",
            [
                '<section><pre><code class="js {.x}  title=&quot;a b&quot;" data-line-numbers="1-2">a</code></pre>'
                "</section>"
            ],
        ),
        ("script_upper", ["<section><p>A <SCRIPT>1</SCRIPT> B</p></section>"]),
        (
            "dollar",
            ['<section><p><span data-math="inline">a_b</span> and <span data-math="display">x_y</span></p></section>'],
        ),
        (
            "footnote",
            [
                '<section><p>a<sup class="footnote"><a id="quarterdeck-slide-mark-1" href="#quarterdeck-slide-note-1"'
                ' role="doc-noteref">1</a></sup></p><aside class="footnotes" aria-label="Footnotes"><ol>'
                '<li id="quarterdeck-slide-note-1"><p>note</p></li></ol></aside></section>'
            ],
        ),
    ],
)
def test_differences_are_the_intended_ones(name: str, sections: list[str]) -> None:
    """Where we differ from reveal.js, this is what we make instead."""
    markdown = next(case["markdown"] for case in CASES if case["case"] == name)
    expected = [normalise(section) for section in sections]
    assert [normalise(section) for section in render_sections(markdown)] == expected
