"""`quarterdeck serve` as a command: what it says when it cannot start, and what it costs while nothing happens."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quarterdeck.base.errors import Place, SourceErrors
from quarterdeck.base.project import load_project
from quarterdeck.serve.editor_links import edit_address
from support.projects import MakeProject, quarterdeck
from support.serving import serving

FILES = {"slides/talk.yaml": "slides: [talk.md]\n", "slides/talk.md": "## One\n"}


def test_a_port_in_use(make_project: MakeProject) -> None:
    """The message names it, and the next step."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = quarterdeck("serve", "--port", str(port), cwd=make_project(FILES))
    message = f"port {port} is in use\n  hint: use another one: --port 0 takes one that is free\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


def test_an_unknown_deck(make_project: MakeProject) -> None:
    """There is nothing to serve."""
    done = quarterdeck("serve", "tlak", "--port", "0", cwd=make_project(FILES))
    assert (done.returncode, "did you mean 'talk'?" in done.stderr) == (2, True)


def test_without_the_extra(make_project: MakeProject) -> None:
    """The message has the command that installs it."""
    code = "import sys; sys.modules['uvicorn'] = None; from quarterdeck.cli import run; sys.exit(run(['serve']))"
    root = make_project(FILES)
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    what = "serve needs the package 'uvicorn', which is not installed"
    assert (done.returncode, done.stderr) == (2, f"{what}\n  hint: pip install 'quarterdeck[serve]'\n")


def test_nothing_is_written_but_the_token(make_project: MakeProject) -> None:
    """site/ is what `quarterdeck build` writes; rendered slides are kept for it, too."""
    root = make_project(FILES)
    with serving(root) as server:
        assert "One" in server.fetch("talk.html")
    files = {path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file()}
    assert files == {"slides", ".quarterdeck"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_idle_costs_little(make_project: MakeProject) -> None:
    """At most 1 % of a core."""
    with serving(make_project(FILES)) as server:
        tasks = Path(f"/proc/{server.process.pid}/task")

        def busy_s() -> float:
            """Of all threads; in `schedstat`, the first number is the time on a core, in nanoseconds."""
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9

        time.sleep(1)
        before, started = busy_s(), time.monotonic()
        time.sleep(8)
        assert busy_s() - before <= 0.01 * (time.monotonic() - started)


MANY_BUILDS = """
from pathlib import Path
from quarterdeck.base.project import load_project
from quarterdeck.deck.model import BuildOptions
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.site_builder import SiteBuilder

root = Path.cwd()
builder, site = SiteBuilder(load_project(root), BuildOptions()), LiveSite(load_project(root))
site.take(builder.build(first=True))
for last in (450, 900):
    for number in range(last - 450, last):
        (root / "slides" / "dot.svg").write_text(f"<svg>{number}</svg>")
        (root / "slides" / "talk.md").write_text(f"## Slide {number}\\n\\n![](dot.svg)\\n" + "text " * 2000)
        assert site.take(builder.build())
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(pages * 4096, len(list(Path("/proc/self/fd").iterdir())))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_many_builds_need_no_more_memory(make_project: MakeProject) -> None:
    """Nor more open files: what earlier builds have made goes. In a process of its own, whose memory is not ours."""
    root = make_project({**FILES, "slides/dot.svg": "<svg/>"})
    command = [sys.executable, "-c", MANY_BUILDS]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    memory, files, later_memory, later_files = map(int, done.stdout.split())
    assert later_memory - memory < 2 << 20
    assert later_files <= files


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        ("vscode", "vscode://file{root}/slides/a%20b%26.md:7"),
        ("idea", "idea://open?file={root}/slides/a%20b%26.md&line=7"),
        ("mine://edit/{line}?{path}", "mine://edit/7?{root}/slides/a%20b%26.md"),
    ],
)
def test_editors(make_project: MakeProject, editor: str, expected: str) -> None:
    """By name, or by an address of one's own."""
    root = make_project({**FILES, "quarterdeck.toml": f'editor = "{editor}"\n'})
    assert edit_address(Place("slides/a b&.md", 7), load_project(root)) == expected.format(root=root)


@pytest.mark.parametrize("editor", ["javascript:alert('{path}')", "http://example.com/{path}", "vim", "mine://{line}"])
def test_editors_that_are_none(make_project: MakeProject, editor: str) -> None:
    """An address that a browser would open itself is none."""
    root = make_project({**FILES, "quarterdeck.toml": f'editor = "{editor}"\n'})
    with pytest.raises(SourceErrors) as raised:
        load_project(root)
    assert "quarterdeck.toml:1: setting 'editor' is one of vscode, " in str(raised.value)
