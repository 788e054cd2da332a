"""What the witnesses find in the evidence of a step. The cases are in Markdown, captured from sessions on a stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.demo.demo_file import Demo, parse_demo
from quarterdeck.witness.evidence import Request
from quarterdeck.witness.http import parse_log_line
from quarterdeck.witness.witnesses import WITNESSES, ExitedStep, Witnesses
from support.golden import Case, load_cases

FOLDER = Path(__file__).parent
CASES = [case for kind in WITNESSES for case in load_cases(FOLDER / f"{kind}.md")]

_STEP = re.compile(r"(?P<script>(?:(?!=> ).*\n)+)(?P<evidence>(?:=> .*\n)+)")
_EXIT = re.compile(r"(?P<status>\d+)(?P<interrupted>, interrupted)?")


@dataclass
class Evidence:
    """The lines with `=>` below a step: what the session would have seen of it."""

    exit: int = 0
    interrupted: bool = False
    screen: str = ""
    notes: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """The output of what the witnesses ask the stage, by the name of the command."""


class Recorded:
    """Stands for a stage: its registry's log, and its answers to questions."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.evidence = Evidence()

    def open_log(self) -> Recorded:
        """The log of the registry."""
        return self

    def read(self) -> tuple[Request, ...]:
        """The requests of the current step."""
        requests, self.evidence.requests = self.evidence.requests, []
        return tuple(requests)

    def close(self) -> None:
        """Nothing to end."""

    def ask(self, line: str) -> str:
        """The answer of the case; a question that the case does not answer is an error."""
        return self.evidence.answers[line.split()[0]]


def read_steps(text: str) -> Iterator[tuple[str, Evidence]]:
    """The steps of a case with their evidence."""
    assert "".join(match[0] for match in _STEP.finditer(text)) == text, "a step without evidence"
    for match in _STEP.finditer(text):
        evidence = Evidence()
        for line in match["evidence"].splitlines():
            _, key, *rest = line.split(" ", 2)
            value = "".join(rest)
            if key == "exit" and (exited := _EXIT.fullmatch(value)):
                evidence.exit, evidence.interrupted = int(exited["status"]), bool(exited["interrupted"])
            elif key == "screen":
                evidence.screen += f"{value}\n"
            elif key == "note":
                evidence.notes.append(value.replace("␟", "\037"))
            elif key == "log" and (request := parse_log_line(value)):
                evidence.requests.append(request)
            elif key in ("grep", "cat"):
                evidence.answers[key] = evidence.answers.get(key, "") + f"{value}\n"
            else:
                raise ValueError(line)
        yield match["script"], evidence


def read_demo(scripts: list[str]) -> Demo:
    """A demo with a step for each of *scripts*, which may start with `#@` lines."""
    problems = Problems()
    text = "# A demo\n" + "".join(f"# Step\n{script}" for script in scripts)
    demo = parse_demo(text, name="demo", path="demo.demo", folder=FOLDER, problems=problems)
    problems.raise_if_any()
    return demo


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.path.stem}:{case.line}")
def test_findings(case: Case) -> None:
    """Each silent failure once, at the line of its command; nothing where a failure is meant or handled."""
    steps = list(read_steps(case.input))
    demo = read_demo([script for script, _ in steps])
    recorded = Recorded()
    witnesses = Witnesses(recorded.open_log, recorded.ask)
    lines = []
    for number, (step, (_, evidence)) in enumerate(zip(demo.steps, steps, strict=True), 1):
        plan = witnesses.prepare(step)
        assert plan.asks or not evidence.requests, "requests of a step that sends none"
        recorded.evidence = evidence
        file = str(step.number)
        exited = ExitedStep(evidence.exit, evidence.interrupted, evidence.screen, evidence.notes, file)
        for witnessed in witnesses.judge(step, plan, exited):
            line = witnessed.at.line - step.lines[0] + 1
            expected = " (expected)" if witnessed.expected else ""
            lines.append(f"{number}:{line} {witnessed.kind}: {witnessed.what}{expected}\n")
    case.compare("".join(lines))
