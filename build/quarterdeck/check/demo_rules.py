"""Rules for demos: what is wrong with them and shows without running them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from shlex import quote

from quarterdeck.base.errors import Place, Problems, SourceError
from quarterdeck.base.project import StageSettings
from quarterdeck.bash.curl import passes_errors
from quarterdeck.bash.option_splitter import split_options
from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.programs import docker_command, reads_lines
from quarterdeck.bash.script import Command
from quarterdeck.bash.sent_lines import first_reader, split_sent_lines
from quarterdeck.bash.tools import CURL, DOCKER_PS, DOCKER_RUN
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.recording import Recording

_ENDS_A_SHELL = re.compile(r"^\s*(?:exit|logout|quit|\\q)\b", re.MULTILINE)
_REGISTRY = re.compile(r":5000\b|/v2/")
_WIDEST = 40
"""Characters of a command in a message."""


def lint_demo(demo: Demo, settings: StageSettings, problems: Problems) -> None:
    """Report what is wrong in the steps of *demo*, which run on a stage with *settings*."""
    running = [
        (step, parse_script(step.script).commands) for step in demo.steps if step.script and not step.options.skip
    ]
    for step, commands in running:
        _report_unsent_lines(step, commands, problems)
        _warn_hidden_failures(step, commands, problems)
        if settings.kind == "container" and settings.image is None:
            _warn_sudo(demo, step, commands, problems)
    _warn_random_names(running, problems)


def lint_recording(demo: Demo, recording: Recording | None, digests: Sequence[str], problems: Problems) -> None:
    """Warn about steps of *demo* that do not match *recording*; *digests*: one per step, of its inputs."""
    pairs = [
        (step, digest)
        for step, digest in zip(demo.steps, digests, strict=True)
        if step.script and not step.options.skip and not {*demo.needs, *step.options.needs}
    ]
    cure = f"quarterdeck record {quote(demo.name)}"
    if recording is None:
        if pairs:
            problems.warn(demo.at, f"nothing is recorded of '{demo.name}'", cure)
        return
    stale = [step for step, digest in pairs if recording.find(digest) is None]
    if stale:
        names = ", ".join(step.key for step in stale[:8]) + (", …" if len(stale) > 8 else "")
        problems.warn(stale[0].at, f"what is recorded of {demo.short_name} no longer fits: {names}", cure)
    for step, digest in pairs:
        recorded, right = recording.find(digest), step.options.exit
        if recorded is None or step.options.stop_after_s:
            continue
        if not recorded.exit if right == "nonzero" else recorded.exit != right:
            status = f"was recorded with exit status {recorded.exit}, and `exit` is {right}"
            problems.warn(step.places.get("exit", step.at), f"'{demo.short_name}-{step.key}' {status}", cure)


def stray_lines(step: Step) -> SourceError | None:
    """The error of lines that are meant for a program which *step* starts, but would be run by bash after it."""
    if step.options.send or step.options.skip:
        return None
    reader = first_reader(step.script)
    if reader is None:
        return None
    rest = split_sent_lines(step.script)[1]
    if not rest.strip() or (reads_lines(reader.words) == "perhaps" and not _ENDS_A_SHELL.search(rest)):
        return None
    what = f"the lines below `{_shown(reader)}` look meant for the program that it starts; bash would run them after it"
    hint = "`#@ send: rest` gives them to that program; `#@ send: [exit]` ends it, and bash runs them"
    return SourceError(_place(step, reader), what, hint)


def _report_unsent_lines(step: Step, commands: Sequence[Command], problems: Problems) -> None:
    if step.options.send == "rest" and not split_sent_lines(step.script)[1].strip():
        what = "`send: rest`, and no lines come after the first command"
        problems.add(step.places["send"], what, "write the lines below it, or into `send`")
    if step.options.send:
        return
    if stray := stray_lines(step):
        problems.note(stray)
        return
    readers = (command for command in commands if command.where.typed and reads_lines(command.words) == "yes")
    if (reader := next(readers, None)) and step.options.stop_after_s is None:
        what = f"`{_shown(reader)}` waits for input, and no lines are sent"
        problems.warn(_place(step, reader), what, "`#@ send: [exit]` sends one; `#@ skip: WHY` leaves the step out")


def _warn_hidden_failures(step: Step, commands: Sequence[Command], problems: Problems) -> None:
    """Curl without `--fail` passes an error of the registry into the pipe like any other answer."""
    if any(failure.startswith("http") for failure in step.options.allow):
        return
    for command in commands:
        words = command.words
        asks = command.where.piped and words.outer == "curl" and any(map(_REGISTRY.search, words.items))
        if asks and passes_errors(split_options(words.items[1:], CURL)):
            what = "`curl` without `--fail` passes an error of the registry into the pipe as if it were an answer"
            hint = "write `curl --fail`; if errors are expected here, add `#@ allow: [http]`"
            problems.warn(_place(step, command), what, hint)


def _warn_sudo(demo: Demo, step: Step, commands: Sequence[Command], problems: Problems) -> None:
    if "sudo" in (*demo.needs, *step.options.needs):
        return
    for command in commands:
        if command.words.outer == "sudo":
            what = "`sudo` is not on the stage, where the shell runs as root"
            problems.warn(_place(step, command), what, "leave `sudo` out, or add `#@ needs: sudo`")
            return


def _warn_random_names(running: Sequence[tuple[Step, Sequence[Command]]], problems: Problems) -> None:
    """A container without a name gets another one in each run, and `docker ps` shows it."""
    unnamed: Place | None = None
    for step, commands in running:
        options = step.options
        is_compared = options.compare != "none" and not options.match and not options.json
        for command in commands:
            if _leaves_unnamed(command):
                unnamed = unnamed or _place(step, command)
            elif unnamed and _lists_names(command) and is_compared:
                what = "a container without a name: `docker ps`, further down, will show another in each run"
                problems.warn(unnamed, what, "write `docker run --name NAME`")
                return


def _leaves_unnamed(command: Command) -> bool:
    verb, rest = docker_command(command.words)
    words = split_options(rest, DOCKER_RUN)
    return verb == "run" and not words.has("--name") and (not words.has("--rm") or words.has("-d", "--detach"))


def _lists_names(command: Command) -> bool:
    verb, rest = docker_command(command.words)
    shows_all = not split_options(rest, DOCKER_PS).has("-q", "--quiet", "--format")
    return verb in ("ps", "ls", "list") and not command.where.piped and shows_all


def _place(step: Step, command: Command) -> Place:
    return Place(step.at.path, step.lines[command.row])


def _shown(command: Command) -> str:
    text = " ".join(command.words.typed)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
