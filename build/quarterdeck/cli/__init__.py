"""The front door: arguments in, an exit status out. Only this folder knows click, `sys` and exit statuses.

Commands are imported when they are called. click reads the command line, but not that of a plain `build`: importing it
takes a third of the time of a build that finds nothing changed.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress

from quarterdeck.base.errors import QuarterdeckError, StageError
from quarterdeck.cli.common import EXIT_OK, EXIT_UNAVAILABLE, EXIT_USAGE, INTERRUPTED


def main() -> None:
    """Run the command that the command line names, and exit with its status."""
    # A shell ignores SIGINT for what it starts with `&`, and Python leaves that so; whoever sends it to us means it.
    # Who ignores SIGHUP (nohup) means that.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    quick = sys.argv[1:2] in (["build"], ["lint"])
    if quick:
        gc.disable()  # millions of values and no cycles: looking for those takes 5 to 10 % of the time
    else:
        gc.set_threshold(50_000)  # what is imported stays: looking through it again and again takes as much
    status = run(sys.argv[1:])
    if quick:
        _leave_at_once(status)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one command; its exit status. Errors that an author or user can fix are printed without a traceback."""
    try:
        return _call(arguments)
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)
    except StageError as error:
        return _fail(str(error), EXIT_UNAVAILABLE)
    except QuarterdeckError as error:
        return _fail(str(error), EXIT_USAGE)
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it flushes.
        sys.stdout = None
        return EXIT_OK
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}", EXIT_USAGE)


def _call(arguments: list[str]) -> int:
    if arguments[:1] == ["build"]:
        from quarterdeck.cli.build_decks import build_decks, read_plain

        if (options := read_plain(arguments[1:])) is not None:
            return build_decks(**options)
    from quarterdeck.cli.command_group import call

    return call(arguments)


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _leave_at_once(status: int) -> None:
    """End the process without freeing what it made, which takes 10 ms after a build.

    If what was printed cannot be written, Python ends the process as usual.
    """
    with suppress(OSError, ValueError):
        for stream in (sys.stdout, sys.stderr):
            if stream:
                stream.flush()
        os._exit(status)
