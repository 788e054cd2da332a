"""The house: who may import whom, and what is imported late. The picture is in build/README.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "build" / "quarterdeck"

TABLE = {
    "__init__", "errors", "files", "located", "options", "project", "shipped",
    "programs", "script", "command_lines", "witnessed", "step_options", "json_path", "demo", "catalogue", "recording",
}  # fmt: skip
WINGS = {"deck", "live", "check"}
HALLS = {"trial", "pytest_plugin"}
MAY_IMPORT = {
    **dict.fromkeys(TABLE, TABLE),
    **{wing: TABLE | {wing} for wing in WINGS},
    **dict.fromkeys(HALLS, TABLE | WINGS | HALLS),
    "cli": TABLE | WINGS | HALLS | {"cli"},
    "__main__": {"cli"},
}
"""For each room, the rooms it may import from."""

HEAVY = {"docker", "testcontainers", "pyte", "pygments", "jinja2", "markdown_it", "tree_sitter", "yaml", "rich"}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The rooms that a module imports from, with the lines; local and typing-only imports too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: a relative import"
            names = [node.module or ""]
            if node.module == "quarterdeck":
                names = [f"quarterdeck.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "quarterdeck":
                yield node.lineno, parts[1] if len(parts) > 1 else "__init__"


def room_of(path: Path) -> str:
    """The folder, or the module at the table, that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_imports_go_one_way() -> None:
    """No wing imports another, nothing imports the front door, and the table knows nobody."""
    exempt = {"__version__"}
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line}: {room_of(path)} imports {room}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, room in imports(path)
        if room not in MAY_IMPORT[room_of(path)] | exempt
    ]
    assert wrong == []


def test_the_table_has_an_order() -> None:
    """Within the table too there is no circle of imports."""
    known = {room: {other for _, other in imports(PACKAGE / f"{room}.py")} - {"__init__"} for room in TABLE}
    done: set[str] = {"__init__"}
    while rest := set(known) - done:
        ready = {room for room in rest if known[room] <= done | {room}}
        assert ready, f"a circle among {sorted(rest)}"
        done |= ready


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["check", "--help"], ["doctor", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """What is not needed for an answer is not imported for it."""
    code = (
        "import sys; from quarterdeck.cli import run; run(sys.argv[1:]); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert "Usage:" in done.stdout
    assert HEAVY & set(done.stderr.split()) == set()
