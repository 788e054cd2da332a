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
    """Check what running demos needs on this machine, and print the commands that install what is missing.

    Exit status: 0 demos can run here, 3 they cannot (decks can still be built from recordings).
    """
    from quarterdeck.live.doctor import examine

    findings = examine(_project())
    for finding in findings:
        mark = click.style("ok", fg="green") if finding.fine else click.style("--", fg="red")
        click.echo(f"{mark}  {finding.what}")
        if not finding.fine and finding.cure:
            click.echo(f"      fix: {finding.cure}")
    return EXIT_OK if all(finding.fine or not finding.needed for finding in findings) else EXIT_UNAVAILABLE


def _project() -> Project | None:
    """The project in this folder, whose settings name the stage's image; None elsewhere."""
    try:
        return project_here()
    except UsageError:
        return None
