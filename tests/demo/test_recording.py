"""Recordings: what they are made from, and that their text holds what a terminal showed, whatever that was."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.base.errors import Problems, SourceError
from quarterdeck.base.project import load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.recording import RecordedStep, Recording, parse_recording, render_recording
from support.projects import MakeProject

EXAMPLE = """\
quarterdeck: 1
demo: registry/layers
recorded: '2026-11-23'
stage: {registry: distribution 2.8.2, engine: docker 20.10.24}
steps:
- step: manifest
  made-by: sha256:1f0c
  exit: 0
  seconds: 0.42
  output: |
    ␛[31mred␛[0m: text
      indented

    last
- step: 1
  made-by: sha256:2f0c
  exit: 3
  seconds: 1.0
  output: ''
"""


def test_a_recording_is_text_made_for_a_diff() -> None:
    """One line of output is one line of the file."""
    recording = Recording(
        demo="registry/layers",
        recorded="2026-11-23",
        stage=(("registry", "distribution 2.8.2"), ("engine", "docker 20.10.24")),
        steps=(
            RecordedStep("manifest", "sha256:1f0c", 0, 0.42, "␛[31mred␛[0m: text\n  indented\n\nlast\n"),
            RecordedStep("1", "sha256:2f0c", 3, 1.0, ""),
        ),
    )
    assert render_recording(recording) == EXAMPLE
    assert parse_recording(EXAMPLE, "x") == recording


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))), st.sampled_from(["no", "a", "1", "off", "22-22"]))
def test_any_screen_survives(lines: list[str], name: str) -> None:
    """Whatever characters a step printed, reading its recording gives them back."""
    output = "".join(f"{line}\n" for line in lines)
    recording = Recording("x", "2026-11-23", (), (RecordedStep(name, "sha256:0", 0, 0.01, output),))
    assert parse_recording(render_recording(recording), "x") == recording


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("quarterdeck: 1", "quarterdeck: 2", "x.yaml:1: a recording of version 2, not 1"),
        ("quarterdeck: 1\n", "", "x.yaml:1: not a recording"),
        ("  exit: 0\n", "", "x.yaml:6: the recording has no 'exit' here"),
        ("exit: 3", "exit: three", "x.yaml:17: 'exit' of the recording is something else than it should be"),
        ("steps:", "<<<<<<< HEAD\nsteps:", "x.yaml:5: unresolved merge conflict"),
        ("steps:", "steps: {", "x.yaml:6: bad YAML"),
    ],
)
def test_a_wrong_recording_is_named_at_its_line(old: str, new: str, message: str) -> None:
    """An author who merged two branches badly learns where."""
    with pytest.raises(SourceError) as caught:
        parse_recording(EXAMPLE.replace(old, new), "x.yaml")
    assert str(caught.value).startswith(message)


def digests(root: Path, name: str = "layers") -> tuple[str, ...]:
    """What the steps of a demo are made by."""
    project = load_project(root)
    catalogue = Catalogue(project, Problems())
    demo = catalogue.find_demo(name)
    assert demo is not None
    return catalogue.input_digests(demo)


FILES = {
    "commands/layers.demo": "# T\n# One {#one}\necho 1\n\n# Two\necho 2\n\n# Three\necho 3\n",
    "commands/data/file.txt": "text",
    "commands/child.demo": "# T\n#@ after: layers\n# One\necho child\n",
}


@pytest.mark.parametrize(
    ("path", "old", "new", "fitting"),
    [
        ("commands/layers.demo", "echo 2", "echo two", 1),
        ("commands/layers.demo", "# Two\n", "# Two\n#@ send: [x]\n", 1),
        ("commands/data/file.txt", "text", "other", 0),
        ("commands/layers.demo", "# Two\n", "# Zwei {#two}\n#@ timeout: 3s\n\n", 3),
        ("commands/layers.demo", "# One {#one}", "## One", 3),
        ("commands/child.demo", "child", "other", 3),
    ],
)
def test_what_counts_and_what_does_not(make_project: MakeProject, path: str, old: str, new: str, fitting: int) -> None:
    """Code, input and files of the folder count from where they stand; captions, names and other demos don't."""
    root = make_project(FILES)
    before = digests(root)
    (root / path).write_text((root / path).read_text().replace(old, new))
    after = digests(root)
    same = [was == now for was, now in zip(before, after, strict=True)]
    assert same == [True] * fitting + [False] * (3 - fitting)


def test_a_change_of_an_ancestor_counts(make_project: MakeProject) -> None:
    """A demo builds on what ran before it on the stage."""
    root = make_project(FILES)
    before = digests(root, "child")
    (root / "commands/layers.demo").write_text(FILES["commands/layers.demo"].replace("echo 3", "echo three"))
    assert digests(root, "child") != before


def test_what_git_ignores_does_not_count(make_project: MakeProject) -> None:
    """A file that git ignores is not part of the demo; one that is new is."""
    root = make_project({**FILES, ".gitignore": "*.log\n"})
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    before = digests(root)
    (root / "commands" / "x.log").write_text("noise")
    (root / "commands" / "layers.recording.yaml").write_text("quarterdeck: 1")
    assert digests(root) == before
    (root / "commands" / "new.txt").write_text("new")
    assert digests(root) != before


def test_a_copy_without_git_has_the_same_digests(make_project: MakeProject) -> None:
    """An archive of a project is checked against the recordings that were made in its repository."""
    root = make_project({**FILES, "commands/a/z.txt": "z", "commands/b.sh": "b", "commands/a-b.txt": "ab"})
    shutil.copytree(root, root.parent / "copy")
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    assert digests(root.parent / "copy") == digests(root)


def test_a_new_run_sees_changed_files(make_project: MakeProject) -> None:
    """Nothing that was read for one run is kept for the next one of the same process."""
    root = make_project(FILES)
    catalogue = Catalogue(load_project(root), Problems())
    demo = catalogue.find_demo("layers")
    assert demo is not None
    before = catalogue.input_digests(demo)
    (root / "commands/data/new.txt").write_text("new")
    assert catalogue.input_digests(demo) == before
    assert Catalogue(catalogue.inputs.project, Problems()).input_digests(demo) != before


def test_links_out_of_the_project_are_refused(make_project: MakeProject) -> None:
    """A demo's folder can't bring in files of the machine."""
    root = make_project(FILES)
    (root / "commands" / "data" / "secret").symlink_to("/etc/hostname")
    with pytest.raises(SourceError, match="commands/data/secret: leads out of the project"):
        digests(root)
