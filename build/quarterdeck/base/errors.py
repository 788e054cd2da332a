"""What can go wrong, as types: what an author can mend, and what quarterdeck could not do.

    QuarterdeckError
    ├── SourceError       one mistake in a file: a place, what is wrong, and the cure
    ├── SourceErrors      all of a run's SourceErrors, sorted by place
    ├── UsageError        the question itself is wrong: no such deck, no project here
    └── StageError        could not ask: no engine, no image, a stage that does not come up

A demo that fails, drifts or breaks is none of these: that is a verdict, which is a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file that an author wrote."""

    path: str
    """As shown to the author: relative to the project's root, with forward slashes."""
    line: int
    """From 1; 0 means the whole file."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class QuarterdeckError(Exception):
    """Anything that ends a command with a message instead of a traceback."""


class SourceError(QuarterdeckError):
    """A mistake in a file, which its author can mend."""

    def __init__(self, at: Place, what: str, hint: str = "") -> None:
        super().__init__(f"{at}: {what}")
        self.at = at
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.at}: {self.what}" + (f"\n  hint: {self.hint}" if self.hint else "")


class SourceErrors(QuarterdeckError):
    """Every mistake that a run found, in the order of files and lines."""

    def __init__(self, errors: Iterable[SourceError]) -> None:
        unique = {(error.at, error.what): error for error in errors}
        self.errors = tuple(unique[key] for key in sorted(unique))
        super().__init__("\n".join(str(error) for error in self.errors))


class UsageError(QuarterdeckError):
    """The question is wrong: a name that nobody has, a folder that is no project."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what + (f"\n  hint: {hint}" if hint else ""))
        self.what = what
        self.hint = hint


class StageError(QuarterdeckError):
    """A stage could not be set up or did not answer: nothing is known about the demo."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what + (f"\n  hint: {hint}" if hint else ""))
        self.what = what
        self.hint = hint


class Problems:
    """Collects what is wrong in the author's files, so that one run can show all of it.

    Functions that read an author's files take one of these, add what is wrong and go on with the next line; its
    owner calls `raise_if_any` before anything is written. To look at a part by itself, collect it in a new one and
    `add_all` it.
    """

    def __init__(self) -> None:
        self.errors: list[SourceError] = []
        self.warnings: list[SourceError] = []

    def add(self, at: Place, what: str, hint: str = "") -> None:
        """Add an error: the command ends with it, and writes nothing."""
        self.errors.append(SourceError(at, what, hint))

    def warn(self, at: Place, what: str, hint: str = "") -> None:
        """Add a warning: something wrong that stops nothing."""
        self.warnings.append(SourceError(at, what, hint))

    def note(self, error: SourceError) -> None:
        """Add an error that was raised."""
        self.errors.append(error)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Add the SourceError or SourceErrors that the block raises, and go on after the block."""
        try:
            yield
        except SourceError as error:
            self.note(error)
        except SourceErrors as raised:
            self.errors += raised.errors

    def add_all(self, other: Problems, *, as_warnings: bool = False) -> None:
        """Add everything in *other*; its errors become warnings with *as_warnings*."""
        (self.warnings if as_warnings else self.errors).extend(other.errors)
        self.warnings += other.warnings

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


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names what of *known* comes nearest to *word*; empty when nothing is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(set(known)), n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names what comes nearest to *word*, or all of *known* when nothing is near."""
    names = sorted(set(known))
    if near := nearest(word, names):
        return near
    if not names:
        return ""
    return "known: " + ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
