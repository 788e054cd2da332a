"""Formulas, diagrams and footnotes as a browser shows them: with the network off, in one file, on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from support.browser import open_deck
from support.building import build
from support.projects import MakeProject

SLIDES = """\
## Math

Inline $e^{i\\pi} = -1$ and wrong $\\frac{1}$.

$$
\\sum_{i=1}^n i = \\frac{n(n+1)}{2}
$$

Note: $x^2$

---

## Diagram

```mermaid
flowchart LR
  one[the first one] --> two
```
{.fragment #flow}

---

## Wrong

```mermaid
flowchart LR
  a --> --> b
```

---

## Code

```mermaid [1]
flowchart LR
```

---

## Notes

Text[^1]

[^1]: The note

---

Without a heading[^1]

[^1]: Another note
"""
FILES = {
    "slides/talk.yaml": "metadata: {title: A talk}\nslides: [a.md, a.md]\n",
    "slides/plain.yaml": "metadata: {title: Plain}\nslides: [plain.md]\n",
    "slides/a.md": SLIDES,
    "slides/plain.md": "## Plain\n\nFor $5, in `a.mermaid`.\n",
}


@pytest.fixture(scope="module", params=[False, True], ids=["with assets", "single file"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The decks of `FILES`, from the file system."""
    root = tmp_path_factory.mktemp("talk")
    (root / "slides").mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text, "utf-8")
    build(load_project(root), (), single_file=request.param, problems=Problems())
    return root / "site"


def test_formulas_are_set(site: Path, page: Any) -> None:
    """By KaTeX, with its fonts; one that is wrong shows its source and why; the notes have MathML."""
    open_deck(page, f"{site.as_uri()}/talk.html#/math")
    shown = page.evaluate(
        """() => {
          const slide = Reveal.getCurrentSlide();
          const boxes = Array.from(slide.querySelectorAll('.katex-html'), one => one.getBoundingClientRect());
          return [
            boxes.map(box => box.width > 20 && box.height > 20),
            getComputedStyle(slide.querySelector('.katex-html .mathnormal')).fontFamily.split(',')[0],
            document.fonts.check('1em KaTeX_Math'),
            Array.from(slide.querySelectorAll('.katex-error'), one => [one.textContent, /ParseError/.test(one.title)]),
            slide.querySelectorAll('aside.notes math').length,
            slide.querySelectorAll('aside.notes .katex-html').length,
          ];
        }"""
    )
    assert shown == [[True, True], "KaTeX_Math", True, [["\\frac{1}", True]], 1, 0]
    assert page.wrong == []


def test_diagrams_are_drawn(site: Path, page: Any) -> None:
    """On slides not shown yet, too; with the attributes of the fence, and large enough for their labels."""
    open_deck(page, f"{site.as_uri()}/talk.html")
    page.evaluate("Reveal.slide(2, 0, 0)")
    shown = page.evaluate(
        """() => {
          const figure = Reveal.getCurrentSlide().querySelector('.diagram');
          const labels = Array.from(figure.querySelectorAll('.nodeLabel'));
          const label = labels.find(one => one.textContent.trim() === 'the first one');
          const [inner, node] = [label, label.closest('.node')].map(one => one.getBoundingClientRect());
          return [
            figure.classList.contains('fragment'), figure.id, figure.querySelectorAll('.node').length,
            figure.firstElementChild.getAttribute('role'), figure.firstElementChild.getAttribute('aria-label'),
            inner.left > node.left && inner.right < node.right && inner.bottom < node.bottom,
            label.getBoundingClientRect().height > 28,
            document.querySelectorAll('.diagram > svg').length,
          ];
        }"""
    )
    expected = [True, "flow", 2, "img", "Diagram: flowchart-v2", True, True, 2]
    assert (shown, page.wrong) == (expected, [])


def test_a_diagram_that_cannot_be_drawn_shows_its_source_and_why(site: Path, page: Any) -> None:
    """And nothing else of the deck suffers; a fence with line steps is code."""
    open_deck(page, f"{site.as_uri()}/talk.html#/wrong")
    source, message = page.evaluate(
        """() => Array.from(Reveal.getCurrentSlide().querySelectorAll('.diagram > *'), one => one.innerText.trim())"""
    )
    assert source == "flowchart LR\n  a --> --> b"
    assert message.startswith("This diagram cannot be drawn.\nParse error on line 2:")
    assert page.evaluate("document.querySelectorAll('#code .diagram').length") == 0
    assert page.wrong == []


def test_paper_has_diagrams_and_formulas(site: Path, page: Any) -> None:
    """They are drawn before reveal.js counts its pages."""
    page.goto(f"{site.as_uri()}/talk.html?view=print")
    page.wait_for_selector(".pdf-page")
    counted = [
        page.evaluate(f"document.querySelectorAll('.pdf-page {selector}').length")
        for selector in (".diagram > svg", ".katex-html")
    ]
    assert (counted, page.wrong) == ([2, 4], [])


@pytest.mark.parametrize(("theme", "colour"), [("night-watch", "rgb(238, 243, 247)"), ("day-watch", "rgb(20, 33, 45)")])
def test_diagrams_have_the_colours_of_the_theme(make_project: MakeProject, page: Any, theme: str, colour: str) -> None:
    """Text is that of the theme, and its ground the theme's surface; a deck's own options win."""
    text = FILES["slides/talk.yaml"] + f"theme: {theme}\nreveal: {{mermaid: {{look: handDrawn}}}}\n"
    root = make_project({**FILES, "slides/talk.yaml": text})
    build(load_project(root), ("talk",), problems=Problems())
    open_deck(page, f"{(root / 'site').as_uri()}/talk.html#/diagram")
    colours = page.evaluate(
        """() => {
          const figure = document.querySelector('#diagram .diagram');
          const label = figure.querySelector('.nodeLabel');
          return [getComputedStyle(label).color, figure.querySelectorAll('.rough-node').length > 0];
        }"""
    )
    assert (colours, page.wrong) == ([colour, True], [])


def test_macros_of_the_deck_are_known(make_project: MakeProject, page: Any) -> None:
    """`reveal: {katex: {macros: …}}` is KaTeX's own option."""
    root = make_project(
        {
            "slides/talk.yaml": "slides: [a.md]\nreveal: {katex: {macros: {'\\R': '\\mathbb{R}'}}}\n",
            "slides/a.md": "$x \\in \\R$",
        }
    )
    build(load_project(root), (), problems=Problems())
    open_deck(page, f"{(root / 'site').as_uri()}/talk.html")
    assert page.evaluate("document.querySelectorAll('.katex .mathbb').length") == 1


def test_footnotes_stand_at_the_foot_and_their_ids_are_unique(site: Path, page: Any) -> None:
    """Above the margin, below the text; a mark leads to its note on the same slide, though the source comes twice."""
    open_deck(page, f"{site.as_uri()}/talk.html#/notes-2")
    ids = page.evaluate("Array.from(document.querySelectorAll('.footnotes li, .footnote a'), one => one.id)")
    assert sorted(ids) == sorted(
        f"{slide}-{kind}-1" for slide in ("notes", "notes-2", "footnotes", "footnotes-2") for kind in ("mark", "note")
    )
    bottom, size = page.evaluate(
        """() => {
          const notes = Reveal.getCurrentSlide().querySelector('.footnotes');
          return [notes.getBoundingClientRect().bottom, getComputedStyle(notes).fontSize];
        }"""
    )
    assert (bottom, size) == (1080 - 96, "24px")
    page.click("#notes-2-mark-1")
    assert page.evaluate("[Reveal.getCurrentSlide().id, location.hash]") == ["notes-2", "#/notes-2"]
    assert page.wrong == []


def test_decks_bring_only_what_they_need(make_project: MakeProject) -> None:
    """KaTeX and mermaid come with decks that have formulas and diagrams, and with no others."""

    def brought(name: str) -> list[str]:
        html = (root / "site" / f"{name}.html").read_text("utf-8")
        return re.findall(r"assets/(katex|math|mermaid|diagrams)\.\w+\.(css|js)", html)

    root = make_project(FILES)
    build(load_project(root), ("plain",), problems=Problems())
    names = " ".join(path.name for path in (root / "site" / "assets").iterdir())
    assert (brought("plain"), re.findall(r"(?i)katex|mermaid", names)) == ([], [])
    build(load_project(root), ("talk",), problems=Problems())
    assert brought("talk") == [("katex", "css"), ("katex", "js"), ("math", "js"), ("diagrams", "js"), ("mermaid", "js")]


def test_what_is_odd_is_warned_about_at_its_line(make_project: MakeProject) -> None:
    """In slides and in notes; from the cache, too."""
    source = "## One\n\n---\n\n## Two\n\n::: columns\n::: column\nText[^1]\n\nNote:\n\nSaid\n\n:::\n"
    root = make_project({"slides/talk.yaml": "slides: [a.md]\n", "slides/a.md": source})
    problems = Problems()
    build(load_project(root), (), problems=problems)
    assert sorted(str(warning) for warning in problems.warnings) == [
        "slides/a.md:15: ':::' closes nothing, and stays text\n  hint: open a container before it: ::: NAME",
        "slides/a.md:7: nothing closes '::: columns'\n  hint: end it with ::: on a line of its own",
        "slides/a.md:9: no footnote '1' on this slide\n  hint: write [^1]: THE NOTE on the same slide",
    ]
