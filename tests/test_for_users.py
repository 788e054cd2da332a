"""What users' own CI takes from here: the workflow for GitHub Actions, and the hooks for pre-commit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.demo_projects import record_once
from support.projects import ROOT, MakeProject

WORKFLOW = ROOT / ".github" / "workflows" / "check.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"

PROJECT = {
    "quarterdeck.toml": "[stage]\nengine = false\n",
    "slides/hello.yaml": "metadata: {title: Hello}\nslides: [hello.md]\n",
    "slides/hello.md": "## Hello\n",
    "commands/hello.demo": "# Hello\n\n# Say it\n#@ match: [hello]\necho hello\n",
}


def load(path: Path) -> Any:
    """A YAML file, in which every scalar is text: `on` too."""
    return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)


def run_in(root: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a workflow or a hook as their shells do, with our own command in the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "-e", "-c", script]
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path, **variables}
    )


def test_the_workflow_checks_a_project(engine: Any, make_project: MakeProject) -> None:
    """Its step, with its own defaults, in a new project: yes at first, no when a demo rots; the artifacts are there."""
    workflow = load(WORKFLOW)
    inputs = {name: value.get("default") for name, value in workflow["on"]["workflow_call"]["inputs"].items()}
    steps = workflow["jobs"]["check"]["steps"]
    (step,) = [step for step in steps if "quarterdeck check" in step.get("run", "")]
    assert step["env"] == {"JOBS": "${{ inputs.jobs }}", "SHARD": "${{ matrix.shard }}"}
    (shard,) = yaml.safe_load(inputs["shards"])
    variables = {"JOBS": inputs["jobs"], "SHARD": shard}
    root = make_project(PROJECT)
    done = run_in(root, step["run"], **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    (upload,) = [step for step in steps if "upload-artifact" in step.get("uses", "")]
    uploaded = upload["with"]["path"].split()
    names = [line.rpartition("/")[2] for line in uploaded if line not in ("${{", "inputs.folder", "}}")]
    assert names == ["junit.xml", "check.json"]
    assert all((root / name).is_file() for name in names)
    (root / "commands" / "hello.demo").write_text(PROJECT["commands/hello.demo"].replace("echo hello", "echo hi"))
    assert run_in(root, step["run"], **variables).returncode == 1


def test_the_workflow_is_careful() -> None:
    """Actions are pinned, no token is asked for, nobody else's package is installed, no words become a script."""
    text = WORKFLOW.read_text("utf-8")
    workflow = load(WORKFLOW)
    assert workflow["on"]["workflow_call"]["inputs"]["install"]["required"] == "true"
    steps = workflow["jobs"]["check"]["steps"]
    assert workflow["permissions"] == {"contents": "read"}
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    assert not re.search(r"secrets\.|github\.token|GITHUB_TOKEN", text)
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []


def hooks() -> list[dict[str, Any]]:
    """The hooks that we offer."""
    return list(load(HOOKS))


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: str(hook["id"]))
def test_hooks_say_yes_and_no(engine: Any, make_project: MakeProject, hook: dict[str, Any]) -> None:
    """What a hook calls works in a new project as pre-commit calls it: without file names, from the root."""
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert (hook["language"], hook["pass_filenames"]) == ("python", "false")
    root = make_project(PROJECT)
    record_once(root)
    done = run_in(root, hook["entry"])
    assert done.returncode == 0, done.stdout + done.stderr
    (root / "commands" / "hello.demo").write_text(PROJECT["commands/hello.demo"].replace("match", "mtach"))
    (root / "slides" / "hello.md").write_text("<!-- include: hello-0.command -->\n")
    assert run_in(root, hook["entry"]).returncode == 2


def test_hooks_run_for_the_files_that_matter() -> None:
    """A hook with a pattern sees slide sources, decks, demos, recordings, pictures and settings."""
    patterns = [hook["files"] for hook in hooks() if "files" in hook]
    assert patterns
    for name in ("slides/a.md", "slides/x/a.yaml", "commands/a.demo", "commands/a-0.command", "quarterdeck.toml"):
        assert all(re.search(pattern, name) for pattern in patterns)
    assert len({hook["id"] for hook in hooks()}) == len(hooks())


def test_the_readme_names_what_there_is() -> None:
    """The ids of the hooks, and the path of the workflow."""
    text = (ROOT / "README.md").read_text("utf-8")
    names = [*(hook["id"] for hook in hooks()), ".github/workflows/check.yml"]
    assert [name for name in names if name not in text] == []
