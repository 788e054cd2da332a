"""Variables that a step set and that are empty, or `null`, after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.bash.code import Assignment, Code, is_literal
from quarterdeck.witness.evidence import Finding, Seen

_NULLS = ("null", "<no value>", "<nil>")
"""What jq and Go's templates make of something that is not there."""
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
        shown = next((word for word in _NULLS if word in value), "empty")
        yield Finding("empty-variable", row, f"{name} is {shown}")


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
    written = [one.value for one in every if is_literal(one)]
    if value:
        # Nobody asks for null, unless it is written so.
        return any(word in text for text in written for word in _NULLS)
    if any(_NOTHING.match(text) for text in written):
        return True
    name = re.escape(assignment.name)
    asked = re.search(
        rf"""(?<!\becho )-[nz]\s+["']?\$\{{?{name}\b|\$\{{{name}:?[-+?=]"""
        rf"""|\[\[\s+!?\s*["']?\$\{{?{name}\}}?["']?\s+\]\]"""
        rf"""|\$\{{?{name}\}}?["']?\s+!?==?\s+(?:""|'')|\$\{{\#{name}""",
        code.text,
    )
    return assignment.spare or assignment.by.where.meant or bool(asked) or bool(_OWN_DEFAULT.search(assignment.value))
