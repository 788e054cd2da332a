"""`quarterdeck build`."""

from __future__ import annotations

import click

from quarterdeck.cli import YES
from quarterdeck.cli.common import project_here, show_remarks
from quarterdeck.errors import Problems


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("--with", "audience", multiple=True, metavar="NAME", help="Take in slide sources that say `if: NAME`.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
def command(decks: tuple[str, ...], audience: tuple[str, ...], quiet: bool) -> int:
    """Build decks into site/, with an index page; all of them when none is named.

    DECK is a name (slides/NAME.yaml), or a path to a deck file or to a slide source. Nothing is run: markers
    become commands and the output in their demo's recording. Works without an engine and offline; what comes
    out opens from the file system.

    All mistakes of all decks are shown at once, and then nothing is written (exit status 2).
    """
    from quarterdeck.deck.publish import build

    project = project_here()
    problems = Problems()
    published = build(project, decks, audience=frozenset(audience), problems=problems)
    show_remarks(problems)
    if not quiet:
        for page in published.pages:
            click.echo(project.shown(page))
        click.echo(f"{len(published.changed)} files written" if published.changed else "nothing changed")
    return YES
