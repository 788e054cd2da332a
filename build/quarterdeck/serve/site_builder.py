"""Builds of the project in this process, which keeps what has not changed from one build to the next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from quarterdeck.base.errors import Place, Problems, QuarterdeckError, SourceError, SourceErrors
from quarterdeck.base.project import Project, load_project
from quarterdeck.deck.build import MadeSite, make_site
from quarterdeck.deck.cache.cache_store import CacheStore
from quarterdeck.deck.cache.incremental import code_version
from quarterdeck.deck.cache.slide_renderer import SlideRenderer
from quarterdeck.deck.model import BuildOptions
from quarterdeck.deck.page.site import SiteMemory
from quarterdeck.serve.editor_links import edit_address


class Problem(NamedTuple):
    """An error or a warning as a page shows it."""

    place: str
    """`slides/a.md:12`; empty for none."""
    what: str
    hint: str
    address: str | None
    """Opens the place in an editor."""


class Report(NamedTuple):
    """What is wrong with the sources."""

    errors: tuple[Problem, ...] = ()
    """With any of these, the pages are those of the last build without errors."""
    warnings: tuple[Problem, ...] = ()


class Outcome(NamedTuple):
    """The end of a build."""

    project: Project
    made: MadeSite | None
    """None if anything is wrong."""
    report: Report


class SiteBuilder:
    """Builds a project again and again; nothing is written into its folder."""

    def __init__(self, project: Project, options: BuildOptions) -> None:
        self._project = project
        self._options = options
        self._memory = SiteMemory()
        self._renderer: SlideRenderer | None = None

    def build(self, *, first: bool = False) -> Outcome:
        """Build the decks as the files are now.

        The *first* build uses the slides that `quarterdeck build` has kept.

        Raises:
            UsageError: The first build is asked for a deck or an audience that does not exist.
        """
        problems = Problems()
        if self._renderer is None:
            self._renderer = SlideRenderer(CacheStore(self._project.root, code_version()))
        try:
            self._project = load_project(self._project.root)
            made = make_site(self._project, self._options, problems, renderer=self._renderer, memory=self._memory)
        except SourceErrors as raised:
            return self._failed(raised.errors, problems)
        except SourceError as error:
            return self._failed([error], problems)
        except QuarterdeckError as error:
            if first:
                raise
            return self._failed([SourceError(Place("", 0), error.what, error.hint)], problems)
        except OSError as error:  # a file that has gone since it was found
            where = os.fsdecode(error.filename) if error.filename else ""
            place = Place(self._project.shown(Path(where)) if where else "", 0)
            return self._failed([SourceError(place, error.strerror or str(error))], problems)
        if first:
            self._renderer.keep()
        self._renderer.next_build()
        return Outcome(self._project, made, Report((), self._shown(problems.warnings)))

    def _failed(self, errors: Sequence[SourceError], problems: Problems) -> Outcome:
        return Outcome(self._project, None, Report(self._shown(errors), self._shown(problems.warnings)))

    def _shown(self, errors: Sequence[SourceError]) -> tuple[Problem, ...]:
        unique = {(error.at, error.what): error for error in errors}
        return tuple(
            Problem(
                str(error.at) if error.at.path else "", error.what, error.hint, edit_address(error.at, self._project)
            )
            for _, error in sorted(unique.items())
        )
