"""The commands, each imported when it is called: `quarterdeck --help` imports click and little else."""

from __future__ import annotations

import importlib
from typing import Any

import click

from quarterdeck import __version__
from quarterdeck.base.errors import did_you_mean
from quarterdeck.cli.common import EXIT_OK, EXIT_USAGE

COMMANDS = {
    "build": "Build decks into site/, with an index page.",
    "expand": "Write plain Markdown, each marker replaced by its step.",
    "record": "Run demos that are new or changed and keep what they printed.",
    "check": "Run demos and judge whether they still do what the slides show.",
    "serve": "Show decks in the browser, and each change when it is saved.",
    "rehearse": "Perform a deck's demos in this terminal, as on stage.",
    "preflight": "Check everything that can go wrong in the room: go or no go.",
    "lint": "Say everything wrong that can be known without running.",
    "shell": "Open a terminal on a fresh stage.",
    "doctor": "Report what this machine has and lacks, and how to fix it.",
}
"""The commands, in the order of the help, each with its first sentence."""


class _CommandGroup(click.Group):
    """Knows the commands by name and sentence, and imports each when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"quarterdeck.cli.{cmd_name}_command").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no command '{args[0]}'; {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.command(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="quarterdeck %(version)s")
def cli() -> None:
    """Slides in Markdown, demos in shell files, decks with the output the demos really gave.

    Run it anywhere inside a project: a folder with slides/, commands/ or a quarterdeck.toml.

    \b
    Exit status: 0 yes or done · 1 the answer is no · 2 the question or a source is wrong
                 3 could not ask (no Docker engine) · 130 interrupted
    """


def call(arguments: list[str]) -> int:
    """Run the command that *arguments* name; its exit status."""
    try:
        status = cli.main(arguments, standalone_mode=False)
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    return status if isinstance(status, int) else EXIT_OK
