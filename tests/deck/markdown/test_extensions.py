"""Markdown beyond reveal.js's, as slides."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.deck.markdown.extensions.registry import find_extensions, find_needs
from support.dialect import slides_of
from support.golden import Case, load_cases

CASES = load_cases(Path(__file__).parent / "extensions.md")


def render(markdown: str) -> str:
    """The HTML of the slides in *markdown*, then the attributes and warnings of each."""
    parts = []
    for slide in (slide for stack in slides_of(markdown) for slide in stack):
        parts.append("\n".join(line for line in slide.html.split("\n") if line))
        parts += [f"slide {name}={value}" for name, value in slide.attributes.items()]
        parts += [f"line {row + 1}: {what}; {hint}" for row, what, hint in slide.warnings]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_markdown_beyond_reveal(case: Case) -> None:
    """The golden cases: each extension, and what only looks like one."""
    case.compare(render(case.input))


@pytest.mark.parametrize(
    ("text", "extensions"),
    [
        ("## A slide\n\n- with `code`, $5 and {braces}: {{ NAME }}, ${VAR}, [links](to), ::", ()),
        ("a {.x}", ("attributes",)),
        ("a {x=1}", ("attributes",)),
        ("::: columns", ("containers",)),
        ("a[^1]", ("footnotes",)),
        ("a\n: b", ("definitions",)),
        ("$x$", ("formulas",)),
    ],
)
def test_extensions_are_told_by_their_marks(text: str, extensions: tuple[str, ...]) -> None:
    """A slide without a mark is read by reveal.js's Markdown alone."""
    assert find_extensions(text) == extensions


@pytest.mark.parametrize(
    ("html", "needs"),
    [
        ("<p>mermaid, data-math</p>", set()),
        ('<p><span data-math="inline">x</span></p>', {"math"}),
        ('<pre><code class="nohighlight">&lt;i data-math=&quot;inline&quot;&gt;</code></pre>', set()),
        ('<pre><code class="mermaid">flowchart LR</code></pre>', {"diagrams"}),
        ('<pre class="mermaid">flowchart LR</pre>', {"diagrams"}),
        ('<pre><code class="mermaid" data-line-numbers="1">flowchart LR</code></pre>', set()),
    ],
)
def test_pages_bring_what_their_slides_need(html: str, needs: set[str]) -> None:
    """Formulas and diagrams, and nothing that only looks like them."""
    assert find_needs(["<p>no</p>", html]) == needs
