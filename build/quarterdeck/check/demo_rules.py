"""What is wrong with a demo, as far as that can be known without running it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from shlex import quote

from quarterdeck.base.errors import Place, Problems, SourceError
from quarterdeck.base.project import StageSettings
from quarterdeck.bash.command_lines import Command, find_commands, split_sent_lines
from quarterdeck.bash.programs import reads_lines, sort_words
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.recording import Recording

_ENDS_A_SHELL = re.compile(r"^\s*(?:exit|logout|quit|\\q)\b", re.MULTILINE)
_REGISTRY = re.compile(r":5000\b|/v2/")
_CURL_VALUES = tuple(f"-{letter}" for letter in "AbcCdDeEFHKmoPQrtTuUwxXyYz")
_SHOWS_STATUS = ("-I", "-i", "-v", "-D", "--head", "--include", "--verbose", "--dump-header")
_FAILS = ("-f", "--fail", "--fail-with-body")
_WIDEST = 40
"""Characters of a command in a message."""


def lint_demo(demo: Demo, settings: StageSettings, problems: Problems) -> None:
    """Note what is wrong in the steps of *demo*, which run on a stage as *settings* have it."""
    running = [(step, find_commands(step.script)) for step in demo.steps if step.script and not step.options.skip]
    for step, commands in running:
        _note_lines_nobody_takes(step, commands, problems)
        _warn_hidden_failures(step, commands, problems)
        if settings.kind == "container" and settings.image is None:
            _warn_sudo(demo, step, commands, problems)
    _warn_random_names(running, problems)


def lint_recording(demo: Demo, recording: Recording | None, digests: Sequence[str], problems: Problems) -> None:
    """Warn on steps of *demo* that *recording* does not fit; *digests* are what `made_by` says of them."""
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
        recorded = recording.find(digest)
        right = step.options.exit
        if recorded is None or step.options.stop_after_s or recorded.exit == right:
            continue
        if right != "nonzero" or not recorded.exit:
            what = (
                f"'{demo.short_name}-{step.key}' was recorded with exit status {recorded.exit}, and `exit` is {right}"
            )
            problems.warn(step.said.get("exit", step.at), what, cure)


def stray_lines(step: Step) -> SourceError | None:
    """The mistake of lines that are meant for a program which *step* starts, and that bash would run after it."""
    if step.options.send or step.options.skip:
        return None
    return _stray_lines(step, find_commands(step.script))


def _stray_lines(step: Step, commands: Sequence[Command]) -> SourceError | None:
    found = next((one for one in commands if one.typed and reads_lines(one.words) != "no"), None)
    if found is None:
        return None
    rest = split_sent_lines(step.script)[1]
    if not rest.strip() or (reads_lines(found.words) == "perhaps" and not _ENDS_A_SHELL.search(rest)):
        return None
    what = f"the lines below `{_shown(found)}` look meant for the program that it starts; bash would run them after it"
    hint = "`#@ send: rest` gives them to that program; `#@ send: [exit]` ends it, and bash runs them"
    return SourceError(_place(step, found), what, hint)


def _note_lines_nobody_takes(step: Step, commands: Sequence[Command], problems: Problems) -> None:
    if step.options.send == "rest" and not split_sent_lines(step.script)[1].strip():
        what = "`send: rest`, and no lines come after the first command"
        problems.add(step.said["send"], what, "write the lines below it, or into `send`")
    if step.options.send:
        return
    if stray := _stray_lines(step, commands):
        problems.errors.append(stray)
        return
    waiting = next((one for one in commands if one.typed and reads_lines(one.words) == "yes"), None)
    if waiting and step.options.stop_after_s is None:
        what = f"`{_shown(waiting)}` waits for lines, and nobody sends any"
        problems.warn(_place(step, waiting), what, "`#@ send: [exit]` sends one; `#@ skip: WHY` leaves the step out")


def _warn_hidden_failures(step: Step, commands: Sequence[Command], problems: Problems) -> None:
    """An answer of the registry such as 404 is text like any other, unless curl is told to fail."""
    if any(failure.startswith("http") for failure in step.options.allow):
        return
    for one in commands:
        if one.piped and one.words[:1] == ("curl",) and any(map(_REGISTRY.search, one.words)) and _passes_errors(one):
            what = "`curl` without `--fail` passes an error of the registry into the pipe as if it were an answer"
            hint = "write `curl --fail`; if errors are meant here, say so with `#@ allow: [http]`"
            problems.warn(_place(step, one), what, hint)


def _passes_errors(curl: Command) -> bool:
    words = sort_words(curl.words[1:], values=(*_CURL_VALUES, "--write-out"), mixed=True)
    written = words.options.get("-w", "") + words.options.get("--write-out", "")
    return not words.has(*_FAILS, *_SHOWS_STATUS) and "_code}" not in written


def _warn_sudo(demo: Demo, step: Step, commands: Sequence[Command], problems: Problems) -> None:
    if "sudo" in (*demo.needs, *step.options.needs):
        return
    for one in commands:
        if one.words[:1] == ("sudo",):
            what = "`sudo` is not on the stage, where the shell is root's already"
            problems.warn(_place(step, one), what, "leave `sudo` out, or say `#@ needs: sudo`")
            return


def _warn_random_names(running: Sequence[tuple[Step, Sequence[Command]]], problems: Problems) -> None:
    """A container that is given no name gets another in each run, and `docker ps` shows it."""
    unnamed: Place | None = None
    for step, commands in running:
        for one in commands:
            if _leaves_unnamed(one):
                unnamed = unnamed or _place(step, one)
            elif unnamed and _lists_names(one) and _is_compared(step):
                what = "a container without a name: `docker ps`, further down, will show another in each run"
                problems.warn(unnamed, what, "write `docker run --name NAME`")
                return


def _leaves_unnamed(one: Command) -> bool:
    if one.words[:2] != ("docker", "run") and one.words[:3] != ("docker", "container", "run"):
        return False
    return not any(word.startswith(("--name", "--rm")) or word == "-n" for word in one.words) or (
        any(re.match(r"-[a-z]*d[a-z]*\Z|--detach", word) for word in one.words)
        and not any(word.startswith("--name") for word in one.words)
    )


def _lists_names(one: Command) -> bool:
    lists = one.words[:2] == ("docker", "ps") or one.words[:3] in (
        ("docker", "container", "ls"),
        ("docker", "container", "list"),
        ("docker", "container", "ps"),
    )
    return lists and not one.piped and not any(re.match(r"-[a-z]*q|--quiet|--format", word) for word in one.words)


def _is_compared(step: Step) -> bool:
    options = step.options
    return options.compare != "none" and not options.match and not options.json


def _place(step: Step, one: Command) -> Place:
    return Place(step.at.path, step.lines[one.row])


def _shown(one: Command) -> str:
    text = " ".join(one.words)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
