"""Options and operands of a command line, by a table of the program's options."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """The options of a program."""

    values: Collection[str] = ()
    """Options that take a value, as written: `-o`, `--output`."""
    flags: Collection[str] | None = None
    """If given instead of *values*: the options without a value; all others take one."""
    mixed: bool = False
    """Whether options may follow operands, up to `--`."""

    def takes_value(self, name: str) -> bool:
        """Whether the option *name* takes a value."""
        return name not in self.flags if self.flags is not None else name in self.values


@dataclass(frozen=True, slots=True)
class SplitWords:
    """The words after a program's name."""

    options: tuple[tuple[str, str | None], ...]
    """Names and values in order; None for an option without a value."""
    operands: tuple[str, ...]

    def has(self, *names: str) -> bool:
        """Whether any of the options *names* is given, and not as `--name=false`."""
        return any(name in names and value != "false" for name, value in self.options)

    def values(self, *names: str) -> tuple[str, ...]:
        """The values of the options *names*, in order."""
        return tuple(value for name, value in self.options if name in names and value is not None)


NO_OPTIONS = OptionSpec()
"""For programs without options that take a value."""
ANY_OPTIONS = OptionSpec(mixed=True)
"""For programs whose options are unknown: none takes a value from the next word."""


def split_options(words: Sequence[str], spec: OptionSpec) -> SplitWords:
    """Split *words*, which follow a program's name, into options and operands.

    Bundles (`-sSf`), values in the same word (`-oFILE`, `--output=FILE`) and `--` are understood.
    """
    options: list[tuple[str, str | None]] = []
    operands: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
            if not spec.mixed:
                break
        elif word.startswith("--"):
            name, equals, text = word.partition("=")
            value: str | None = text if equals else None
            if not equals and spec.takes_value(name) and rest:
                value = rest.pop(0)
            options.append((name, value))
        else:
            for index, letter in enumerate(word[1:], 2):
                if spec.takes_value(f"-{letter}"):
                    options.append((f"-{letter}", word[index:] or (rest.pop(0) if rest else "")))
                    break
                options.append((f"-{letter}", None))
    return SplitWords(tuple(options), (*operands, *rest))
