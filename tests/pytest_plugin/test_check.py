"""`quarterdeck check`, which is a run of pytest, against a real engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.live.engine.client import RUN_LABEL
from support.containers import stage_containers
from support.demo_projects import demo, write_demos
from support.junit import read_junit
from support.projects import MakeProject, quarterdeck
from support.pytest_world import VERDICTS
from support.waiting import wait_until


def verdicts_of(document: dict[str, Any]) -> dict[str, list[str]]:
    """By demo, the verdicts in a JSON report."""
    return {demo["demo"]: [step["verdict"] for step in demo["steps"]] for demo in document["demos"]}


def check_json(root: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """A check's exit status and its JSON report."""
    target = root / "answer.json"
    target.unlink(missing_ok=True)
    done = quarterdeck("check", *arguments, "--json", str(target), cwd=root)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(target.read_text("utf-8"))


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_every_way_to_run_gives_the_same_verdicts(world: Path, jobs: str) -> None:
    """One after the other, and side by side."""
    status, document = check_json(world, "-n", jobs)
    assert (status, verdicts_of(document)) == (1, VERDICTS)
    assert document["fine"] is False


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


def test_the_junit_report_is_valid(world: Path) -> None:
    """A test case for each demo: failures with our text, skips with their reason, verdicts of steps in system-out."""
    done = quarterdeck("check", "-n", "4", "--junit", "out/junit.xml", cwd=world)
    assert done.returncode == 1
    report = read_junit(world / "out" / "junit.xml")
    suite = report.find("testsuite")
    assert {key: suite.get(key) for key in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "quarterdeck", "tests": "9", "failures": "5", "errors": "0", "skipped": "1",
    }  # fmt: skip
    cases = {case.get("name"): case for case in suite}
    assert cases["passed"].get("classname") == "commands.passed.demo"
    assert 0.3 <= float(cases["passed"].get("time")) < 30
    assert cases["skipped"].find("skipped").get("message") == "not here"
    assert cases["failed"].find("failure").text.split("\n")[:2] == [
        "commands/failed.demo:3: FAILED failed-0 (Step 0)",
        "    exit status 0, expected 4",
    ]
    assert "BROKEN" in cases["broken"].find("system-out").text
    assert "commands/broken.demo:6: BROKEN" in cases["victim"].find("failure").text


def test_the_report_and_what_comes_next(world: Path) -> None:
    """A line for each demo with a mark, in the order of names; then the sum, and the command to type."""
    done = quarterdeck("check", "-n", "4", cwd=world)
    *_, total, following = done.stdout.rstrip().split("\n")
    marks = [line.split()[:2] for line in done.stdout.split("\n") if line[:1] in "✓✗-" and line]
    wrong = {"broken", "drifted", "failed", "fresh"}
    assert [name for _, name in marks] == sorted(VERDICTS)
    assert {name for mark, name in marks if mark == "✗"} == wrong
    assert total.startswith("15 steps of 9 demos in ")
    assert total.endswith(": 7 passed, 1 failed, 1 broken, 1 drifted, 1 new, 4 skipped")
    assert following == "next: fix the steps above, then `quarterdeck check --lf` runs 4 demos again"
    ended = [line for line in done.stderr.split("\n") if line]
    assert len(ended) == 9
    assert ended[-1].startswith("[9/9] ")


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


def test_the_project_s_own_suite_has_no_say(engine: Any, tmp_path: Path) -> None:
    """Its conftest.py, its pytest.ini, plugins that it names and what the environment says: all for its own tests."""
    write_demos(tmp_path, {"a": demo("echo a")})
    bomb = "raise SystemExit('this was imported')\n"
    for name in ("conftest.py", "commands/conftest.py", "commands/test_x.py", "bomb.py"):
        (tmp_path / name).write_text(bomb)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option -p bomb\nminversion = 99\n")
    (tmp_path / "tox.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    environment = {**os.environ, "PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "bomb"}
    environment |= {"PYTHONPATH": str(tmp_path)}
    done = quarterdeck("check", "--update", cwd=tmp_path, env=environment)
    assert (done.returncode, done.stdout.startswith("✓ a  1 new")) == (0, True), done.stdout + done.stderr
    assert not (tmp_path / ".pytest_cache").exists()


@pytest.mark.parametrize(("name", "expected"), [("good", 0), ("bad", 1)])
def test_a_reader_that_goes_away_does_not_change_the_answer(
    engine: Any, tmp_path: Path, name: str, expected: int
) -> None:
    """`check | true` ends with the status of the check."""
    write_demos(tmp_path, {"good": demo("#@ match: [good]\necho good"), "bad": demo("false")})
    script = f"{sys.executable} -m quarterdeck check {name} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr, "BrokenPipe" in done.stderr) == (expected, False, False)


def test_in_a_job_of_github_actions(world: Path, tmp_path: Path) -> None:
    """Annotations stand at the steps, seen from the repository; the job gets a summary; mistakes are annotated too."""
    summary = tmp_path / "summary.md"
    environment = {
        **os.environ,
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(world.parent),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    done = quarterdeck("check", "failed", "passed", "-n", "2", cwd=world, env=environment)
    (annotation,) = (line for line in done.stdout.split("\n") if line.startswith("::"))
    place = f"file={world.name}/commands/failed.demo,line=3,title=FAILED failed-0"
    assert annotation.startswith(f"::error {place}::exit status 0, expected 4%0Ahint: ")
    assert summary.read_text("utf-8").startswith("### quarterdeck check: 5 steps of 2 demos in ")

    write_demos(tmp_path, {"x": "# X\n# One\n#@ timout: 3s\nls\n"})
    done = quarterdeck("check", cwd=tmp_path, env=environment | {"GITHUB_WORKSPACE": str(tmp_path)})
    assert (done.returncode, done.stdout) == (
        2,
        "::error file=commands/x.demo,line=3,title=quarterdeck::unknown step option 'timout'"
        "%0Ahint: did you mean 'timeout'?\n",
    )


def test_could_not_ask_is_neither_yes_nor_no(engine: Any, tmp_path: Path) -> None:
    """A stage that does not come up: the others are judged and shown, and the status is 3."""
    bad = "# Bad\n#@ stage: {image: 'quarterdeck-no-such-image:1'}\n# One\nls\n"
    write_demos(tmp_path, {"bad": bad, "good": demo("#@ match: [good]\necho good")})
    done = quarterdeck("check", "-n", "2", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout.startswith("✓ good  1 passed")
    assert done.stdout.rstrip().endswith(": 1 passed; 1 demo not run")
    assert "quarterdeck-no-such-image" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_a_check_that_is_ended(
    engine: Any, make_project: MakeProject, number: signal.Signals
) -> None:
    """With two demos running and stages made ready: no container, no half-written file; 130 where it can say so."""
    demos = {f"slow-{index}": demo("#@ timeout: 5m\nsleep 200") for index in range(4)}
    root = write_demos(make_project({}), {"quick": demo("echo quick"), **demos})
    files = {path: path.read_bytes() for path in (root / "commands").iterdir()}
    command = [sys.executable, "-m", "quarterdeck", "check", "--update", "-n", "2"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        run = wait_until(lambda: child_runs(process.pid))[0]
        wait_until(lambda: len(stage_containers(engine, run)) == 6, timeout_s=120)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == (-9 if number == signal.SIGKILL else 130)
    assert "Traceback" not in stderr
    if number != signal.SIGKILL:
        assert stderr.endswith("interrupted\n")
        assert "✓ quick  1 new" in stdout
    wait_until(lambda: not stage_containers(engine, run), timeout_s=30)
    left = set((root / "commands").iterdir()) - {root / "commands" / "quick.recording.yaml"}
    assert {path: path.read_bytes() for path in left} == files


def child_runs(pid: int) -> list[str]:
    """The runs whose reapers are children of the process *pid*."""
    done = subprocess.run(["pgrep", "-a", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [line.rpartition(f"{RUN_LABEL}=")[2] for line in done.stdout.split("\n") if f"{RUN_LABEL}=" in line]
