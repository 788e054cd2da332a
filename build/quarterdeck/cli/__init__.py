"""The front cli: arguments in, an exit status out. Only this folder knows click, `sys` and exit statuses.

Commands are imported when they are called: `quarterdeck --help` imports click and nothing else of weight.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from contextlib import suppress
from typing import Any

import click

from quarterdeck import __version__
from quarterdeck.base.errors import QuarterdeckError, StageError, did_you_mean

EXIT_OK, EXIT_NO, EXIT_USAGE, EXIT_UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 130

COMMANDS = {
    "build": "Build decks into site/, with an index page.",
    "expand": "Write plain Markdown, each marker replaced by its step.",
    "record": "Run demos that are new or changed and keep what they printed.",
    "check": "Run demos and judge whether they still do what the slides show.",
    "lint": "Say everything wrong that can be known without running.",
    "shell": "Open a terminal on a fresh stage.",
    "doctor": "Report what this machine has and lacks, and how to fix it.",
}
"""The commands, in the order of the help, each with its first sentence."""


class _CommandGroup(click.Group):
    """Knows the commands by name and sentence, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"quarterdeck.cli.{cmd_name}_command")
        command = module.command
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


def main() -> None:
    """Run the command that the command line names, and exit with its status."""
    # A shell ignores SIGINT for what it starts with `&`, and Python leaves that so; whoever sends it to us means it.
    # Who ignores SIGHUP (nohup) means that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    building = sys.argv[1:2] == ["build"]
    if building:
        # A build makes millions of values and no cycles. To look for some takes 5 % of it.
        gc.disable()
    status = run(sys.argv[1:])
    if building:
        _leave_at_once(status)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one command; its exit status. Errors that an author or user can fix are printed without a traceback."""
    try:
        status = cli.main(arguments, standalone_mode=False)
    except click.exceptions.Abort:
        return _say("interrupted", INTERRUPTED)
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except StageError as error:
        return _say(str(error), EXIT_UNAVAILABLE)
    except QuarterdeckError as error:
        return _say(str(error), EXIT_USAGE)
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it flushes.
        sys.stdout = None
        return EXIT_OK
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}", EXIT_USAGE)
    return status if isinstance(status, int) else EXIT_OK


def _leave_at_once(status: int) -> None:
    """End the process without taking apart what it made: after a build that takes 10 ms, and there is nothing to save.

    Where what was printed cannot be written, Python ends it as usual.
    """
    with suppress(OSError, ValueError):
        for stream in (sys.stdout, sys.stderr):
            if stream:
                stream.flush()
        os._exit(status)


def _say(message: str, status: int) -> int:
    click.echo(message, err=True)
    return status


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
