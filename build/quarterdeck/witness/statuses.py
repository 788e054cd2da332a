"""Commands that failed before the last one, or inside a pipe: from what the session's traps noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from quarterdeck.bash.code import Code, Command, Pipe
from quarterdeck.bash.exit_statuses import is_failure
from quarterdeck.bash.match_command import find_call, find_commands
from quarterdeck.witness.evidence import Finding, Seen
from quarterdeck.witness.open_errors import unopened_files

_SEPARATOR = "\037"


@dataclass(frozen=True, slots=True)
class Note:
    """One line of what `scripts/session.bash` noted."""

    kind: str
    """`P`: after a pipe; `E`: a command failed that nobody asked; `V`: a variable."""
    fields: tuple[str, ...]


def parse_notes(lines: Iterable[str], step: str) -> tuple[Note, ...]:
    """The notes of the step whose file is *step*: what an earlier one left running notes things too."""
    notes = []
    for line in lines:
        kind, *fields = line.split(_SEPARATOR)
        if fields[:1] == [step]:
            notes.append(Note(kind, tuple(fields[1:])))
    return tuple(notes)


def failed_in_pipes(seen: Seen) -> Iterator[Finding]:
    """What failed inside a pipe."""
    told: set[tuple[int, int]] = set()
    for note in seen.notes:
        if note.kind != "P" or len(note.fields) != 4:
            continue
        statuses = [int(word) for word in note.fields[0].split() if word.isdigit()]
        number = _find_pipe(seen.code, len(statuses), note)
        if number is None or _settled(seen, seen.code.pipes[number], statuses):
            continue
        pipe = seen.code.pipes[number]
        for index, (part, status) in enumerate(zip(pipe.parts[:-1], statuses, strict=False)):
            if (number, index) not in told and is_failure(part, status, pipe.parts[index + 1 :]):
                told.add((number, index))
                what = f"inside a pipe, {shorten(part.text)} ended with exit status {status}"
                yield Finding("pipe", part.row, what, expected=pipe.where.tail)


def failed_before_the_last(seen: Seen) -> Iterator[Finding]:
    """What failed while the step went on."""
    told: set[int] = set()
    unopened = {one.before.start for one in unopened_files(seen) if one.before}
    blamed = _pipes_with_a_last_part_that_was_well(seen)
    for note in seen.notes:
        if note.kind != "E" or len(note.fields) != 3:
            continue
        status, line = int(note.fields[0]), int(note.fields[1])
        if "__quarterdeck_" in note.fields[2] or (seen.interrupted and status == 130):
            continue
        found = find_commands(seen.code, note.fields[2], line)
        call = find_call(seen.code, seen.past, note.fields[2], line)
        command = call or next(iter(found), None)
        if command is None or command.start in told or command.start in unopened or command.pipe in blamed:
            continue
        where = command.where
        answer = call is not None and bool(found) and not is_failure(found[0], status, ())
        if where.meant or where.function or not _counts(seen, command, status) or (answer and not _returns(found[0])):
            continue
        told.add(command.start)
        how = "its status is lost" if where.lost and where.last else "the step went on"
        what = f"{shorten(command.text)} ended with exit status {status}, and {how}"
        yield Finding("status", command.row, what, expected=where.tail)


def _returns(command: Command) -> bool:
    return command.words.name in ("return", "exit")


def _pipes_with_a_last_part_that_was_well(seen: Seen) -> set[int | None]:
    """Those which failed all the same, with `pipefail`: `failed_in_pipes` tells of them."""
    found: set[int | None] = set()
    for note in seen.notes:
        if note.kind == "P" and len(note.fields) == 4 and note.fields[0].endswith(" 0"):
            found.add(_find_pipe(seen.code, len(note.fields[0].split()), note))
    return found - {None}


def _counts(seen: Seen, command: Command, status: int) -> bool:
    """Whether the failing *command* is a silent failure."""
    where = command.where
    if where.last and where.depth == 0 and seen.exit:
        return False
    if where.last and where.depth > 0 and not where.lost:
        # What is around it ends with the same status, and has a note of its own.
        return False
    inner = _last_inside(seen.code, command)
    if command.pipe is not None and seen.code.pipes[command.pipe].parts[-1].start != command.start:
        return False
    return is_failure(inner, status, ())


def _last_inside(code: Code, command: Command) -> Command:
    """The command whose status `X=$(…)` and `( … )` have."""
    end = command.start + len(command.text.encode())
    inside = [
        one
        for one in code.commands
        if command.start < one.start < end
        and one.where.last
        and not one.where.lost
        and one.where.depth > command.where.depth
    ]
    if not inside or command.words.name not in ("", "(") or inside[-1].words.name in ("exit", "return"):
        return command
    return inside[-1]


def _settled(seen: Seen, pipe: Pipe, statuses: Sequence[int]) -> bool:
    """Whether nothing is wrong: the pipe is asked for its status, its status was seen, or Ctrl-C ended it."""
    if pipe.where.meant or pipe.where.function:
        return True
    if seen.interrupted and set(statuses) <= {0, 130, 141}:
        return True
    # With pipefail, the status of the step is that of a part.
    return bool(seen.exit) and pipe.where.tail and seen.exit in statuses[:-1] and statuses[-1] == 0


def _find_pipe(code: Code, count: int, note: Note) -> int | None:
    """The pipe that had ended when the note was made, if that is certain."""
    _, line, before, after = note.fields
    candidates = []
    for command in find_commands(code, before, int(line)):
        if command.pipe is None or len(code.pipes[command.pipe].parts) != count:
            continue
        pipe = code.pipes[command.pipe]
        later = find_commands(code, after, int(line))
        # A later part of the same pipe starts: what is seen is still the status of what came before the pipe.
        if later and all(command.start < one.start < pipe.end for one in later):
            continue
        candidates.append(command.pipe)
    # Two alike on one line: only what holds for both of them.
    meant = [number for number in candidates if code.pipes[number].where.meant]
    return meant[0] if meant else candidates[0] if candidates else None


def shorten(text: str) -> str:
    """*text* as a message quotes it: on one line, with its start."""
    line = " ".join(text.replace("\\\n", " ").split())
    return f"`{line}`" if len(line) <= 60 else f"`{line[:59]}…`"
