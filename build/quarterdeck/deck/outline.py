"""The outline of a deck: its slides with their titles, notes and the steps that they show, without its pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.markdown.render import render_slide
from quarterdeck.deck.model import Deck, RawSlide, SlideSource
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import PLACEHOLDER, parse_markers, place_blocks
from quarterdeck.deck.split.slides import split_by, split_slides
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo, Step


class SlideOutline(NamedTuple):
    """A slide without its HTML."""

    at: Place
    title: str
    """The text of its first heading; empty for none."""
    notes: str
    """The speaker notes, as written."""
    timing_s: float
    """`data-timing`; 0 without one."""
    steps: tuple[tuple[Demo, Step], ...]
    """The steps that its markers name, in order."""


def outline_deck(deck: Deck, catalogue: Catalogue, problems: Problems) -> tuple[SlideOutline, ...]:
    """The slides of *deck* that are shown, in order; a marker that names no step is a problem."""
    return tuple(outline for source in deck.sources for outline in _outline_source(source, deck, catalogue, problems))


def _outline_source(
    source: SlideSource, deck: Deck, catalogue: Catalogue, problems: Problems
) -> Iterator[SlideOutline]:
    from quarterdeck.deck.steps.block import find_marked_step

    lines = source.text.split("\n")
    fences = map_fences(lines)
    markers = parse_markers(lines, source.shown, fences, problems)
    placed = place_blocks(lines, markers)
    if source.separators:
        stacks = split_by("\n".join(placed), source.separators, source.shown, fences, problems)
    else:
        stacks = split_slides(placed, source.shown, fences, problems)
    for raw in (raw for stack in stacks for raw in stack):
        slide = render_slide(raw, {}, deck.variables, deck.markdown)
        if slide.attributes.get("data-visibility") == "hidden":
            continue
        named = [markers[int(row)] for row in PLACEHOLDER.findall(raw.body)]
        shown = [
            find_marked_step(marker, catalogue, source.path.parent, problems) for marker in named if marker.reference
        ]
        steps = tuple(step for step in shown if step is not None)
        yield SlideOutline(raw.at, slide.heading, _notes(raw), _timing(slide.attributes.get("data-timing", "")), steps)


def _notes(raw: RawSlide) -> str:
    return (raw.notes or "").strip()


def _timing(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
