"""Watching real files: one burst for each save, however the file is written, and none missed."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quarterdeck.base.project import load_project
from quarterdeck.serve.watching import Watcher
from support.projects import MakeProject

FILES = {"slides/a.md": "## A\n", "slides/sub/b.md": "## B\n", "quarterdeck.toml": ""}


@pytest.fixture(params=["events", "poll"])
def watcher(request: pytest.FixtureRequest, make_project: MakeProject) -> Iterator[Watcher]:
    """A watcher of a small project."""
    with Watcher(load_project(make_project(FILES)), poll=request.param == "poll") as watcher:
        yield watcher


def truncate_and_write(path: Path) -> None:
    """As nano and most programs do."""
    path.write_text("## New\n")


def rename_over(path: Path) -> None:
    """As VS Code, Emacs and `sed -i` do."""
    other = path.with_name("a.tmp")
    other.write_text("## New\n")
    os.replace(other, path)


def rename_and_write_anew(path: Path) -> None:
    """As Vim does with `backupcopy=no`."""
    path.rename(path.with_name("a.md~"))
    path.write_text("## New\n")


def write_in_parts(path: Path) -> None:
    """As a program does that takes its time."""
    with path.open("w") as file:
        file.write("## Ne")
        file.flush()
        time.sleep(0.3)
        file.write("w\n")


@pytest.mark.parametrize("save", [truncate_and_write, rename_over, rename_and_write_anew, write_in_parts])
def test_a_burst_for_each_save(watcher: Watcher, save: Callable[[Path], None]) -> None:
    """It ends after the last byte was written."""
    path = watcher.project.slides / "a.md"
    thread = threading.Thread(target=save, args=(path,))
    thread.start()
    assert str(path) in (watcher.wait() or ())
    assert path.read_text() == "## New\n"
    thread.join()
    threading.Timer(1.5, watcher.wake).start()
    assert watcher.wait() is None


def test_a_checkout_is_one_burst(make_project: MakeProject) -> None:
    """Git changes 500 files."""
    root = make_project(FILES)
    git = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.com"]

    def run(*arguments: str) -> None:
        subprocess.run([*git, *arguments], check=True, capture_output=True)

    run("init", "-b", "main")
    for version in ("one", "two"):
        for number in range(500):
            (root / "slides" / f"{number}.md").write_text(f"## {version}\n")
        run("add", ".")
        run("commit", "-m", version)
    with Watcher(load_project(root)) as watcher:
        run("checkout", "HEAD~1")
        assert len(watcher.wait() or ()) == 500
        assert not watcher.changed_again()


def test_what_is_no_change(make_project: MakeProject) -> None:
    """Reading, built pages, caches, and the temporary files of editors."""
    root = make_project({**FILES, "site/a.html": ""})
    with Watcher(load_project(root)) as watcher:
        (root / "slides" / "a.md").read_text()
        for name in ("site/a.html", "slides/.a.md.swp", "slides/a.md~", "slides/4913", "slides/#a.md#"):
            (root / name).write_text("x")
        (root / ".quarterdeck").mkdir()
        (root / "slides" / "new").mkdir()  # changes, and comes last
        assert watcher.wait() == {str(root / "slides" / "new")}


def test_new_folders_are_watched(watcher: Watcher) -> None:
    """A folder in the root too, such as `commands/` of a project that had none."""
    folder = watcher.project.root / "commands"
    folder.mkdir()
    assert str(folder) in (watcher.wait() or ())
    (folder / "a.demo").write_text("# A\n")
    assert str(folder / "a.demo") in (watcher.wait() or ())


def test_a_change_without_an_event(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that reports nothing, looking at the files finds it."""
    monkeypatch.setattr("quarterdeck.serve.watching._LOOK_S", 0.2)
    root = make_project(FILES)
    with Watcher(load_project(root)) as watcher:
        assert watcher._observer is not None
        watcher._observer.unschedule_all()
        (root / "slides" / "a.md").write_text("## New\n")
        assert watcher.wait() == {str(root / "slides" / "a.md")}
