"""What a build did, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Published:
    """What a build wrote."""

    pages: tuple[Path, ...]
    """The page of each deck that was built, in the order asked for."""
    changed: tuple[Path, ...]
    """The files that were written because their contents are new."""
    removed: tuple[Path, ...]
    """Files of earlier builds that nothing refers to any more."""
    digests: Mapping[Path, bytes] = field(default_factory=dict, compare=False)
    """The SHA-256 of every page that now stands in `site/`, whether it changed or not."""
    used: frozenset[Path] = field(default=frozenset(), compare=False)
    """The files of the project that went into the pages: slide sources, pictures and styles among them."""
