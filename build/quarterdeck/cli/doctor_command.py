"""`quarterdeck doctor`."""

from __future__ import annotations

import click

from quarterdeck.base.errors import UsageError
from quarterdeck.cli.common import EXIT_OK, EXIT_UNAVAILABLE, project_here


@click.command()
def command() -> int:
    """Check what running demos needs on this machine, and print the commands that install what is missing.

    Exit status: 0 demos can run here, 3 they cannot (decks can still be built from recordings).
    """
    from quarterdeck.live.doctor import examine

    try:
        project = project_here()  # its settings name the stage's image
    except UsageError:
        project = None
    findings = examine(project)
    for finding in findings:
        mark = click.style("ok", fg="green") if finding.fine else click.style("--", fg="red")
        click.echo(f"{mark}  {finding.what}")
        if not finding.fine and finding.cure:
            click.echo(f"      fix: {finding.cure}")
    return EXIT_OK if all(finding.fine or not finding.needed for finding in findings) else EXIT_UNAVAILABLE
