"""Running orders of a small project: two demos, one after the other, and a deck that shows some of their steps."""

from __future__ import annotations

from pathlib import Path

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.deck.load.deck_file import load_deck
from quarterdeck.deck.outline import outline_deck
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.present.running_order import OrderedSlide, RunningOrder, Scripts, order_slides
from support.demo_projects import demo, write_demos

DEMOS = {
    "base": demo("echo base"),
    "main": "# Main\n#@ after: base\n\n# Zero {#zero}\necho 0\n\n# One\n#@ hidden: true\necho 1\n"
    "\n# Two\necho 2\n\n# Three\necho 3\n",
}
SLIDES = """# First

<!-- include: main-2.command -->

Note:
Say *hello*.

---

<!-- .slide: data-timing="90" -->
# Second

<!-- include: main-3.command -->

---

<!-- .slide: data-visibility="hidden" -->
# Hidden

<!-- include: base-0.command -->

---

# Again

<!-- include: main-zero.command -->
<!-- include: main-2.command -->
"""


def order_of(root: Path, deck: str = "slides: [talk.md]\n") -> RunningOrder:
    """The running order of a deck with SLIDES."""
    write_demos(root, DEMOS)
    (root / "slides" / "talk.md").write_text(SLIDES)
    (root / "slides" / "talk.yaml").write_text(deck)
    project, problems = load_project(root), Problems()
    catalogue = Catalogue(project, problems)
    loaded = load_deck(project, "talk", problems)
    outline = outline_deck(loaded, catalogue, problems)
    problems.raise_if_any()
    slides = [(OrderedSlide(slide.title, slide.notes, slide.timing_s), slide.steps) for slide in outline]
    return order_slides("talk", loaded.title, slides, Scripts(catalogue), loaded.duration_s)
