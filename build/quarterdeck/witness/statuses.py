"""Commands that failed before the last one, or inside a pipeline, as noted by the session's traps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quarterdeck.bash.exit_statuses import is_failure
from quarterdeck.bash.script import Command, Pipe, Script
from quarterdeck.witness.error_text import open_errors
from quarterdeck.witness.evidence import Finding, StepEvidence, quote_code


def failed_in_pipes(evidence: StepEvidence) -> Iterator[Finding]:
    """Commands that failed inside a pipeline."""
    script = evidence.script
    reported: set[tuple[int, int]] = set()
    for noted, *position in evidence.notes_of("P", 4):
        statuses = [int(word) for word in noted.split() if word.isdigit()]
        number = _find_pipe(script, len(statuses), *position)
        if number is None or _is_settled(evidence, script.pipes[number], statuses):
            continue
        pipe = script.pipes[number]
        for index, (part, status) in enumerate(zip(pipe.parts[:-1], statuses, strict=False)):
            if (number, index) not in reported and is_failure(part, status, pipe.parts[index + 1 :]):
                reported.add((number, index))
                what = f"inside a pipe, {quote_code(part.text)} ended with exit status {status}"
                yield Finding("pipe", part.row, what, expected=pipe.where.tail)


def failed_before_the_last(evidence: StepEvidence) -> Iterator[Finding]:
    """Commands that failed while the step went on."""
    script = evidence.script
    functions = {name for defining in evidence.history.with_functions for name in defining.functions}
    reported: set[int] = set()
    blameless = {error.before.start for error in open_errors(evidence) if error.before}
    inner_failures = _pipes_with_a_good_last_part(evidence)
    for noted, line, text in evidence.notes_of("E", 3):
        status = int(noted)
        if "__quarterdeck_" in text or (evidence.interrupted and status == 130):
            continue
        matches = script.match_commands(text, int(line))
        call = script.match_function_call(functions, text, int(line))
        command = call or next(iter(matches), None)
        if command is None or command.start in reported or command.start in blameless:
            continue
        where = command.where
        if command.pipe in inner_failures or where.meant or where.function or not _counts(evidence, command, status):
            continue
        is_answer = call is not None and bool(matches) and not is_failure(matches[0], status, ())
        if is_answer and matches[0].words.name not in ("return", "exit"):
            continue
        reported.add(command.start)
        how = "its status is lost" if where.lost and where.last else "the step went on"
        what = f"{quote_code(command.text)} ended with exit status {status}, and {how}"
        yield Finding("status", command.row, what, expected=where.tail)


def _pipes_with_a_good_last_part(evidence: StepEvidence) -> set[int | None]:
    """Pipelines whose last part succeeded: if they failed, with `pipefail`, `failed_in_pipes` reports them."""
    notes = [fields for fields in evidence.notes_of("P", 4) if fields[0].endswith(" 0")]
    numbers = {_find_pipe(evidence.script, len(statuses.split()), *position) for statuses, *position in notes}
    return numbers - {None}


def _counts(evidence: StepEvidence, command: Command, status: int) -> bool:
    """Whether the failing *command* is a silent failure."""
    where = command.where
    if where.last and where.depth == 0 and evidence.exit:
        return False
    if where.last and where.depth > 0 and not where.lost:
        # The command around it ends with the same status, and has a note of its own.
        return False
    if command.pipe is not None and evidence.script.pipes[command.pipe].parts[-1].start != command.start:
        return False
    return is_failure(_last_inside(evidence.script, command), status, ())


def _last_inside(script: Script, command: Command) -> Command:
    """The command whose status becomes that of `X=$(…)` or `( … )`."""
    end = command.start + len(command.text.encode())
    inside = [
        inner
        for inner in script.commands
        if command.start < inner.start < end
        and inner.where.last
        and not inner.where.lost
        and inner.where.depth > command.where.depth
    ]
    if not inside or command.words.name not in ("", "(") or inside[-1].words.name in ("exit", "return"):
        return command
    return inside[-1]


def _is_settled(evidence: StepEvidence, pipe: Pipe, statuses: Sequence[int]) -> bool:
    """Whether the failure is not silent: the status is checked, is that of the step, or is due to Ctrl-C."""
    if pipe.where.meant or pipe.where.function:
        return True
    if evidence.interrupted and set(statuses) <= {0, 130, 141}:
        return True
    # With pipefail, the status of a part becomes that of the step.
    return bool(evidence.exit) and pipe.where.tail and evidence.exit in statuses[:-1] and statuses[-1] == 0


def _find_pipe(script: Script, count: int, line: str, before: str, after: str) -> int | None:
    """The pipeline of *count* parts that had ended in *line* with *before*, when *after* began; if that is certain."""
    candidates = []
    later = script.match_commands(after, int(line))
    for command in script.match_commands(before, int(line)):
        if command.pipe is None or len(script.pipes[command.pipe].parts) != count:
            continue
        pipe = script.pipes[command.pipe]
        # A later part of the same pipeline starts: the statuses are still those of an earlier pipeline.
        if later and all(command.start < part.start < pipe.end for part in later):
            continue
        candidates.append(command.pipe)
    # Of two equal pipelines on a line, the first whose failure is meant, else the first.
    candidates.sort(key=lambda number: not script.pipes[number].where.meant)
    return candidates[0] if candidates else None
