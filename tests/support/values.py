"""Values of decks, made comparable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from quarterdeck.deck.model import Item, UpcomingEvent

Line = TypeVar("Line", Item, UpcomingEvent)


def without_keys(lines: Iterable[Line]) -> tuple[Line, ...]:
    """*lines*, wherever they stand in the deck file."""
    return tuple(line._replace(keys=()) for line in lines)
