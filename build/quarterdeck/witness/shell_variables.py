"""Variables that a step sets and that are empty, or `null`, after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quarterdeck.bash.script import Assignment, Script
from quarterdeck.witness.evidence import Finding, StepEvidence

_NULLS = ("null", "<no value>", "<nil>")
"""The output of jq and Go's templates for a missing value."""
_NOTHING = re.compile(r"""["']{0,2}\Z|\(\s*\)\Z""")
_OWN_DEFAULT = re.compile(r"\$\{\w+:?[-+=]|\|\|\s*(?:true|:|echo)")
"""A default value: `${X:-…}`, `|| true`."""


def empty_variables(evidence: StepEvidence) -> Iterator[Finding]:
    """A finding for each variable that is empty without being set so on purpose."""
    for name, value in evidence.notes_of("V", 2):
        if (last := _last_assignment(name, evidence)) is None:
            continue
        row, assignment = last
        if not _is_meant(assignment, value, evidence.script):
            state = next((null for null in _NULLS if null in value), "empty")
            yield Finding("empty-variable", row, f"{name} is {state}")


def _last_assignment(name: str, evidence: StepEvidence) -> tuple[int, Assignment] | None:
    """The last assignment to the variable, and its row; in a function, the row where the step calls it."""
    for assignment in reversed(evidence.script.assignments):
        if assignment.name == name and assignment.by.where.function is None:
            return assignment.row, assignment
    for script in reversed(evidence.history.with_functions):
        for assignment in reversed(script.assignments):
            function = assignment.by.where.function
            if assignment.name == name and function:
                calls = [command.row for command in evidence.script.commands if command.words.name == function]
                if calls:
                    return calls[-1], assignment
    return None


def _is_meant(assignment: Assignment, value: str, script: Script) -> bool:
    """Whether the value is written so, or tested."""
    same = [other for other in script.assignments if other.name == assignment.name]
    literals = [other.value for other in same if other.is_literal]
    if value:
        # `null` is meant only where it is written.
        return any(null in text for text in literals for null in _NULLS)
    if any(_NOTHING.match(text) for text in literals):
        return True
    name = re.escape(assignment.name)
    tested = re.search(
        rf"""(?<!\becho )-[nz]\s+["']?\$\{{?{name}\b|\$\{{{name}:?[-+?=]"""
        rf"""|\[\[\s+!?\s*["']?\$\{{?{name}\}}?["']?\s+\]\]"""
        rf"""|\$\{{?{name}\}}?["']?\s+!?==?\s+(?:""|'')|\$\{{\#{name}""",
        script.text,
    )
    return assignment.spare or assignment.by.where.meant or bool(tested) or bool(_OWN_DEFAULT.search(assignment.value))
