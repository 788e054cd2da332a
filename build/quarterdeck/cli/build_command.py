"""`quarterdeck build`."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("--with", "audience", multiple=True, metavar="NAME", help="Include slide sources with `if: NAME`.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors: exit status 2, and nothing is written.")
@click.option("--single-file", is_flag=True, help="Put everything that a deck needs into its HTML file.")
@click.option("--fresh", is_flag=True, help="Ignore the cache of earlier builds.")
@click.option("--watch", is_flag=True, help="Build again after each save, until Ctrl-C.")
@click.option("--poll", is_flag=True, help="With --watch: look at the files, for network file systems without events.")
@click.option("-q", "--quiet", is_flag=True, help="Print only problems.")
def command(*, watch: bool, poll: bool, **options: Any) -> int:
    """Build decks into site/, with an index page. Without arguments, build all decks.

    DECK is a name (slides/NAME.yaml, or an HTML deck in slides/NAME.html), or a path to such a file or to a slide
    source. Nothing is run: markers become commands and the output in their demo's recording. Works without an engine
    and offline; the pages open from the file system.

    All errors of all decks are shown at once, and then nothing is written (exit status 2).
    """
    if watch:
        from quarterdeck.cli.watch_decks import watch_decks

        return watch_decks(poll=poll, **options)
    if poll:
        raise click.UsageError("--poll goes with --watch")
    from quarterdeck.cli.build_decks import build_decks

    return build_decks(**options)
