"""`quarterdeck record`: what runs twice, what is said of it, what is kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from support.demo_projects import demo, write_demos
from support.projects import quarterdeck

COUNT = "n=$(cat /proc/uptime | cut -d' ' -f1 | tr -d .); echo \"used $n blocks\""


def record(root: Path, *arguments: str) -> tuple[int, str, str]:
    """The exit status of `record`, and what it printed."""
    done = quarterdeck("record", *arguments, cwd=root)
    notes = "\n".join(line for line in done.stderr.split("\n") if not line.startswith("["))
    assert "Traceback" not in notes
    return done.returncode, done.stdout, notes


def test_a_new_demo_runs_twice_and_hears_what_is_not_stable(engine: Any, tmp_path: Path) -> None:
    """A warning at the step with the mask that helps; it is recorded all the same; with the mask, all is quiet."""
    root = write_demos(tmp_path, {"counts": demo("echo same", COUNT), "fine": demo("date; echo fine")})
    status, printed, notes = record(root, "-n", "2")
    written = "commands/counts.recording.yaml: written\ncommands/fine.recording.yaml: written\n"
    assert (status, printed) == (0, written)
    lines = notes.split("\n")
    assert lines[0] == "warning: commands/counts.demo:6: counts-1 does not print the same twice"
    assert [line.split()[:2] for line in lines[1:3]] == [["-", "used"], ["+", "used"]]
    assert lines[3:] == ["  hint: `#@ mask: {used: '^used ([0-9]+)'}` below the step's caption masks it", ""]

    write_demos(root, {"counts": demo("echo same", f"#@ mask: {{used: '^used ([0-9]+)'}}\n{COUNT}")})
    (root / "commands" / "counts.recording.yaml").unlink()
    assert record(root)[0::2] == (0, "")
    assert quarterdeck("check", "-n", "2", cwd=root).returncode == 0


def test_what_is_recorded_runs_once(engine: Any, tmp_path: Path) -> None:
    """A step that is added to a recorded demo, and a demo that is named, are no reason to run twice."""
    root = write_demos(tmp_path, {"counts": demo("echo same"), "fine": demo("echo fine")})
    assert record(root)[0] == 0
    write_demos(root, {"counts": demo("echo same", COUNT)})
    assert record(root) == (0, "commands/counts.recording.yaml: written\n", "")
    assert record(root) == (0, "2 demos up to date\n", "")
    assert record(root, "fine") == (0, "commands/fine.recording.yaml: as it was\n", "")


def test_a_demo_that_goes_wrong_the_second_time_is_not_recorded(engine: Any, tmp_path: Path) -> None:
    """The answer is no, and the report is of that run."""
    over = int(time.time()) + 20
    steps = (f"test $(date +%s) -lt {over}", f"#@ timeout: 2m\nwhile test $(date +%s) -lt {over}; do sleep 1; done")
    root = write_demos(tmp_path, {"odd": demo(*steps)})
    status, printed, _ = record(root)
    assert status == 1
    assert printed.startswith("commands/odd.demo:3: FAILED odd-0 (Step 0)\n    exit status 1, expected 0\n")
    assert printed.endswith("\nodd: not recorded\n")
    assert not (root / "commands" / "odd.recording.yaml").exists()


def test_children_of_a_new_demo_run_twice_on_its_stage(engine: Any, tmp_path: Path) -> None:
    """Both times after their parent; what a parent breaks is said once, and nothing of the family is recorded."""
    family = {"parent": demo("date +%N >/tmp/x"), "child": demo("wc -l </tmp/x", after="parent")}
    root = write_demos(tmp_path, family)
    written = "commands/parent.recording.yaml: written\ncommands/child.recording.yaml: written\n"
    assert record(root) == (0, written, "")
    kept = {path: path.read_bytes() for path in (root / "commands").glob("*.yaml")}
    write_demos(root, {"parent": demo("exit 3", "ls"), "second": demo("true", after="parent")})
    status, printed, _ = record(root, "child", "second")
    assert status == 1
    assert printed.count("commands/parent.demo:3: BROKEN parent-0 (Step 0)") == 1
    assert printed.endswith("second: not recorded: the demo that it comes after went wrong\n")
    assert {path: path.read_bytes() for path in (root / "commands").glob("*.yaml")} == kept
