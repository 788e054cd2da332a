"""What a user installs: the wheel holds everything, and works from a folder that is not this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from quarterdeck.base.files import list_kept_files

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.wheel

PIP = (sys.executable, "-m", "pip")
"""Not a pip in each environment: putting one there takes 5 s."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PIP_NO_COMPILE": "1"}
"""Nothing is found but what is installed; Python compiles what it imports, and pip not all that it installs."""

DECK = """\
metadata:
  title: A deck of its own
  subtitle: From a folder that knows nothing of the repository
agenda:
- icon: ship
  text: One thing
slides:
- one.md
"""

SLIDES = """\
## First things first

- a list

---

## Then code

```yaml [1|2]
on: "off"
port: 22
```
"""


def run(*command: str | Path, cwd: Path) -> str:
    """What *command* printed; a failure shows it all."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository as git would hand it out, and the front-end packages if they are here already."""
    copy = tmp_path_factory.mktemp("tree")
    vendor = ROOT / "templates" / "vendor"
    fetched = [path for path in vendor.rglob("*") if path.is_file()]
    for path in (*list_kept_files(ROOT), *fetched):
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return copy


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip builds from the copy."""
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, tree, cwd=folder)
    (built,) = folder.glob("quarterdeck-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a new environment with nothing in it but the wheel and what it requires."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder)
    run(*PIP, "--python", folder, "install", "--quiet", wheel, cwd=folder)
    return folder / "bin"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one deck and nothing else."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "slides").mkdir()
    (folder / "slides" / "own.yaml").write_text(DECK, encoding="utf-8")
    (folder / "slides" / "one.md").write_text(SLIDES, encoding="utf-8")
    return folder


def test_the_wheel_holds_every_module_and_template(wheel: Path) -> None:
    """Each file of the package and of `templates/` that git would hand out is in the wheel."""
    kept = [path.relative_to(ROOT).as_posix() for path in list_kept_files(ROOT)]
    npm = ("templates/package.json", "templates/package-lock.json")
    expected = {name.removeprefix("build/") for name in kept if name.startswith("build/quarterdeck/")}
    expected |= {f"quarterdeck/{name}" for name in kept if name.startswith("templates/") and name not in npm}
    assert expected - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_the_wheel_holds_the_front_end_and_its_licences(wheel: Path) -> None:
    """What pages need of reveal.js, the fonts, the icons, KaTeX, mermaid and xterm.js, and their licences; no more."""
    vendor = "quarterdeck/templates/vendor/"
    names = [name.removeprefix(vendor) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(vendor)]
    kinds = sorted({re.sub(r"^(fonts|icons)/[\w-]+", r"\1/*", name) for name in names})
    assert kinds == [
        "fonts.css",
        "fonts/*.woff2",
        "icons/*.icons",
        "katex.css",
        "katex.js",
        "licences/addon-unicode-graphemes.txt",
        "licences/fontawesome-free.txt",
        "licences/jetbrains-mono.txt",
        "licences/katex.txt",
        "licences/lucide-static.txt",
        "licences/mermaid.txt",
        "licences/reveal.js.txt",
        "licences/source-sans-3.txt",
        "licences/xterm.txt",
        "live/addon-unicode-graphemes.js",
        "live/xterm.css",
        "live/xterm.js",
        "mermaid.js",
        "notes.js",
        "reset.css",
        "reveal.css",
        "reveal.js",
        "stamp",
    ]


def test_every_font_that_the_style_sheets_name_is_in_the_wheel(wheel: Path) -> None:
    """A face that is declared has its file."""
    archive = zipfile.ZipFile(wheel)
    css = "".join(archive.read(f"quarterdeck/templates/vendor/{name}.css").decode() for name in ("fonts", "katex"))
    fonts = {f"quarterdeck/templates/vendor/{name}" for name in re.findall(r"\bfonts/[\w.-]+", css)}
    assert (len(fonts) > 0, fonts - set(archive.namelist())) == (True, set())


def test_an_installed_quarterdeck_builds_a_deck(installed: Path, project: Path) -> None:
    """From a folder with slides alone, `quarterdeck build` writes a deck and an index that need no network."""
    run(installed / "quarterdeck", "build", cwd=project)
    site = project / "site"
    page = (site / "own.html").read_text(encoding="utf-8")
    linked = set(re.findall(r"<(?:script|link)\b[^>]*\b(?:src|href)=\"(?!data:)([^\"]+)\"", page))
    published = {path.relative_to(site).as_posix() for path in site.rglob("*")}
    assert sorted(re.sub(r"\.[0-9a-f]{8}\.", ".", name) for name in linked) == [
        "assets/code_steps.js",
        "assets/contents.js",
        "assets/copying.js",
        "assets/deck.js",
        "assets/fitting.js",
        "assets/icons.css",
        "assets/notes.js",
        "assets/reset.css",
        "assets/reveal.css",
        "assets/reveal.js",
        "assets/theme.css",
    ]
    assert linked - published == set()
    assert "A deck of its own" in (site / "index.html").read_text(encoding="utf-8")


def test_an_editable_install_reads_the_repository(tree: Path, tmp_path: Path) -> None:
    """An editable install puts nothing but a pointer to the tree into the environment."""
    venv.create(tmp_path)
    python = tmp_path / "bin" / "python"
    run(*PIP, "--python", tmp_path, "install", "--quiet", "--no-deps", "--editable", tree, cwd=tmp_path)
    location = run(python, "-c", "import quarterdeck; print(quarterdeck.__path__[0])", cwd=tmp_path).strip()
    (packages,) = tmp_path.glob("lib/python*/site-packages")
    assert (location, (packages / "quarterdeck").exists()) == (str(tree / "build" / "quarterdeck"), False)
