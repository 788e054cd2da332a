"""The house: who may import whom, and what is imported late. The picture is in build/README.md."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "build" / "quarterdeck"

ROOMS: Mapping[str, set[str]] = {
    "base": set(),
    "bash": {"base"},
    "terminal": {"base"},
    "demo": {"base", "bash", "terminal"},
    "deck": {"base", "bash", "terminal", "demo"},
    "witness": {"base", "bash", "terminal", "demo"},
    "check": {"base", "bash", "terminal", "demo"},
    "live": {"base", "bash", "terminal", "demo", "witness"},
    "runner": {"base", "bash", "terminal", "demo", "deck", "witness", "check", "live"},
    "present": {"base", "demo", "deck", "check", "live"},
    "pytest_plugin": {"base", "bash", "terminal", "demo", "check", "live", "runner"},
    "rehearse": {"base", "bash", "demo", "check", "present"},
    "preflight": {"base", "demo", "deck", "check", "live", "runner", "present"},
    "serve": {"base", "terminal", "demo", "deck", "check", "live", "present"},
    "cli": {
        "base",
        "bash",
        "terminal",
        "demo",
        "deck",
        "witness",
        "check",
        "live",
        "runner",
        "present",
        "pytest_plugin",
        "rehearse",
        "preflight",
        "serve",
    },
    "__main__": {"cli"},
}
"""For each room, the other rooms it may import from."""

DECK = (
    "model", "html", "icons", "split", "steps", "markdown", "load",
    "outline", "assets", "page", "index", "publish", "build", "cache",
)  # fmt: skip
"""The folders and modules of `deck/` in the order of the pipeline: each imports only from those before it."""

HEAVY = {
    "docker",
    "testcontainers",
    "pyte",
    "pygments",
    "jinja2",
    "markdown_it",
    "tree_sitter",
    "yaml",
    "rich",
    "watchdog",
    "starlette",
    "uvicorn",
}


def module_name(path: Path) -> str:
    """`deck.page.view` for `deck/page/view.py`; a folder's `__init__.py` has the folder's name."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules of ours that a module imports, with the lines; local and typing-only imports too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("quarterdeck") for alias in node.names), f"{path}:{node.lineno}"
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: a relative import"
            package, _, base = (node.module or "").partition(".")
            if package == "quarterdeck":
                for alias in node.names:
                    full = f"{base}.{alias.name}" if base else alias.name
                    yield node.lineno, full if full in MODULES else base or "__init__"


@cache
def imports_by_module() -> dict[str, tuple[tuple[int, str], ...]]:
    """By module, what `imports` says of it."""
    return {name: tuple(imports(path)) for name, path in MODULES.items()}


def circles(graph: Mapping[str, Iterable[str]]) -> list[set[str]]:
    """The groups of nodes that reach each other (Tarjan's strongly connected components of two or more)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            group = set(stack[stack.index(node) :])
            del stack[stack.index(node) :]
            if len(group) > 1:
                groups.append(group)

    for node in graph:
        if node not in index:
            visit(node)
    return groups


def test_circles_are_found() -> None:
    """The search that the next test rests on."""
    graph = {"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["e"], "e": [], "f": ["a"]}
    assert circles(graph) == [{"a", "b", "c"}]


def test_no_circle_among_modules() -> None:
    """No module reaches itself through imports, local and typing-only ones counted."""
    graph = {
        name: {other for _, other in imported} - {name, "__init__"} for name, imported in imports_by_module().items()
    }
    assert circles(graph) == []


def test_imports_go_one_way() -> None:
    """Each room imports only from the rooms below it."""
    wrong = [
        f"{MODULES[name].relative_to(PACKAGE)}:{line}: {room} imports {other}"
        for name, imported in imports_by_module().items()
        for line, other in imported
        for room in [name.partition(".")[0]]
        if other != "__init__" and other.partition(".")[0] not in ROOMS[room] | {room}
    ]
    assert wrong == []


def test_deck_follows_the_pipeline() -> None:
    """Inside `deck/`, each folder imports only from those before it in the pipeline."""
    place = {folder: number for number, folder in enumerate(DECK)}
    wrong = [
        f"{MODULES[name].relative_to(PACKAGE)}:{line}: imports deck.{other.split('.')[1]}"
        for name, imported in imports_by_module().items()
        for line, other in imported
        if name.startswith("deck.") and other.startswith("deck.")
        if place[other.split(".")[1]] > place[name.split(".")[1]]
    ]
    assert wrong == []


def test_no_name_stands_for_two_modules() -> None:
    """A module's name alone says which one is meant."""
    names = Counter(name.rpartition(".")[2] for name in MODULES)
    assert [name for name, count in names.items() if count > 1] == []


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


def test_tests_import_helpers_from_support_only() -> None:
    """`tests/` is on the path for the sake of `support`; its other folders have the names of the package's rooms."""
    tests = Path(__file__).parent
    others = "|".join({path.stem for path in tests.iterdir()} - {"support"})
    pattern = re.compile(rf"^\s*(?:from|import) (?:{others})\b.*", re.MULTILINE)
    wrong = {str(path.relative_to(tests)): pattern.findall(path.read_text("utf-8")) for path in tests.rglob("*.py")}
    assert {name: lines for name, lines in wrong.items() if lines} == {}
