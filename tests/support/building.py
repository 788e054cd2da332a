"""Builds of projects, with options by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project
from quarterdeck.deck import build as pipeline
from quarterdeck.deck.cache import incremental
from quarterdeck.deck.model import BuildOptions, BuildResult


def build(project: Project, names: Sequence[str], *, problems: Problems, **options: Any) -> BuildResult:
    """Build *names* without a cache; *options* are fields of `BuildOptions`."""
    return pipeline.build(project, BuildOptions(tuple(names), **options), problems)


def build_incrementally(
    project: Project, names: Sequence[str], *, problems: Problems, fresh: bool = False, **options: Any
) -> BuildResult:
    """Build *names* with the project's cache."""
    return incremental.build_incrementally(project, BuildOptions(tuple(names), **options), problems, fresh=fresh)
