"""Our Markdown beside what reveal.js 6.0.2 made of the same text in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.dialect import normalise, render_sections

CASES = json.loads((Path(__file__).parent / "dialect-cases.json").read_text("utf-8"))["cases"]

END = "a comment at the end of a paragraph or list item means that paragraph or item"
CLASSES = "classes merge"
FENCES = "separators and notes inside fences are text"
UNLABELLED = "code without a language says nohighlight, so that nothing guesses one"
HTML = "quotes in an info string and </SCRIPT> in capitals break nothing"
BEYOND = "Markdown beyond reveal.js's"

DIFFERENT = {
    "p_strong": END,
    "li_code": END,
    "li_star": END,
    "li_end_span": END,
    "both": CLASSES,
    "twice_cls": CLASSES,
    "dup_attr": CLASSES,
    "div_md": CLASSES,
    "sep_in_code": FENCES,
    "notes_code": FENCES,
    "notes_codeblank": "speaker notes are a text of their own",
    "code_nolang": UNLABELLED,
    "code_lang_only_br": UNLABELLED,
    "code_attr": HTML,
    "code_br_mid": HTML,
    "script_upper": HTML,
    "dollar": BEYOND,
    "footnote": BEYOND,
}
"""The cases in which we differ, each with the intended difference that it shows."""


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
