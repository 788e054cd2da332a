"""The words of this project: names are nouns, and each thing has one word. The table is in build/GLOSSARY.md."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.projects import ROOT

PACKAGE = ROOT / "build" / "quarterdeck"
GLOSSARY = ROOT / "build" / "GLOSSARY.md"

NO_NAMES = frozenset({"one", "found", "known", "told", "said", "wanted"})
"""Names that do not say what they hold."""
AVOIDED = {
    "remark", "older talk", "snippet", "shell object", "cassette", "trial", "dry run", "mend", "crew",
    "lane", "errand", "berth", "keeper", "sweeper",
}  # fmt: skip
"""Words of the glossary's last column that mean nothing else in this project."""
ODD = {"nobody", "lest", "told", "for want of", "so many"}
"""English that readers stumble over."""
PLACES = ("README.md", "CHANGELOG.md", "build", "templates", "slides", "commands")


def names_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The names that a module defines or uses, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def texts() -> list[Path]:
    """Every text file in PLACES that git tracks, but for the glossary and lists of packages."""
    listed = subprocess.run(["git", "ls-files", "--", *PLACES], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\n") if name]
    return [
        path
        for path in paths
        if path.suffix in (".md", ".py", ".js", ".css", ".j2", ".sh", ".bash", ".demo", ".yaml") and path != GLOSSARY
    ]


def test_names_say_what_they_hold() -> None:
    """A loop variable is the noun that it holds."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, name in names_of(ast.parse(path.read_text("utf-8")))
        if name.strip("_") in NO_NAMES
    ]
    assert wrong == []


def test_texts_use_the_words_of_the_glossary() -> None:
    """In code, messages, comments and documents; plurals and verb forms too."""
    words = "|".join(sorted(AVOIDED | ODD))
    pattern = re.compile(rf"\b(?:{words})(?:s|ed|ing)?\b", re.IGNORECASE)
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
        if (match := pattern.search(line))
    ]
    assert wrong == []


@pytest.mark.parametrize("word", sorted(AVOIDED))
def test_avoided_words_are_in_the_glossary(word: str) -> None:
    """So that whoever meets the failure above finds the right word."""
    rows = [row.split("|")[3] for row in GLOSSARY.read_text("utf-8").split("\n") if row.startswith("| ")]
    assert any(re.search(rf"\b{word}\b", row) for row in rows)
