"""Golden cases kept in Markdown files: a title, then input and output in fenced blocks.

    ## A title that says what is shown

    ~~~ input
    …
    ~~~

    ~~~ output
    …
    ~~~

A failure names the file and line of the case. `QUARTERDECK_GOLDEN=write` in the environment writes what came out
into the file instead of comparing, to be read in a diff.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_CASE = re.compile(
    r"^## (?P<title>[^\n]+)\n(?P<between>(?:(?!^## ).*\n)*?)^~~~ input\n(?P<input>(?:.*\n)*?)^~~~\n\s*"
    r"^~~~ output\n(?P<output>(?:.*\n)*?)^~~~\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Case:
    """One case of a file."""

    path: Path
    line: int
    title: str
    input: str
    output: str

    def compare(self, actual: str) -> None:
        """Fail, at the line of the case, unless *actual* is the output."""
        if actual != self.output and os.environ.get("QUARTERDECK_GOLDEN") == "write":
            text = self.path.read_text("utf-8")
            start = f"{self.input}~~~\n\n~~~ output\n"
            self.path.write_text(text.replace(f"{start}{self.output}~~~\n", f"{start}{actual}~~~\n", 1), "utf-8")
            return
        assert actual == self.output, f"{self.path.name}:{self.line}: {self.title}"


def load_cases(path: Path) -> list[Case]:
    """The cases of a file, in order; at least one."""
    text = path.read_text("utf-8")
    cases = [
        Case(path, text.count("\n", 0, match.start()) + 1, match["title"], match["input"], match["output"])
        for match in _CASE.finditer(text)
    ]
    assert len(cases) == text.count("\n~~~ input\n"), f"{path}: a case that does not have the form"
    assert cases
    return cases
