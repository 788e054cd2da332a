"""The running order of a deck, from its slide sources."""

from __future__ import annotations

from typing import NamedTuple

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.project import Project
from quarterdeck.deck.load.deck_file import load_deck
from quarterdeck.deck.outline import outline_deck
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.present.running_order import OrderedSlide, RunningOrder, Scripts, order_slides


class DeckOrder(NamedTuple):
    """A running order, and where its slides come from."""

    order: RunningOrder
    places: tuple[Place, ...]
    """The first line of the source of each slide."""


def load_deck_order(
    name: str, project: Project, catalogue: Catalogue, problems: Problems, *, before: RunningOrder | None = None
) -> DeckOrder:
    """The running order of the deck called *name*, or at that path.

    Args:
        name: The deck.
        project: Its project.
        catalogue: The project's demos.
        problems: Takes warnings.
        before: An earlier running order of the deck: of demos that have not changed, its values are used.

    Raises:
        SourceErrors: It has errors.
    """
    deck = load_deck(project, name, problems)
    outline = outline_deck(deck, catalogue, problems)
    problems.raise_if_any()
    slides = [(OrderedSlide(slide.title, slide.notes, slide.timing_s), slide.steps) for slide in outline]
    scripts = Scripts(catalogue, before.scripts if before else {})
    order = order_slides(deck.name, deck.title, slides, scripts, deck.duration_s)
    return DeckOrder(order, tuple(slide.at for slide in outline))
