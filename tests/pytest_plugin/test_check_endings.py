"""`quarterdeck check` where it cannot run, or is ended in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.live.engine.client import RUN_LABEL
from support.containers import stage_containers
from support.demo_projects import demo, write_demos
from support.projects import MakeProject, quarterdeck
from support.waiting import wait_until


@pytest.mark.parametrize(("name", "expected"), [("good", 0), ("bad", 1)])
def test_a_reader_that_goes_away_does_not_change_the_answer(
    engine: Any, tmp_path: Path, name: str, expected: int
) -> None:
    """`check | true` ends with the status of the check."""
    write_demos(tmp_path, {"good": demo("#@ match: [good]\necho good"), "bad": demo("false")})
    script = f"{sys.executable} -m quarterdeck check {name} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr, "BrokenPipe" in done.stderr) == (expected, False, False)


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
    engine: Any, make_project: MakeProject, tmp_path: Path, number: signal.Signals
) -> None:
    """With two demos running and stages made ready: no container, no half-written file; 130 where it can say so."""
    demos = {f"slow-{index}": demo("#@ timeout: 5m\nsleep 200") for index in range(4)}
    root = write_demos(make_project({}), {"quick": demo("echo quick"), **demos})
    files = {path: path.read_bytes() for path in (root / "commands").iterdir()}
    command = [sys.executable, "-m", "quarterdeck", "check", "--update", "-n", "2"]
    stdout, stderr = tmp_path / "stdout", tmp_path / "stderr"
    with (
        stdout.open("w") as output,
        stderr.open("w") as errors,
        subprocess.Popen(command, cwd=root, stdout=output, stderr=errors) as process,
    ):
        run = wait_until(lambda: child_runs(process.pid))[0]
        wait_until(lambda: "NEW quick: 1 new" in stderr.read_text(), timeout_s=120)
        wait_until(lambda: len(stage_containers(engine, run)) == 3, timeout_s=120)
        process.send_signal(number)
        process.wait(timeout=60)
    assert process.returncode == (-9 if number == signal.SIGKILL else 130)
    assert "Traceback" not in stderr.read_text()
    if number != signal.SIGKILL:
        assert stderr.read_text().endswith("interrupted\n")
    wait_until(lambda: not stage_containers(engine, run), timeout_s=30)
    left = set((root / "commands").iterdir()) - {root / "commands" / "quick.recording.yaml"}
    assert {path: path.read_bytes() for path in left} == files


def child_runs(pid: int) -> list[str]:
    """The runs whose reapers are children of the process *pid*."""
    done = subprocess.run(["pgrep", "-a", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [line.rpartition(f"{RUN_LABEL}=")[2] for line in done.stdout.split("\n") if f"{RUN_LABEL}=" in line]
