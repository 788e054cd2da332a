"""What a preflight finds out about files: which recordings git has."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from quarterdeck.base.project import load_project
from quarterdeck.preflight.gather import find_uncommitted
from support.demo_projects import demo, write_demos

NAMES = ("kept", "changed", "staged", "untracked", "ignored", "absent")


@pytest.mark.parametrize("folder", [".", "talks/spring"])
def test_recordings_that_git_does_not_have(tmp_path: Path, folder: str) -> None:
    """Changed, staged, untracked and ignored ones; also where the project is a part of a repository."""
    root = write_demos(tmp_path / folder, {name: demo("true") for name in NAMES})
    recordings = [root / "commands" / f"{name}.recording.yaml" for name in NAMES]
    git(tmp_path, "init", "--quiet")
    for recording in recordings[:2]:
        recording.write_text("recorded")
    (tmp_path / ".gitignore").write_text("ignored.recording.yaml\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "a")
    for recording in recordings[1:5]:
        recording.write_text("recorded anew")
    git(tmp_path, "add", str(recordings[2]))
    assert find_uncommitted(load_project(root), recordings) == (
        "commands/changed.recording.yaml",
        "commands/staged.recording.yaml",
        "commands/untracked.recording.yaml",
        "commands/ignored.recording.yaml",
    )
    assert find_uncommitted(load_project(root), recordings[:1]) == ()


def test_without_git(tmp_path: Path) -> None:
    """It is not known."""
    root = write_demos(tmp_path, {"a": demo("true")})
    assert find_uncommitted(load_project(root), [root / "commands" / "a.recording.yaml"]) is None


def git(root: Path, *arguments: str) -> None:
    """Run git in *root*."""
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)
