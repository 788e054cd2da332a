"""What `quarterdeck build` does, without click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quarterdeck.base.errors import Problems
from quarterdeck.cli.common import EXIT_OK, echo, project_here, show_warnings
from quarterdeck.deck.cache.incremental import build_incrementally
from quarterdeck.deck.model import BuildOptions

_FLAGS = {"--strict": "strict", "--single-file": "single_file", "--fresh": "fresh", "-q": "quiet", "--quiet": "quiet"}


def read_plain(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The arguments of `build_decks`, if *arguments* are names and flags only; None if click must read them."""
    flags = [argument for argument in arguments if argument.startswith("-")]
    if not all(flag in _FLAGS for flag in flags):
        return None
    names = tuple(argument for argument in arguments if argument not in flags)
    return {"decks": names, **{_FLAGS[flag]: True for flag in flags}}


def build_decks(
    decks: tuple[str, ...],
    audience: Sequence[str] = (),
    *,
    strict: bool = False,
    single_file: bool = False,
    fresh: bool = False,
    quiet: bool = False,
) -> int:
    """Build *decks* and print what was built; the exit status. The options are those of the command."""
    project = project_here()
    problems = Problems()
    options = BuildOptions(decks, frozenset(audience), strict, single_file)
    try:
        result = build_incrementally(project, options, problems, fresh=fresh)
    finally:
        show_warnings(problems)
    if not quiet:
        pages = [project.shown(page) for page in result.pages]
        echo("\n".join([*pages, f"{len(result.changed)} files written" if result.changed else "nothing changed"]))
    return EXIT_OK
