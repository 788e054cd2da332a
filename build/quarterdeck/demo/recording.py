"""What a demo printed, and what it was made from: the values that decks show and checks compare.

This is the table that both wings sit at. `live/` makes StepResults, `check/` judges them, `deck/` shows
Recordings; none of the three knows the others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Place, Problems, SourceError
from quarterdeck.base.files import list_kept_files, load_text, refuse_outside, save_text
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located, parse_yaml
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.silent_failures import Witnessed

_NOT_IN_BLOCKS = re.compile("[^\\n -~\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML counts as line ends or does not print."""

FORMAT = 1
"""The version that `quarterdeck:` says at the top of a recording."""


class Reason(Enum):
    """Why a step has no exit status that counts."""

    TIMEOUT = "timeout"
    NOT_STOPPED = "not stopped"
    """Ctrl-C of `stop-after` did not end it."""
    NO_ANSWER = "no answer"
    """The shell no longer answers."""
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
    """0 to 255, as bash has it in `$?` (128 + n: ended by signal n)."""
    interrupted: bool = False
    """Whether Ctrl-C of `stop-after` ended it, which is right with any status."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The step has no exit status that counts."""

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
    """What one step did, once. A fact and not an opinion: `check.verdict.judge` has those."""

    step: Step
    ending: Exited | Broken | Skipped
    seconds: float = 0.0
    """Wall-clock time on a monotonic clock. Shown, never compared."""
    screen: str = ""
    """What stands on the screen at the end, colours as ␛[…m; no line has trailing blanks, none is cut."""
    witnessed: tuple[Witnessed, ...] = ()
    """The silent failures that were noticed, in the order of its lines."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What one run of a demo did."""

    demo: Demo
    steps: tuple[StepResult, ...]
    """One for each step that has commands, in order."""
    stage: tuple[tuple[str, str], ...] = ()
    """What stood around it: `("registry", "distribution 2.8.2"), ("engine", "docker 20.10.24")`."""
    notes: tuple[str, ...] = ()
    """What went wrong beside the steps."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One step of a recording."""

    step: str
    """The step's name, else its number, when it was recorded."""
    made_by: str
    """`sha256:` and 64 digits: of everything up to here, see `made_by`."""
    exit: int
    seconds: float
    """Wall-clock time, to the hundredth."""
    output: str
    """The screen at the end; empty or ending with a line feed."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What one run of a demo printed, as kept in the repository."""

    demo: str
    recorded: str
    """The day, as 2026-11-23."""
    stage: tuple[tuple[str, str], ...]
    steps: tuple[RecordedStep, ...]

    def find(self, made_by: str) -> RecordedStep | None:
        """The step that was made by just that: an output is shown and compared only beside what made it."""
        for step in self.steps:
            if step.made_by == made_by:
                return step
        return None


def made_by(demo: Demo, ancestors: Sequence[Demo], project: Project) -> tuple[str, ...]:
    """For each step of *demo*, the digest of everything that its output depends on.

    That is: the demo's folder, its ancestors (with theirs), the steps before, and the step's own code.
    Captions, names and options that change nothing about the run do not count.

    Raises:
        SourceError: A file of the folder leads out of the project.
    """
    chain = ""
    digests: tuple[str, ...] = ()
    for one in (*ancestors, demo):
        digests = _digests(one, chain, project)
        chain = digests[-1] if digests else chain
    return digests


def _digests(demo: Demo, chain: str, project: Project) -> tuple[str, ...]:
    digest = hashlib.sha256(f"{FORMAT}\n{chain}\n{folder_digest(demo.folder, project)}\n".encode())
    digests = []
    for step in demo.steps:
        options = step.options
        code = "\n".join(step.shown)
        how = f"{options.send}{options.stop_after_s}{options.skip is not None}"
        digest.update(f"{len(code)}\n{code}\n{how}\n".encode("utf-8", "surrogatepass"))
        digests.append(f"sha256:{digest.hexdigest()}")
    return tuple(digests)


@lru_cache(maxsize=256)
def folder_files(folder: Path, project: Project) -> tuple[Path, ...]:
    """The files that a demo in *folder* works on: what git tracks or does not ignore there, without demos,
    recordings and `site/`. Listed once in a process.

    Raises:
        SourceError: A link leads out of the project.
    """
    files = []
    for path in _kept_files(folder, project):
        if path.suffix in (".demo", ".command") or path.name.endswith(".recording.yaml"):
            continue
        if path.is_relative_to(project.site):
            continue
        refuse_outside(path, project.root)
        files.append(path)
    return tuple(files)


def _kept_files(folder: Path, project: Project) -> tuple[Path, ...]:
    """As `list_kept_files`; git is asked once about all of `commands/`, for many demos in many folders."""
    commands = project.commands
    if commands == project.root or not folder.is_relative_to(commands):
        return list_kept_files(folder)
    inside = f"{folder}/"
    found = tuple(path for text, path in _kept_in_commands(project) if text.startswith(inside))
    # A folder that is a repository of its own is one entry for git, and no file.
    return found or list_kept_files(folder)


@lru_cache(maxsize=8)
def _kept_in_commands(project: Project) -> tuple[tuple[str, Path], ...]:
    return tuple((str(path), path) for path in list_kept_files(project.commands))


@lru_cache(maxsize=256)
def folder_digest(folder: Path, project: Project) -> str:
    """The digest of names, contents and executable bits of the files that a demo in *folder* works on."""
    digest = hashlib.sha256()
    for path in folder_files(folder, project):
        executable = not path.is_symlink() and bool(path.stat().st_mode & 0o100)
        content = hashlib.sha256(str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{executable}\0{content}\n".encode())
    return digest.hexdigest()


def make_recording(result: DemoResult, digests: Sequence[str], day: str) -> Recording:
    """The recording of a run; steps that did not run are not in it.

    Args:
        result: A run whose steps all have an exit status or were skipped.
        digests: What `made_by` says of the demo, one for each of its steps.
        day: The day of the run, as 2026-11-23.
    """
    numbers = {id(step): index for index, step in enumerate(result.demo.steps)}
    steps = tuple(
        RecordedStep(
            step=ran.step.key,
            made_by=digests[numbers[id(ran.step)]],
            exit=ran.ending.status,
            seconds=round(ran.seconds, 2),
            output=ran.screen,
        )
        for ran in result.steps
        if isinstance(ran.ending, Exited)
    )
    return Recording(result.demo.name, day, result.stage, steps)


def load_recording(demo: Demo, project: Project, problems: Problems) -> Recording | None:
    """The recording kept for *demo*; None when there is none, or when it is wrong, which is then a problem."""
    if not demo.recording.is_file():
        return None
    try:
        text = load_text(demo.recording, project.root)
        return parse_recording(text, project.shown(demo.recording))
    except SourceError as error:
        problems.note(error)
        return None


_CONFLICT = re.compile("^(?:<{7}|>{7}) ", re.MULTILINE)
"""What git leaves where two branches recorded a demo; what a demo printed stands indented."""


def parse_recording(text: str, path: str) -> Recording:
    """Read a recording.

    Raises:
        SourceError: It is no YAML, of another version, or lacks something.
    """
    hint = "record the demo again"
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise SourceError(Place(path, line), "unresolved merge conflict", hint)
    located = parse_yaml(text, path)
    if not isinstance(located.value, dict) or "quarterdeck" not in located.value:
        raise SourceError(Place(path, 1), "not a recording", hint)
    if (version := located.value["quarterdeck"]) != FORMAT:
        raise SourceError(located.place("quarterdeck"), f"a recording of version {version}, not {FORMAT}", hint)
    try:
        stage = _typed(located, ("stage",), dict)
        steps = _typed(located, ("steps",), list)
        return Recording(
            demo=_typed(located, ("demo",), str),
            recorded=_typed(located, ("recorded",), str),
            stage=tuple((str(name), str(value)) for name, value in stage.items()),
            steps=tuple(_parse_step(located, index) for index in range(len(steps))),
        )
    except ValueError as error:
        at, what = error.args
        raise SourceError(at, what, hint) from error


def _parse_step(located: Located, index: int) -> RecordedStep:
    at = ("steps", index)
    return RecordedStep(
        step=str(_typed(located, (*at, "step"), (str, int))),
        made_by=_typed(located, (*at, "made-by"), str),
        exit=_typed(located, (*at, "exit"), int),
        seconds=float(_typed(located, (*at, "seconds"), (int, float))),
        output=_typed(located, (*at, "output"), str),
    )


def _typed(located: Located, at: tuple[str | int, ...], kind: Any) -> Any:
    value = located.value
    for key in at:
        if isinstance(key, str) and (not isinstance(value, dict) or key not in value):
            raise ValueError(located.place(*at), f"the recording has no '{key}' here")
        value = value[key]
    if not isinstance(value, kind):
        raise ValueError(located.place(*at), f"'{at[-1]}' of the recording is something else than it should be")
    return value


def save_recording(demo: Demo, recording: Recording) -> bool:
    """Write *recording* to its place beside *demo*; say whether the file changed."""
    return save_text(demo.recording, render_recording(recording))


def render_recording(recording: Recording) -> str:
    """*recording* as the text of its file: block scalars, one line of output a line, made for a diff."""
    import yaml

    class _Dumper(yaml.SafeDumper):
        """Writes screens as literal blocks, and small tables on one line."""

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
    """Text that the recording writes as a literal block."""


class _Row(dict[str, str]):
    """A table that the recording writes on one line."""
