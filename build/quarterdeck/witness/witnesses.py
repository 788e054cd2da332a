"""The witnesses of a session: what they need to see, and what they say of a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quarterdeck.base.errors import Place, StageError
from quarterdeck.bash.command_lines import split_sent_lines
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.silent_failures import Witnessed
from quarterdeck.live.engine.client import run_in
from quarterdeck.live.stage.container import Stage
from quarterdeck.witness.error_text import errors_on_screen
from quarterdeck.witness.evidence import Seen, Witness
from quarterdeck.witness.http import AccessLog, Request, refused_requests
from quarterdeck.witness.shell_variables import empty_variables
from quarterdeck.witness.statuses import failed_before_the_last, failed_in_pipes, parse_notes
from quarterdeck.witness.watch_plan import Past, Plan, make_plan

WITNESSES: Mapping[str, Witness] = {
    "http": refused_requests,
    "empty-variable": empty_variables,
    "pipe": failed_in_pipes,
    "status": failed_before_the_last,
    "error-text": errors_on_screen,
}
"""Who speaks, by the kind that it speaks of. Another one is a function here and a cure in `demo.silent_failures`."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a session knows of a step that has ended with a status."""

    exit: int
    interrupted: bool
    screen: str
    notes: Sequence[str]
    """Lines of `scripts/session.bash`."""
    file: str
    """The step's file, which its notes name."""


class Witnesses:
    """All that is watched over the steps of one session."""

    def __init__(self, stage: Stage, demo: Demo, folder: str, environment: Mapping[str, str]) -> None:
        self._stage = stage
        self._demo = demo
        self._folder = folder
        self._environment = environment
        self._past = Past()
        self._log: AccessLog | None = None
        self._unread = False

    def prepare(self, step: Step) -> Plan:
        """What to watch while *step* runs.

        Raises:
            StageError: The stage does not answer.
        """
        text = split_sent_lines(step.script)[0] if step.options.send == "rest" else step.script
        plan = make_plan(text, self._past)
        if plan.asks and self._log is None:
            self._log = AccessLog(self._stage)
        elif self._unread and self._log is not None and plan.asks:
            # What came while nobody could have asked was an earlier step's.
            self._log.read()
        self._unread = not plan.asks
        return plan

    def tell(self, step: Step, plan: Plan, ended: Ended) -> tuple[Witnessed, ...]:
        """The silent failures of *step*, in the order of its lines."""
        requests: tuple[Request, ...] = self._log.read() if self._log is not None and plan.asks else ()
        if not requests and not ended.notes and ":" not in ended.screen:
            return ()
        notes = parse_notes(ended.notes, ended.file)
        seen = Seen(plan.code, self._past, ended.exit, ended.interrupted, ended.screen, notes, requests, self._ask())
        found = [one for witness in WITNESSES.values() for one in witness(seen)]
        found.sort(key=lambda one: one.row)
        path = step.at.path
        lines = step.lines or (step.at.line,)
        return tuple(
            Witnessed(one.kind, Place(path, lines[min(one.row, len(lines) - 1)]), one.what, one.expected)
            for one in found
        )

    def close(self) -> None:
        """Let go of the registry's log."""
        if self._log is not None:
            self._log.close()

    def _ask(self) -> Callable[[str], str]:
        def ask(line: str) -> str:
            try:
                return run_in(
                    self._stage.shells, "sh", "-c", line, workdir=self._folder, environment=dict(self._environment)
                )[1]
            except StageError:
                return ""

        return ask
