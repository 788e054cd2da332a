"""`pytest --quarterdeck` in somebody's own suite, with a real engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from support.demo_projects import demo, write_demos
from support.junit import read_junit
from support.suites import outcomes, run_pytest

GOOD = demo("#@ match: [good]\necho good")


def test_demos_that_share_a_stage_go_to_one_worker(engine: Any, tmp_path: Path) -> None:
    """Each runs once: the child finds what its parent did a moment ago."""
    demos = {"child": demo("cat /tmp/stamp", after="zebra"), "zebra": demo("date +%s.%N | tee /tmp/stamp")}
    demos |= {f"other-{number}": GOOD for number in range(3)}
    write_demos(tmp_path, demos)
    _, printed = run_pytest(tmp_path, "--quarterdeck", "-n", "3", "-v")
    lines = re.findall(r"\[(gw\d)\] \[ *\d+%\] \w+ commands/(child|zebra)\.demo", printed)
    assert [name for _, name in lines] == ["zebra", "child"]
    assert len({worker for worker, _ in lines}) == 1


def test_demos_stand_beside_tests(engine: Any, tmp_path: Path) -> None:
    """Those of `commands/` come too where no path was named; ids, `-k` and `--collect-only` work as for tests."""
    write_demos(tmp_path, {"good": GOOD, "sub": GOOD})
    (tmp_path / "commands" / "steps-0.command").write_text("# Only this\n#@ match: [x]\necho x\n")
    (tmp_path / "commands" / "steps-3.command").write_text("# And that\n#@ match: [y]\necho y\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text("def test_own():\n    pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\n")

    def collected(*arguments: str) -> list[str]:
        _, printed = run_pytest(tmp_path, "--collect-only", "-q", *arguments)
        return [line for line in printed.split("\n") if "::" in line]

    demos = ["commands/good.demo::good", "commands/steps-0.command::steps", "commands/sub.demo::sub"]
    assert collected() == ["tests/test_own.py::test_own"]
    assert collected("--quarterdeck") == ["tests/test_own.py::test_own", *demos]
    assert collected("--quarterdeck", "tests") == ["tests/test_own.py::test_own"]
    assert collected("--quarterdeck", "commands/good.demo") == demos[:1]
    assert collected("--quarterdeck", "commands/steps-3.command") == ["commands/steps-3.command::steps"]
    assert collected("--quarterdeck", "commands/good.demo::good", "commands") == demos
    assert collected("--quarterdeck", "-k", "sub or own") == ["tests/test_own.py::test_own", demos[2]]
    status, printed = run_pytest(
        tmp_path, "--quarterdeck", "--junitxml=j.xml", "-o", "junit_logging=system-out", "--durations=1"
    )
    assert (status, "4 passed" in printed) == (0, True), printed
    read_junit(tmp_path / "j.xml")


def test_only_the_last_failures(engine: Any, tmp_path: Path) -> None:
    """`--lf` finds demos that failed on any worker, those of a group too; `-x` stops at the first."""
    write_demos(tmp_path, {"bad": demo("false"), "child": demo("false", after="good"), "good": GOOD})
    options = ("--quarterdeck", "-v", "-p", "cacheprovider")
    assert outcomes(run_pytest(tmp_path, *options, "-n", "2")[1]) == {
        "bad": "FAILED",
        "child": "FAILED",
        "good": "PASSED",
    }
    assert outcomes(run_pytest(tmp_path, *options, "--lf")[1]) == {"bad": "FAILED", "child": "FAILED"}
    assert outcomes(run_pytest(tmp_path, *options, "--lf", "-n", "2")[1]) == {"bad": "FAILED", "child": "FAILED"}
    assert outcomes(run_pytest(tmp_path, *options, "-x")[1]) == {"bad": "FAILED"}


def test_mistakes_of_authors_are_shown_as_ours(tmp_path: Path) -> None:
    """At collection, with place and hint and no traceback; needs no engine."""
    write_demos(tmp_path, {"typo": "# Typo\n# One\n#@ timout: 3s\nls\n", "heir": demo("ls", after="typo")})
    (tmp_path / "commands" / "lost.demo").write_text(demo("ls", after="nobody"))
    (tmp_path / "commands" / "good.demo").write_text(GOOD)
    (tmp_path / "commands" / "good.recording.yaml").write_text("quarterdeck: 99\n")
    status, printed = run_pytest(tmp_path, "--quarterdeck")
    assert status == 2
    assert "commands/typo.demo:3: unknown step option 'timout'\n  hint: did you mean 'timeout'?\n" in printed
    assert "commands/lost.demo:2: after: no demo 'nobody'\n" in printed
    assert "commands/good.recording.yaml:1: a recording of version 99, not 1\n" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"slides/a.md": "# A\n"}, "0 demos"),
        ({"readme.txt": ""}, "no project here"),
        ({"slides/a.md": "", "quarterdeck.toml": "fnce = 1\n"}, "quarterdeck.toml:1: unknown setting 'fnce'"),
    ],
)
def test_wrong_questions(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """Nothing to run would be green for ever: pytest ends with its status for usage errors."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    status, printed = run_pytest(tmp_path, "--quarterdeck")
    assert (status, message in printed, "Traceback" in printed) == (4, True, False)


def test_without_an_engine_demos_fail_with_the_reason(tmp_path: Path) -> None:
    """The other tests of the suite run all the same."""
    write_demos(tmp_path, {"good": GOOD})
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    status, printed = run_pytest(tmp_path, "--quarterdeck", DOCKER_HOST="unix:///nonexistent/docker.sock")
    assert (status, "1 failed, 1 passed" in printed) == (1, True)
    assert "no Docker engine answers at unix:///nonexistent/docker.sock\n  hint: start one" in printed
    assert "Traceback" not in printed


def test_the_plugin_costs_nothing_when_it_is_not_asked_for(tmp_path: Path) -> None:
    """Nothing of ours is imported but the module that adds the option."""
    (tmp_path / "test_own.py").write_text(
        "import sys\n\ndef test_own():\n    ours = {name for name in sys.modules if name.startswith('quarterdeck')}\n"
        "    assert ours == {'quarterdeck', 'quarterdeck.pytest_plugin'}\n"
    )
    status, printed = run_pytest(tmp_path)
    assert status == 0, printed
