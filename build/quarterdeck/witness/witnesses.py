"""The witnesses of a session: what they need to see, and what they report of a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from quarterdeck.base.errors import Place
from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.sent_lines import split_sent_lines
from quarterdeck.demo.demo_file import Step
from quarterdeck.demo.silent_failures import Witnessed
from quarterdeck.witness.error_text import errors_on_screen
from quarterdeck.witness.evidence import Request, SessionHistory, StepEvidence, Witness, parse_notes
from quarterdeck.witness.http import refused_requests
from quarterdeck.witness.shell_variables import empty_variables
from quarterdeck.witness.statuses import failed_before_the_last, failed_in_pipes
from quarterdeck.witness.watch_plan import WatchPlan, make_watch_plan

WITNESSES: Mapping[str, Witness] = {
    "http": refused_requests,
    "empty-variable": empty_variables,
    "pipe": failed_in_pipes,
    "status": failed_before_the_last,
    "error-text": errors_on_screen,
}
"""The witnesses, by the kind of silent failure. Each kind has a cure in `demo.silent_failures`."""


class RequestLog(Protocol):
    """The log of a registry."""

    def read(self) -> tuple[Request, ...]:
        """The requests with status 400 or above since the last call, in order."""

    def close(self) -> None:
        """Stop reading."""


@dataclass(frozen=True, slots=True)
class ExitedStep:
    """The results of a step that has exited."""

    exit: int
    interrupted: bool
    screen: str
    notes: Sequence[str]
    """Lines of `scripts/session.bash`."""
    file: str
    """The step's file, which its notes name."""


class Witnesses:
    """The witnesses of one session, which remember its steps."""

    def __init__(self, open_log: Callable[[], RequestLog], ask_stage: Callable[[str], str]) -> None:
        """*open_log* starts reading the registry's log, on first use; *ask_stage* is that of `StepEvidence`."""
        self._open_log = open_log
        self._ask_stage = ask_stage
        self._history = SessionHistory()
        self._log: RequestLog | None = None
        self._unread = False

    def prepare(self, step: Step) -> WatchPlan:
        """What to watch while *step* runs.

        Raises:
            StageError: The stage does not answer.
        """
        text = split_sent_lines(step.script)[0] if step.options.send == "rest" else step.script
        plan = make_watch_plan(text, self._history)
        if plan.asks and self._log is None:
            self._log = self._open_log()
        elif self._unread and self._log is not None and plan.asks:
            # Requests during steps that send none belong to an earlier step.
            self._log.read()
        self._unread = not plan.asks
        return plan

    def judge(self, step: Step, plan: WatchPlan, exited: ExitedStep) -> tuple[Witnessed, ...]:
        """The silent failures of *step*, in the order of its lines."""
        requests: tuple[Request, ...] = self._log.read() if self._log is not None and plan.asks else ()
        if not requests and not exited.notes and ":" not in exited.screen:
            return ()
        evidence = StepEvidence(
            parse_script(plan.text),
            self._history,
            exited.exit,
            exited.interrupted,
            exited.screen,
            parse_notes(exited.notes, exited.file),
            requests,
            self._ask_stage,
        )
        findings = [finding for witness in WITNESSES.values() for finding in witness(evidence)]
        findings.sort(key=lambda finding: finding.row)
        lines = step.lines or (step.at.line,)
        places = [Place(step.at.path, lines[min(finding.row, len(lines) - 1)]) for finding in findings]
        return tuple(
            Witnessed(finding.kind, place, finding.what, finding.expected)
            for finding, place in zip(findings, places, strict=True)
        )

    def close(self) -> None:
        """Stop reading the registry's log."""
        if self._log is not None:
            self._log.close()
