"""Results and recordings: the values that `live/` makes, `check/` compares and `deck/` shows, and their files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from quarterdeck.base.errors import Place, Problems, SourceError
from quarterdeck.base.files import load_text, save_text
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located, parse_yaml
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.silent_failures import Witnessed
from quarterdeck.terminal.control_codes import ESCAPE, SGR

FORMAT = 1
"""The version of recordings, at the top of each."""

_HINT = "record the demo again"
_NOT_IN_BLOCKS = re.compile("[^\\n -~\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML takes for line ends or does not print."""
_CONFLICT = re.compile("^(?:<{7}|>{7}) ", re.MULTILINE)
"""Git's markers of a merge conflict; outputs are indented."""


class Reason(Enum):
    """Why a step has no valid exit status."""

    TIMEOUT = "timeout"
    NOT_STOPPED = "not stopped"
    """It did not end on the Ctrl-C of `stop-after`."""
    NO_ANSWER = "no answer"
    """The shell stopped answering."""
    TOO_MUCH_OUTPUT = "too much output"
    SHELL_DIED = "shell died"
    SHELL_ENDED = "shell ended"
    """The step ended the shell, and there are more steps."""
    OUT_OF_MEMORY = "out of memory"
    STAGE_FAILED = "stage failed"
    NOT_PREPARED = "not prepared"
    """The demo's `prepare.sh` failed."""


@dataclass(frozen=True, slots=True)
class Exited:
    """The step ended with an exit status."""

    status: int
    """0 to 255, the value of `$?` (128 + n: ended by signal n)."""
    interrupted: bool = False
    """Whether the Ctrl-C of `stop-after` ended it: then any status is right."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The step has no valid exit status."""

    reason: Reason
    detail: str
    """The reason as a sentence, for people."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The step did not run."""

    why: str
    blocked: bool = False
    """Whether an earlier step was broken; otherwise `skip` or `needs` left it out."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """The result of one step in one run. A fact: `check.verdict` judges it."""

    step: Step
    ending: Exited | Broken | Skipped
    seconds: float = 0.0
    """Wall-clock time on a monotonic clock. Shown, but never compared."""
    screen: str = ""
    """The final screen, with colours as ␛[…m; lines have no trailing blanks and are not cut."""
    witnessed: tuple[Witnessed, ...] = ()
    """The silent failures that were noticed, in the order of the step's lines."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The result of one run of a demo."""

    demo: Demo
    steps: tuple[StepResult, ...]
    """The results of the steps that have commands, in order."""
    stage: tuple[tuple[str, str], ...] = ()
    """The versions on its stage: `("registry", "distribution 2.8.2"), ("engine", "docker 20.10.24")`."""
    notes: tuple[str, ...] = ()
    """Failures outside the steps."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One step of a recording."""

    step: str
    """The name of the step when it was recorded, else its number."""
    made_by: str
    """The digest of the step's inputs, see `DemoInputs.digests`."""
    exit: int
    seconds: float
    """Wall-clock time, rounded to hundredths."""
    output: str
    """The final screen; empty or ending with a line feed."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The outputs of one run of a demo, as kept in the repository."""

    demo: str
    recorded: str
    """The day, as 2026-11-23."""
    stage: tuple[tuple[str, str], ...]
    steps: tuple[RecordedStep, ...]

    def find(self, made_by: str) -> RecordedStep | None:
        """The step with the input digest *made_by*: an output fits only the inputs that it was recorded with."""
        return next((step for step in self.steps if step.made_by == made_by), None)


def output_for_terminal(output: str) -> str:
    """An output with colours as ␛[…m, with the control codes that a terminal takes."""
    return SGR.sub(lambda match: match[0].replace(ESCAPE, "\x1b"), output)


def make_recording(result: DemoResult, digests: Sequence[str], day: str) -> Recording:
    """The recording of a run on a *day* such as 2026-11-23, without the steps that did not run.

    *digests* has the input digest of each step of the demo.
    """
    steps = tuple(
        RecordedStep(
            step=ran.step.key,
            made_by=digests[result.demo.steps.index(ran.step)],
            exit=ran.ending.status,
            seconds=round(ran.seconds, 2),
            output=ran.screen,
        )
        for ran in result.steps
        if isinstance(ran.ending, Exited)
    )
    return Recording(result.demo.name, day, result.stage, steps)


def load_recording(demo: Demo, project: Project, problems: Problems) -> Recording | None:
    """The recording of *demo*; None if there is none, or if it is invalid, which is added to *problems*."""
    if demo.recording.is_file():
        with problems.collecting():
            return parse_recording(load_text(demo.recording, project.root), project.shown(demo.recording))
    return None


def parse_recording(text: str, path: str) -> Recording:
    """Parse a recording; *path* is shown in messages.

    Raises:
        SourceError: It is not YAML, of another version, or incomplete.
    """
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise SourceError(Place(path, line), "unresolved merge conflict", _HINT)
    located = parse_yaml(text, path)
    if not isinstance(located.value, dict) or "quarterdeck" not in located.value:
        raise SourceError(Place(path, 1), "not a recording", _HINT)
    if (version := located.value["quarterdeck"]) != FORMAT:
        raise SourceError(located.place("quarterdeck"), f"a recording of version {version}, not {FORMAT}", _HINT)
    return Recording(
        demo=_typed(located, ("demo",), str),
        recorded=_typed(located, ("recorded",), str),
        stage=tuple((str(name), str(value)) for name, value in _typed(located, ("stage",), dict).items()),
        steps=tuple(_parse_step(located, index) for index in range(len(_typed(located, ("steps",), list)))),
    )


def _parse_step(located: Located, index: int) -> RecordedStep:
    at = ("steps", index)
    return RecordedStep(
        step=str(_typed(located, (*at, "step"), (str, int))),
        made_by=_typed(located, (*at, "made-by"), str),
        exit=_typed(located, (*at, "exit"), int),
        seconds=float(_typed(located, (*at, "seconds"), (int, float))),
        output=_typed(located, (*at, "output"), str),
    )


def _typed(located: Located, keys: tuple[str | int, ...], kind: type | tuple[type, ...]) -> Any:
    """The value at *keys*, which has to be a *kind*."""
    value = located.value
    for key in keys:
        if isinstance(key, str) and (not isinstance(value, dict) or key not in value):
            raise SourceError(located.place(*keys), f"the recording has no '{key}' here", _HINT)
        value = value[key]
    if not isinstance(value, kind):
        what = f"'{keys[-1]}' of the recording is something else than it should be"
        raise SourceError(located.place(*keys), what, _HINT)
    return value


def save_recording(demo: Demo, recording: Recording) -> bool:
    """Write *recording* beside *demo*; return whether the file changed."""
    return save_text(demo.recording, render_recording(recording))


def render_recording(recording: Recording) -> str:
    """*recording* as YAML: outputs as block scalars, so that a diff shows their lines."""
    import yaml

    class _Dumper(yaml.SafeDumper):
        """Writes outputs as literal blocks, and small tables on one line."""

    def text(dumper: yaml.SafeDumper, value: _Block) -> yaml.Node:
        style = '"' if _NOT_IN_BLOCKS.search(value) else "|"
        return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style=style)

    def row(dumper: yaml.SafeDumper, value: _Row) -> yaml.Node:
        return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)

    _Dumper.add_representer(_Block, text)
    _Dumper.add_representer(_Row, row)
    document = {
        "quarterdeck": FORMAT,
        "demo": recording.demo,
        "recorded": recording.recorded,
        "stage": _Row(recording.stage),
        "steps": [
            {
                "step": int(step.step) if step.step.isdecimal() else step.step,
                "made-by": step.made_by,
                "exit": step.exit,
                "seconds": step.seconds,
                "output": _Block(step.output) if step.output else "",
            }
            for step in recording.steps
        ],
    }
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)


class _Block(str):
    """Text to write as a literal block."""


class _Row(dict[str, str]):
    """A table to write on one line."""
