"""Where in the file of an author a word stands, for messages about it."""

from __future__ import annotations

import re
from urllib.parse import unquote

from quarterdeck.base.errors import Place, SourceError
from quarterdeck.base.files import load_text
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located


def find_place(word: str, text: str, at: Place, before: int | None = None) -> Place:
    """Where *word* stands in *text*, from the line *at* on; else *at*.

    Args:
        word: An address, as a page has it, or the name of an icon.
        text: All of the file that *at* is in.
        at: Where to begin.
        before: The line at which to end; None for the end of the text.
    """
    lines = text.split("\n")[at.line - 1 : None if before is None else before - 1]
    for wanted in (rf"(?<![\w/.:-]){re.escape(word)}(?![\w/.-])", re.escape(word), re.escape(unquote(word))):
        pattern = re.compile(wanted)
        for row, line in enumerate(lines, at.line):
            if pattern.search(line):
                return Place(at.path, row)
    return at


def find_in_value(word: str, located: Located, project: Project, *keys: str | int) -> Place:
    """Where *word* stands in the value at *keys* of a deck file, which may be a text of many lines; else its key."""
    at = located.place(*keys)
    following = min((line for line in located.lines.values() if line > at.line), default=None)
    if following == at.line + 1:
        return at
    try:
        text = load_text(project.root / located.path, project.root)
    except SourceError:
        return at
    return find_place(word, text, at, following)
