"""A project with a demo of every kind of verdict, made once, and what a check of it must say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.demo_projects import demo, record_once, write_demos
from support.projects import quarterdeck

VERDICTS = {
    "broken": ["PASSED", "BROKEN", "SKIPPED"],
    "child": ["PASSED"],
    "drifted": ["DRIFTED", "PASSED"],
    "failed": ["FAILED", "PASSED"],
    "fresh": ["NEW"],
    "parent": ["PASSED"],
    "passed": ["PASSED", "PASSED", "SKIPPED"],
    "skipped": ["SKIPPED"],
    "victim": ["SKIPPED"],
}
"""By demo, the verdicts of its steps."""

DEMOS = {
    "parent": demo("echo here >/tmp/place; sleep 0.5"),
    "child": demo("cat /tmp/place", after="parent"),
    "passed": demo("echo one; date", "sleep 0.3", "#@ skip: opens a window\ndive"),
    "drifted": demo("echo as it was", "true"),
    "failed": demo("true", "echo fine"),
    "broken": demo("echo fine", "echo soon over", "echo never"),
    "victim": demo("echo never", after="broken"),
    "skipped": demo("#@ skip: not here\nls"),
}


def write_world(root: Path) -> Path:
    """Record the demos, then let them rot."""
    write_demos(root, DEMOS)
    record_once(root, jobs=4)
    commands = root / "commands"
    recording = commands / "drifted.recording.yaml"
    recording.write_text(recording.read_text("utf-8").replace("as it was", "as it had been"), "utf-8")
    write_demos(root, {"fresh": demo("echo new"), "failed": demo("#@ exit: 4\ntrue", "echo fine")})
    (commands / "broken.demo").write_text(DEMOS["broken"].replace("# Step 1\n", "# Step 1\n#@ timeout: 1s\nsleep 60; "))
    return root


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
