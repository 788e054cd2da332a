"""The exception hierarchy: errors an author can fix, and failures to run at all.

    QuarterdeckError
    ├── SourceError       an error in a file: its place, what is wrong, and how to fix it
    ├── SourceErrors      all SourceErrors of a run, sorted by place
    ├── UsageError        an invalid request: an unknown deck, no project here
    └── StageError        could not run: no engine, no image, a stage that does not start

A demo that fails, drifts or breaks raises none of these: its verdict is a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file that an author wrote."""

    path: str
    """As shown in messages: relative to the project's root, with forward slashes."""
    line: int
    """From 1; 0 for the whole file."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class QuarterdeckError(Exception):
    """Base of all errors that end a command with a message instead of a traceback."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what + (f"\n  hint: {hint}" if hint else ""))
        self.what = what
        self.hint = hint


class SourceError(QuarterdeckError):
    """An error in a file, which its author can fix."""

    def __init__(self, at: Place, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.at = at

    def __str__(self) -> str:
        return f"{self.at}: {super().__str__()}"


class SourceErrors(QuarterdeckError):
    """All errors of a run, in the order of files and lines."""

    def __init__(self, errors: Iterable[SourceError]) -> None:
        unique = {(error.at, error.what): error for error in errors}
        self.errors = tuple(unique[key] for key in sorted(unique))
        super().__init__("\n".join(str(error) for error in self.errors))


class UsageError(QuarterdeckError):
    """Invalid request: an unknown name, or a folder that is not a project."""


class StageError(QuarterdeckError):
    """A stage did not start or stopped answering: nothing is known about the demo."""


class Problems:
    """Collects what is wrong in the author's files, so that one run can show all of it.

    Functions that read an author's files take one of these, add what is wrong and go on with the next line; its
    owner calls `raise_if_any` before anything is written.
    """

    def __init__(self) -> None:
        self.errors: list[SourceError] = []
        self.warnings: list[SourceError] = []
        self._lenient = False

    def add(self, at: Place, what: str, hint: str = "") -> None:
        """Add an error: the command ends with it, and writes nothing."""
        self.note(SourceError(at, what, hint))

    def warn(self, at: Place, what: str, hint: str = "") -> None:
        """Add a warning: something wrong that stops nothing."""
        self.warnings.append(SourceError(at, what, hint))

    def note(self, error: SourceError) -> None:
        """Add an error that was raised."""
        (self.warnings if self._lenient else self.errors).append(error)

    @contextmanager
    def lenient(self, lenient: bool = True) -> Iterator[None]:
        """Make warnings of the errors that the block adds, if *lenient*."""
        before, self._lenient = self._lenient, lenient
        try:
            yield
        finally:
            self._lenient = before

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Add the SourceError or SourceErrors that the block raises, and go on after the block."""
        try:
            yield
        except SourceError as error:
            self.note(error)
        except SourceErrors as raised:
            for part in raised.errors:
                self.note(part)

    def warnings_as_errors(self) -> None:
        """Turn every warning so far into an error."""
        self.errors += self.warnings
        self.warnings.clear()

    def raise_if_any(self) -> None:
        """Raises:
        SourceErrors: All errors added so far, if there are any.
        """
        if self.errors:
            raise SourceErrors(self.errors)


def nearest(word: str, names: Iterable[str]) -> str:
    """The hint `did you mean '…'?` with the closest of *names* to *word*; empty if none is close."""
    from difflib import get_close_matches

    matches = get_close_matches(word, sorted(set(names)), n=1, cutoff=0.5)
    return f"did you mean '{matches[0]}'?" if matches else ""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A hint with the closest of *names* to *word*, or with all names if none is close."""
    choices = sorted(set(names))
    if (hint := nearest(word, choices)) or not choices:
        return hint
    return "known: " + ", ".join(choices[:12]) + (", …" if len(choices) > 12 else "")
