"""`quarterdeck serve`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO
from typing import TYPE_CHECKING

import click

from quarterdeck.base.errors import UsageError
from quarterdeck.cli.common import echo, project_here

if TYPE_CHECKING:
    from quarterdeck.serve.site_builder import Outcome

_PORT = 8765


@click.command()
@click.argument("deck", required=False, default="")
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.option("--live", is_flag=True, help="Run steps on the slides: ▶ on a step, or the key R.")
@click.option("--twin", type=click.Choice(["on", "off"]), default="on", help="With --live: a second stage, so that "
              "going back is quick.")  # fmt: skip
@click.option("--follow", is_flag=True, help="A page for the audience, which follows DECK on phones and laptops; "
              "on the next port, with a token of its own.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0: any that is free.")
@click.option("--host", "everywhere", is_flag=True, help="Let other machines of the network connect, with the token.")
@click.option("--poll", is_flag=True, help="Look at the files, for network file systems that report no changes.")
@click.option("--with", "audience", multiple=True, metavar="NAME", help="Include slide sources with `if: NAME`.")
def command(
    deck: str,
    *,
    opens: bool,
    live: bool,
    twin: str,
    follow: bool,
    port: int,
    everywhere: bool,
    poll: bool,
    audience: Sequence[str],
) -> int:
    """Show decks in the browser, and each change when its file is saved.

    Open pages keep their place: the slide, its visible fragments, the overview and the speaker window. A mistake is
    shown over the last good deck, with its line and a hint. The key `e` opens a slide's source in an editor (setting
    `editor`). Nothing is written into site/: that is what `quarterdeck build` does. Ctrl-C ends it.

    Needs the extra: pip install 'quarterdeck[serve]'
    """
    if follow and not deck:
        raise UsageError(
            "--follow needs a deck", "name the one that the audience follows: quarterdeck serve DECK --follow"
        )
    try:
        import segno  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    except ImportError as error:
        what = f"serve needs the package '{error.name}', which is not installed"
        raise UsageError(what, "pip install 'quarterdeck[serve]'") from error
    from quarterdeck.deck.model import BuildOptions
    from quarterdeck.serve.server import ServeOptions, serve_site

    def ready(addresses: Sequence[str], follow_address: str) -> None:
        for address in addresses:
            echo(address)
        if follow_address:
            echo(f"for the audience: {follow_address}")
            _print_code(follow_address)
        echo("watching for changes (Ctrl-C ends)")
        if opens:
            threading.Thread(target=click.launch, args=(addresses[0],), daemon=True).start()

    options = BuildOptions((deck,) if deck else (), frozenset(audience))
    settings = ServeOptions(port, everywhere, poll, live, twin == "on", deck if follow else "")
    serve_site(project_here(), options, settings, built=_Printer().print, ready=ready)
    return 0


def _print_code(address: str) -> None:
    """Print *address* as a QR code, where the terminal has its characters and room for it."""
    import segno

    text = StringIO()
    segno.make(address, error="l", micro=False).terminal(text, border=2, compact=True)
    with suppress(UnicodeEncodeError):
        echo(text.getvalue())


class _Printer:
    """Prints what is wrong, and when it is fixed."""

    def __init__(self) -> None:
        self._wrong = False

    def print(self, outcome: Outcome) -> None:
        """Print the errors of *outcome*."""
        for error in outcome.report.errors:
            place = f"{error.place}: " if error.place else ""
            hint = f"\n  hint: {error.hint}" if error.hint else ""
            print(f"{place}{error.what}{hint}", file=sys.stderr, flush=True)
        if self._wrong and not outcome.report.errors:
            print("fixed", file=sys.stderr, flush=True)
        self._wrong = bool(outcome.report.errors)
