"""`quarterdeck build`."""

from __future__ import annotations

from typing import Any

import click

from quarterdeck.base.errors import Problems
from quarterdeck.cli import EXIT_OK
from quarterdeck.cli.common import project_here, show_warnings


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("--with", "audience", multiple=True, metavar="NAME", help="Take in slide sources that say `if: NAME`.")
@click.option("--strict", is_flag=True, help="Take warnings for errors: exit status 2, and nothing is written.")
@click.option("--single-file", is_flag=True, help="Put everything that a deck needs into its one HTML file.")
@click.option("--fresh", is_flag=True, help="Render everything anew: pass over what earlier builds kept.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
def command(
    decks: tuple[str, ...], audience: tuple[str, ...], strict: bool, single_file: bool, fresh: bool, quiet: bool
) -> int:
    """Build decks into site/, with an index page; all of them when none is named.

    DECK is a name (slides/NAME.yaml, or an older talk in slides/NAME.html), or a path to such a file or to a slide
    source. Nothing is run: markers
    become commands and the output in their demo's recording. Works without an engine and offline; what comes
    out opens from the file system.

    All mistakes of all decks are shown at once, and then nothing is written (exit status 2).
    """
    from quarterdeck.deck.cache.incremental import build

    project = project_here()
    problems = Problems()
    options: dict[str, Any] = {"audience": frozenset(audience), "strict": strict, "single_file": single_file}
    try:
        published = build(project, decks, fresh=fresh, problems=problems, **options)
    finally:
        show_warnings(problems)
    if not quiet:
        for page in published.pages:
            click.echo(project.shown(page))
        click.echo(f"{len(published.changed)} files written" if published.changed else "nothing changed")
    return EXIT_OK
