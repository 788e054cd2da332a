"""Rehearsals that go on by themselves, without a person."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.demo_projects import demo, record_once, write_demos
from support.mortal_engine import MortalEngine
from support.projects import quarterdeck
from support.rehearsals import verdicts_of_check, verdicts_of_rehearsal


def test_verdicts_are_those_of_check(engine: Any, tmp_path: Path) -> None:
    """Of each step that the deck shows, until one goes wrong, which ends it."""
    first = demo("echo same", "#@ skip: shown only\ndive", "X=1; echo $X")
    write_demos(tmp_path, {"a": first, "b": demo("echo new", "echo $RANDOM$RANDOM", "echo last")})
    slides = "\n---\n".join(f"<!-- include: {name}.command -->" for name in ("a-0", "a-1", "a-2", "b-0", "b-1", "b-2"))
    (tmp_path / "slides" / "talk.md").write_text(slides)
    (tmp_path / "slides" / "talk.yaml").write_text("slides: [talk.md]\n")
    record_once(tmp_path)
    done = quarterdeck("rehearse", "talk", "--auto", "--type", "off", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    rehearsed = verdicts_of_rehearsal(tmp_path, "talk")
    assert list(rehearsed.values()) == ["PASSED", "SKIPPED", "PASSED", "PASSED", "DRIFTED"]
    checked = verdicts_of_check(tmp_path)
    assert rehearsed == {step: checked[step] for step in rehearsed}


def test_a_step_whose_stage_breaks_is_broken(engine: Any, mortal_engine: MortalEngine, tmp_path: Path) -> None:
    """In the journal; the others are played from the recording, and the exit status says that it was not all right."""
    write_demos(tmp_path, {"a": demo("echo begun; sleep 3; echo one", "echo two")})
    record_once(tmp_path)
    command = [sys.executable, "-u", "-m", "quarterdeck", "rehearse", "a", "--auto", "--type", "off"]
    environment = {"DOCKER_HOST": mortal_engine.address}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, env={**os.environ, **environment}) as process:
        assert process.stdout is not None
        while b"begun\r\n" not in process.stdout.readline():
            assert process.poll() is None
        mortal_engine.die()
        printed = process.stdout.read()
    assert process.returncode == 1
    assert printed.count(b"(recorded)") == 2
    assert verdicts_of_rehearsal(tmp_path, "a") == {"a-0": "BROKEN", "a-1": "recorded"}
