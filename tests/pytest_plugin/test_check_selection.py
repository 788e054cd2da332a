"""`quarterdeck check`: which demos run, and which recordings are written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from support.demo_projects import demo, write_demos
from support.junit import read_junit
from support.projects import quarterdeck
from support.pytest_world import VERDICTS, check_json, verdicts_of


def test_shards_give_the_same_verdicts(world: Path) -> None:
    """Each demo is in one of them, and what `after` ties together in the same."""
    merged: dict[str, list[str]] = {}
    for part in ("1/3", "2/3", "3/3"):
        _, document = check_json(world, "-n", "2", "--shard", part)
        verdicts = verdicts_of(document)
        assert not set(merged) & set(verdicts)
        assert len({"parent", "child"} & set(verdicts)) in (0, 2)
        merged |= verdicts
    assert merged == VERDICTS


def test_shards_divide_what_is_asked_for(engine: Any, tmp_path: Path) -> None:
    """The keywords come first: one machine runs the demo, the others have nothing to do; all tell of a misspelt one."""
    write_demos(tmp_path, {"one": demo("echo 1"), "two": demo("echo 2")})
    done = [quarterdeck("check", "--shard", f"{part}/2", "-k", "two", cwd=tmp_path) for part in (1, 2)]
    assert [run.returncode for run in done] == [1, 0]
    assert done[0].stderr.startswith("[1/1] NEW two: 1 new")
    done = [quarterdeck("check", "--shard", f"{part}/2", "-k", "tow", cwd=tmp_path) for part in (1, 2)]
    assert [run.returncode for run in done] == [2, 2]


def test_a_shard_without_demos_is_fine(engine: Any, tmp_path: Path) -> None:
    """There may be more machines than groups; it says so, and its reports are whole."""
    write_demos(tmp_path, {"one": demo("echo 1")})
    done = quarterdeck("check", "--shard", "2/2", "--junit", "j.xml", "--json", "a.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (
        0,
        "shard 2/2: nothing to do, there are more shards than groups of demos\n"
        f"0 steps of 0 demos in {done.stdout.partition(' in ')[2]}",
    )
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["demos"] == []
    read_junit(tmp_path / "j.xml")


def test_only_what_was_wrong_the_last_time(engine: Any, tmp_path: Path) -> None:
    """`--lf` after a check; `-k` takes names, and none that fit is a wrong question; `-x` stops at the first."""
    write_demos(tmp_path, {"good": demo("echo"), "bad": demo("false"), "late": demo("echo late")})
    assert quarterdeck("record", "good", "late", "-n", "2", cwd=tmp_path).returncode == 0
    assert list(verdicts_of(check_json(tmp_path)[1])) == ["bad", "good", "late"]
    assert list(verdicts_of(check_json(tmp_path, "--lf")[1])) == ["bad"]
    assert list(verdicts_of(check_json(tmp_path, "-k", "not bad and not late")[1])) == ["good"]
    status, document = check_json(tmp_path, "-x")
    assert (status, verdicts_of(document)) == (1, {"bad": ["FAILED"]})
    done = quarterdeck("check", "-x", cwd=tmp_path)
    assert done.stdout.split("\n")[-3].endswith(": 1 failed; 2 demos not run")
    done = quarterdeck("check", "-k", "godo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "0 demos\n  hint: did you mean 'good'?\n")
    done = quarterdeck("check", "-k", "a b", cwd=tmp_path)
    assert (done.returncode, done.stderr.split("\n")[1]) == (2, "  hint: an expression is such as 'push and not slow'")
    done = quarterdeck("check", "--shard", "3/2", cwd=tmp_path)
    assert (done.returncode, done.stderr.split("\n")[0]) == (2, "'3/2' is no shard")
    done = quarterdeck("check", "-n", "0", cwd=tmp_path)
    assert (done.returncode, "'0' is no number of demos: 1 or more, or auto" in done.stderr) == (2, True)


def test_what_is_accepted_is_fine(engine: Any, world: Path, tmp_path: Path) -> None:
    """`--update` writes what drifted or is new, and nothing that went wrong; then these pass."""
    shutil.copytree(world, tmp_path / "copy")
    root = tmp_path / "copy"
    kept = (root / "commands" / "failed.recording.yaml").read_bytes()
    status, document = check_json(root, "--update", "drifted", "fresh", "passed", "failed", "-n", "4")
    assert status == 1
    assert {demo["demo"] for demo in document["demos"] if demo["recorded"]} == {"drifted", "fresh"}
    assert (root / "commands" / "failed.recording.yaml").read_bytes() == kept
    status, document = check_json(root, "drifted", "fresh", "-n", "2")
    assert (status, document["steps"]) == (0, {"PASSED": 3})
