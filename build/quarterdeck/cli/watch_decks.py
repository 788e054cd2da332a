"""`quarterdeck build --watch`: one build for each save."""

from __future__ import annotations

import gc
import sys
from typing import Any, NoReturn

from quarterdeck.base.errors import QuarterdeckError
from quarterdeck.cli.build_decks import build_decks
from quarterdeck.cli.common import echo, project_here
from quarterdeck.serve.watching import Watcher


def watch_decks(*, poll: bool, quiet: bool, fresh: bool, **options: Any) -> NoReturn:
    """Build once, and again after each save; *options* are those of `build_decks`. Ends with KeyboardInterrupt.

    What is wrong with decks is printed; the pages of the last good build stay.
    """
    gc.enable()  # a single build does without
    with Watcher(project_here(), poll=poll) as watcher:
        while True:
            try:
                build_decks(quiet=quiet, fresh=fresh, **options)
                watcher.project = project_here()  # the settings may name other folders now
            except (QuarterdeckError, OSError) as error:
                print(error, file=sys.stderr, flush=True)
            fresh = False
            if not quiet:
                echo("watching for changes (Ctrl-C ends)")
            watcher.wait()
