"""`quarterdeck check`, which is a run of pytest, against a real engine."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.demo_projects import demo, write_demos
from support.junit import read_junit
from support.projects import quarterdeck
from support.pytest_world import VERDICTS, verdicts_of


@dataclass(frozen=True)
class Checked:
    """A check of the world."""

    status: int
    stdout: str
    stderr: str
    document: dict[str, Any]
    junit: Path


@pytest.fixture(scope="module", params=["1", "2", "5"])
def checked(world: Path, request: pytest.FixtureRequest) -> Checked:
    """A check with so many demos at a time: one after the other, and side by side. It writes all reports."""
    folder = world / f"out-{request.param}"
    reports = ("--junit", f"{folder.name}/junit.xml", "--json", f"{folder.name}/answer.json")
    done = quarterdeck("check", "-n", request.param, *reports, cwd=world)
    document = json.loads((folder / "answer.json").read_text("utf-8"))
    return Checked(done.returncode, done.stdout, done.stderr, document, folder / "junit.xml")


def test_every_way_to_run_gives_the_same_verdicts(checked: Checked) -> None:
    """One after the other, and side by side."""
    assert "Traceback" not in checked.stderr
    assert (checked.status, verdicts_of(checked.document)) == (1, VERDICTS)
    assert checked.document["fine"] is False


def test_the_junit_report_is_valid(checked: Checked) -> None:
    """A test case for each demo: failures with our text, skips with their reason, verdicts of steps in system-out."""
    assert checked.status == 1
    report = read_junit(checked.junit)
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


def test_the_report_and_what_comes_next(checked: Checked) -> None:
    """A line for each demo with a mark, in the order of names; then the sum, and the command to type."""
    *_, total, following = checked.stdout.rstrip().split("\n")
    marks = [line.split()[:2] for line in checked.stdout.split("\n") if line[:1] in "✓✗-" and line]
    wrong = {"broken", "drifted", "failed", "fresh"}
    assert [name for _, name in marks] == sorted(VERDICTS)
    assert {name for mark, name in marks if mark == "✗"} == wrong
    assert total.startswith("15 steps of 9 demos in ")
    assert total.endswith(": 7 passed, 1 failed, 1 broken, 1 drifted, 1 new, 4 skipped")
    assert following == "next: fix the steps above, then `quarterdeck check --lf` runs 4 demos again"
    ended = [line for line in checked.stderr.split("\n") if line]
    assert len(ended) == 9
    assert ended[-1].startswith("[9/9] ")


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
    done = quarterdeck("check", "--update", cwd=tmp_path, env=environment, fresh=True)
    assert (done.returncode, done.stdout.startswith("✓ a  1 new")) == (0, True), done.stdout + done.stderr
    assert not (tmp_path / ".pytest_cache").exists()


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
