"""`quarterdeck build`."""

from __future__ import annotations

import click

from quarterdeck.base.errors import Problems
from quarterdeck.cli import EXIT_OK
from quarterdeck.cli.common import project_here, show_warnings


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("--with", "audience", multiple=True, metavar="NAME", help="Include slide sources with `if: NAME`.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors: exit status 2, and nothing is written.")
@click.option("--single-file", is_flag=True, help="Put everything that a deck needs into its HTML file.")
@click.option("--fresh", is_flag=True, help="Ignore the cache of earlier builds.")
@click.option("-q", "--quiet", is_flag=True, help="Print only problems.")
def command(
    decks: tuple[str, ...], audience: tuple[str, ...], strict: bool, single_file: bool, fresh: bool, quiet: bool
) -> int:
    """Build decks into site/, with an index page. Without arguments, build all decks.

    DECK is a name (slides/NAME.yaml, or an HTML deck in slides/NAME.html), or a path to such a file or to a slide
    source. Nothing is run: markers become commands and the output in their demo's recording. Works without an engine
    and offline; the pages open from the file system.

    All errors of all decks are shown at once, and then nothing is written (exit status 2).
    """
    from quarterdeck.deck.cache.incremental import build_incrementally
    from quarterdeck.deck.model import BuildOptions

    project = project_here()
    problems = Problems()
    options = BuildOptions(decks, frozenset(audience), strict, single_file)
    try:
        result = build_incrementally(project, options, problems, fresh=fresh)
    finally:
        show_warnings(problems)
    if not quiet:
        for page in result.pages:
            click.echo(project.shown(page))
        click.echo(f"{len(result.changed)} files written" if result.changed else "nothing changed")
    return EXIT_OK
