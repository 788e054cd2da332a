"""What is kept from one run to the next, and how a change is noticed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from quarterdeck.deck.cache import fingerprint as snapshot
from quarterdeck.deck.cache.cache_store import CacheStore
from quarterdeck.deck.cache.fingerprint import Fingerprint, TooMany, take_fingerprint
from quarterdeck.deck.cache.incremental import git_files

VALUE = {"a": (1, None, b"b"), "é": [True, "x"]}


def test_value_comes_back(tmp_path: Path) -> None:
    """To the same code, and to no other; what was never kept is None."""
    CacheStore(tmp_path, b"1").save("name", VALUE)
    assert CacheStore(tmp_path, b"1").load("name") == VALUE
    assert CacheStore(tmp_path, b"2").load("name") is None
    assert CacheStore(tmp_path, b"1").load("other") is None
    assert (tmp_path / ".quarterdeck" / ".gitignore").read_text("utf-8") == "*\n"


def test_damaged_value_is_not_there(tmp_path: Path) -> None:
    """Cut at any place, or with any bit turned."""
    store = CacheStore(tmp_path, b"1")
    store.save("name", VALUE)
    path = tmp_path / ".quarterdeck" / "cache" / "name"
    data = path.read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place])
        assert store.load("name") is None
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert store.load("name") is None


def test_oldest_values_go(tmp_path: Path) -> None:
    """So do the leftovers of runs that died, but not those of runs that may still be at it."""
    store = CacheStore(tmp_path, b"1")
    folder = tmp_path / ".quarterdeck" / "cache"
    for age in range(5):
        for name in (f"build-{age}", f".build-{age}.77"):
            store.save(name, age)
            os.utime(folder / name, (time.time() - age * 1000, time.time() - age * 1000))
    store.save("slides", 1)
    store.forget_all_but("build-", 2)
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f".build-{age}.77" for age in range(4)),
        "build-0",
        "build-1",
        "slides",
    ]


def change(path: Path, text: str) -> None:
    """Change a file and hide it: the time of its contents stays."""
    status = path.stat()
    path.write_text(text, "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "contents": lambda root: (root / "a" / "file").write_text("other", "utf-8"),
    "contents of the same length and time": lambda root: change(root / "a" / "file", "TEXT"),
    "new file": lambda root: (root / "a" / "b" / "new").touch(),
    "new folder": lambda root: (root / "a" / "new").mkdir(),
    "removed file": lambda root: (root / "a" / "file").unlink(),
    "other link": lambda root: ((root / "link").unlink(), (root / "link").symlink_to("a")),
    "hidden file": lambda root: (root / ".new").touch(),
    "file in a hidden folder of a whole one": lambda root: (root / "a" / ".b" / "file").touch(),
    "file that was looked for": lambda root: (root / ".c" / "wanted").touch(),
    "file of a folder that counts by name": lambda root: (root / "named" / "two").touch(),
}
NO_CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda root: root,
    "touched": lambda root: (root / "a" / "file").touch(),
    "same text again": lambda root: (root / "a" / "file").write_text("text", "utf-8"),
    "file in a hidden folder": lambda root: (root / ".c" / "other").touch(),
    "file that is left out": lambda root: (root / "site" / "file").touch(),
    "contents of a folder that counts by name": lambda root: (root / "named" / "one").write_text("1", "utf-8"),
    "contents of git's folder": lambda root: (root / "a" / ".git" / "file").touch(),
}


def look(root: Path) -> Fingerprint:
    """At all of it."""
    return take_fingerprint(
        [root], [root / ".c" / "wanted"], whole=[root / "a"], by_name=[root / "named"], left_out=[root / "site"]
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with files of all kinds."""
    for name in ("a/b", "a/.b", "a/.git", ".c", "site", "named"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a" / "file").write_text("text", "utf-8")
    (tmp_path / "named" / "one").touch()
    (tmp_path / "link").symlink_to("a/file")
    return tmp_path


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_seen(tree: Path, name: str) -> None:
    """At once after the first look, where the times of files may not tell."""
    before = look(tree)
    CHANGES[name](tree)
    assert not before.same_as(look(tree))


@pytest.mark.parametrize("name", NO_CHANGES)
def test_what_is_no_change(tree: Path, name: str) -> None:
    """What does not count, and what comes to the same."""
    before = look(tree)
    NO_CHANGES[name](tree)
    assert before.same_as(look(tree))


def test_old_files_are_not_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files that did not change lately, size, times and inode tell enough."""
    monkeypatch.setattr(snapshot, "_TICK_NS", -(10**18))
    before = look(tree)
    assert {sighting[4] for sighting in before.files.values()} == {b""}
    assert before.same_as(look(tree))
    change(tree / "a" / "file", "TEXT")
    assert not before.same_as(look(tree))


def test_too_many_files(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at them would take longer than building."""
    monkeypatch.setattr(snapshot, "_MOST_FILES", 3)
    with pytest.raises(TooMany):
        look(tree)


def test_files_that_git_goes_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the repository that a project lies in, of a worktree, and of the person."""
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    mine = [Path("/h/.gitconfig"), Path("/h/.config/git/config"), Path("/h/.config/git/ignore")]
    git = tmp_path / ".git"
    git.mkdir()
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    of_git = [git / "index", git / "config", git / "info" / "exclude"]
    assert git_files(inside) == [*mine, tmp_path / "a" / ".gitignore", tmp_path / ".gitignore", *of_git]
    work = tmp_path / "work"
    work.mkdir()
    (work / ".git").write_text("gitdir: ../.git\n", "utf-8")
    assert [path.resolve() for path in git_files(work)[3:]] == of_git
