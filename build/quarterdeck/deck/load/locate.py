"""Locating the files that authors name, and the words in their files that messages are about."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from quarterdeck.base.errors import Place, SourceError
from quarterdeck.base.files import load_text
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located


def find_file(name: str, folders: Iterable[Path]) -> Path | None:
    """The path of the file *name* in the first of *folders* that has it."""
    paths = (Path(os.path.normpath(folder / name)) for folder in folders)
    return next((path for path in paths if path.is_file()), None)


def find_place(word: str, text: str, at: Place, before: int | None = None) -> Place:
    """The first line with *word* in *text*, from the line *at* on; else *at*.

    Args:
        word: An address in a page, or the name of an icon.
        text: The file of *at*.
        at: The first line to search.
        before: The line after the last line to search; None for the end of the text.
    """
    lines = text.split("\n")[at.line - 1 : None if before is None else before - 1]
    patterns = (rf"(?<![\w/.:-]){re.escape(word)}(?![\w/.-])", re.escape(word), re.escape(unquote(word)))
    for pattern in map(re.compile, patterns):
        for row, line in enumerate(lines, at.line):
            if pattern.search(line):
                return Place(at.path, row)
    return at


def find_in_value(word: str, located: Located, project: Project, *keys: str | int) -> Place:
    """The line of *word* in the value at *keys* of a deck file, which may have many lines; else the line of the key."""
    at = located.place(*keys)
    following = min((line for line in located.lines.values() if line > at.line), default=None)
    if following == at.line + 1:
        return at
    try:
        text = load_text(project.root / located.path, project.root)
    except SourceError:
        return at
    return find_place(word, text, at, following)
