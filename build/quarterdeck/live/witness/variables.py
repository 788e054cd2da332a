"""Variables that a step set and that are empty, or `null`, after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.live.witness.code import Assignment, Code
from quarterdeck.live.witness.seen import Finding, Seen

_NOTHING = re.compile(r"""["']{0,2}\Z|\(\s*\)\Z""")
_OWN_DEFAULT = re.compile(r"\$\{\w+:?[-+=]|\|\|\s*(?:true|:|echo)")
"""What says what there should be instead: `${X:-…}`, `|| true`."""


def empty_variables(seen: Seen) -> Iterator[Finding]:
    """One for each variable that has nothing in it and was not given nothing on purpose."""
    for note in seen.notes:
        if note.kind != "V" or len(note.fields) != 2:
            continue
        name, value = note.fields
        if (last := _last_assignment(name, seen)) is None:
            continue
        row, assignment = last
        if _is_meant(assignment, value, seen.code):
            continue
        what = (
            f"{name} is {value.split()[0] if value else 'empty'}" if value != "<no value>" else f"{name} is <no value>"
        )
        yield Finding("empty-variable", row, what)


def _last_assignment(name: str, seen: Seen) -> tuple[int, Assignment] | None:
    """The last place in the step that sets the variable; for a function, where the step calls it."""
    own = [one for one in seen.code.assignments if one.name == name and one.by.where.function is None]
    if own:
        return own[-1].row, own[-1]
    for code in reversed(seen.past.with_functions):
        for one in reversed(code.assignments):
            if one.name == name and one.by.where.function:
                calls = [call.row for call in seen.code.commands if call.words.name == one.by.where.function]
                if calls:
                    return calls[-1], one
    return None


def _is_meant(assignment: Assignment, value: str, code: Code) -> bool:
    """Whether it may be as it is: written so, or asked for."""
    every = [one for one in code.assignments if one.name == assignment.name]
    if any(_is_literal(one) for one in every):
        return True
    if value:
        # Nobody asks for null.
        return False
    name = re.escape(assignment.name)
    asked = re.search(
        rf"""-[nz]\s+["']?\$\{{?{name}\b|\$\{{{name}:?[-+?=]|\[\[\s+!?\s*["']?\$\{{?{name}\}}?["']?\s+\]\]"""
        rf"""|\$\{{?{name}\}}?["']?\s+!?==?\s+(?:""|'')|\$\{{\#{name}""",
        code.text,
    )
    return assignment.spare or assignment.by.where.meant or bool(asked) or bool(_OWN_DEFAULT.search(assignment.value))


def _is_literal(assignment: Assignment) -> bool:
    """Whether the right side holds nothing that could have failed."""
    if assignment.by.words.name in ("read", "mapfile", "readarray", "printf"):
        return False
    return not re.search(r"[$`]", assignment.value)
