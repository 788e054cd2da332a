"""`quarterdeck doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from quarterdeck.base.errors import UsageError
from quarterdeck.cli import EXIT_OK, EXIT_UNAVAILABLE
from quarterdeck.cli.common import project_here

if TYPE_CHECKING:
    from quarterdeck.base.project import Project


@click.command()
def command() -> int:
    """Say what this machine has and lacks for running demos, and the command that mends it.

    Exit status: 0 demos can run here, 3 they can't (decks can still be built from recordings).
    """
    from quarterdeck.live.doctor import examine

    found = examine(_project())
    for finding in found:
        mark = click.style("ok", fg="green") if finding.fine else click.style("--", fg="red")
        click.echo(f"{mark}  {finding.what}")
        if not finding.fine and finding.cure:
            click.echo(f"      mend it: {finding.cure}")
    return EXIT_OK if all(finding.fine or not finding.needed for finding in found) else EXIT_UNAVAILABLE


def _project() -> Project | None:
    """The project here, whose settings decide on the stage's image; doctor is for other folders too."""
    try:
        return project_here()
    except UsageError:
        return None
