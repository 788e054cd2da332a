"""`quarterdeck expand`."""

from __future__ import annotations

from pathlib import Path

import click

from quarterdeck.base.errors import Problems, UsageError
from quarterdeck.cli.common import EXIT_OK, project_here, show_warnings


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write into DIR, under the same paths.")
@click.option("--no-output", is_flag=True, help="Commands only, without what they printed.")
@click.option("--lang", metavar="NAME", help="Language of the command blocks (setting: fence).")
def command(files: tuple[Path, ...], out: Path | None, no_output: bool, lang: str | None) -> int:
    """Write Markdown for any other tool: each marker replaced by its step, all other lines as they are."""
    from quarterdeck.base.files import load_text, save_text
    from quarterdeck.deck.steps.block import BlockMaker, expand_source
    from quarterdeck.demo.catalogue import Catalogue

    project = project_here()
    problems = Problems()
    blocks = BlockMaker(project, Catalogue(project, problems), problems)
    texts: list[tuple[Path, str]] = []
    for file in files:
        path = (Path.cwd() / file).resolve()
        if not path.is_relative_to(project.root):
            raise UsageError(f"{file} is not in the project", f"the project here is {project.root}")
        if not path.is_file():
            raise UsageError(f"no file {file}")
        source = load_text(path, project.root)
        expanded = expand_source(
            source, project.shown(path), path.parent, blocks, project, problems, lang=lang, with_output=not no_output
        )
        texts.append((path, expanded))
    problems.raise_if_any()
    show_warnings(problems)
    for path, text in texts:
        if out is None:
            click.echo(text, nl=False)
            continue
        target = (Path.cwd() / out / path.relative_to(project.root)).resolve()
        if target == path:
            raise UsageError(f"{project.shown(path)} would be written over itself", "name another folder with --out")
        save_text(target, text)
    return EXIT_OK
