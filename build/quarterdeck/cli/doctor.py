"""`quarterdeck doctor`."""

from __future__ import annotations

import click

from quarterdeck.cli import COULD_NOT_ASK, YES


@click.command()
def command() -> int:
    """Say what this machine has and lacks for running demos, and the command that mends it.

    Exit status: 0 demos can run here, 3 they can't (decks can still be built from recordings).
    """
    from quarterdeck.live.doctor import examine

    found = examine()
    for finding in found:
        mark = click.style("ok", fg="green") if finding.fine else click.style("--", fg="red")
        click.echo(f"{mark}  {finding.what}")
        if not finding.fine and finding.cure:
            click.echo(f"      mend it: {finding.cure}")
    return YES if all(finding.fine or not finding.needed for finding in found) else COULD_NOT_ASK
