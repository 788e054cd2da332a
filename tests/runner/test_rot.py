"""A corpus of deliberate rot: demos that were fine when they were recorded, and a world that moved on.

`rot/rot.yaml` lists what is no longer as it was; `check` must find every bit of it with the right verdict at the right
line, and nothing else.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.live.engine.client import LABEL
from support.demo_projects import record_once
from support.projects import quarterdeck
from support.rot_worlds import DEMOS, ROT, Copy, Rot, load_rot, pack

COPIES = pack(load_rot())
EACH = [(copy, rot) for copy in COPIES for rot in copy.rot]

Checked = Mapping[str, Mapping[str, Any]]
"""What `check --json` says of each demo, by the name of its folder."""


@pytest.fixture(scope="module")
def checked(stage_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    """Demos that are recorded and rot; all are checked in one run."""
    root = tmp_path_factory.mktemp("rot")
    world = f"quarterdeck-test-world:{os.getpid()}"
    (root / "slides").mkdir()
    (root / "quarterdeck.toml").write_text(f'[stage]\nimage = "{world}"\n')
    _make_world(tmp_path_factory.mktemp("world"), world, stage_image)
    try:
        for demo in DEMOS:
            shutil.copytree(ROT / demo, root / "commands" / demo)
        record_once(root, jobs=4)
        for copy in COPIES:
            copy.write(root / "commands")
        done = quarterdeck("check", "-n", "4", "--json", "answer.json", cwd=root)
        assert done.returncode == 1, done.stdout + done.stderr
        answer = json.loads((root / "answer.json").read_text("utf-8"))
        yield {demo["demo"].partition("/")[0]: demo for demo in answer["demos"]}
    finally:
        subprocess.run(["docker", "rmi", "--force", world], capture_output=True, check=False)


def _make_world(context: Path, tag: str, stage_image: str) -> None:
    """The image of the stage, with a tool of the tests, and with other tools where something has rotted."""
    shutil.copytree(ROT / "image", context, dirs_exist_ok=True)
    for tool in (context / "fleet", context / "astray"):
        tool.chmod(0o755)
    (context / "rot").mkdir()
    for copy in COPIES:
        copy.write_tools(context / "rot")
    command = ["docker", "build", "--label", LABEL, "--tag", tag, "--build-arg", f"STAGE={stage_image}", "."]
    done = subprocess.run(command, cwd=context, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("copy", "rot"), EACH, ids=[rot.what for _, rot in EACH])
def test_rot_is_found(checked: Checked, copy: Copy, rot: Rot) -> None:
    """The steps that it names get the verdicts that it names, and one says why, with the line where there is one."""
    steps = {step["step"]: step for step in checked[copy.name]["steps"]}
    assert {step: steps[step]["verdict"] for step in rot.verdicts} == rot.verdicts
    concerned = [steps[step] for step in rot.verdicts] or list(steps.values())
    evidence = [line for step in concerned for line in step["evidence"]]
    assert [line for line in evidence if copy.place(rot) + rot.why in line], "\n".join(evidence)


@pytest.mark.parametrize("copy", COPIES, ids=[copy.name for copy in COPIES])
def test_nothing_else_is_found(checked: Checked, copy: Copy) -> None:
    """All other steps are PASSED, and each stands at the line of its caption in its own file."""
    demo = checked[copy.name]
    verdicts = {step["step"]: step["verdict"] for step in demo["steps"]}
    assert verdicts == copy.expected(list(verdicts))
    lines = copy.text.split("\n")
    for step in demo["steps"]:
        assert step["path"] == copy.path
        assert lines[step["line"] - 1].lstrip("# ").startswith(step["caption"])


@pytest.mark.parametrize("name", DEMOS)
def test_what_has_not_rotted_is_well(checked: Checked, name: str) -> None:
    """The demos themselves are PASSED, in the same run."""
    assert {step["verdict"] for step in checked[name]["steps"]} == {"PASSED"}


def test_there_is_enough_of_it() -> None:
    """At least forty kinds of rot, each of its own name, and of every verdict but PASSED."""
    corpus = [rot for _, rot in EACH]
    assert len({rot.what for rot in corpus}) == len(corpus) >= 40
    named = {verdict for rot in corpus for verdict in rot.verdicts.values()}
    assert named == {"FAILED", "SUSPECT", "DRIFTED", "NEW", "BROKEN", "SKIPPED"}
