"""The workshop in this repository: its demos hold, and its deck is what a presenter would open, offline."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.upload import place_files, working_folder
from support.browser import open_deck
from support.projects import ROOT, quarterdeck

LINES = re.compile(r"^\s*<!-- include: \S+\.command\b.*-->$", re.MULTILINE)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the workshop, to build in."""
    root = tmp_path_factory.mktemp("workshop")
    for name in ("slides", "commands"):
        shutil.copytree(ROOT / name, root / name)
    return root


def test_every_step_passes_against_its_recording(engine: Any) -> None:
    """What the slides of this repository show is what the demos do today."""
    done = quarterdeck("check", cwd=ROOT, fresh=True)
    assert done.returncode == 0, done.stdout + done.stderr
    demos = Catalogue(load_project(ROOT), Problems()).load_all()
    skipped = [bool(step.options.skip) for demo in demos for step in demo.steps]
    total = f"{len(skipped)} steps of {len(demos)} demos"
    judged = f"{skipped.count(False)} passed, {skipped.count(True)} skipped"
    assert re.search(rf"\n{total} in [0-9.]+ s: {judged}\n$", done.stdout)
    assert min(skipped.count(False), skipped.count(True), len(demos)) > 0


def test_recording_again_changes_nothing(engine: Any, workshop: Path) -> None:
    """Two fresh stages, two runs: digests of time stamps differ, and the files stay as they are."""
    before = {path.name: path.read_bytes() for path in (workshop / "commands").glob("*.recording.yaml")}
    done = quarterdeck("record", "--all", cwd=workshop)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name: path.read_bytes() for path in (workshop / "commands").glob("*.recording.yaml")} == before


def test_the_deck_opens_offline_with_what_the_registry_said(lease: RunLease, workshop: Path, page: Any) -> None:
    """From file://, with no network: nothing fails, and the layers shown are those of a registry asked just now."""
    done = quarterdeck("build", cwd=workshop)
    assert (done.returncode, done.stderr) == (0, "")
    open_deck(page, (workshop / "site" / "container-images.html").as_uri())

    sources = [path for path in workshop.glob("slides/[0-9]*/**/*.md") if "self_paced" not in path.name]
    markers = sum(len(LINES.findall(path.read_text("utf-8"))) for path in sources)
    assert page.locator("figure.step").count() == markers >= 12
    assert page.locator("figure.step .mark.recorded").count() == markers
    slides, stacks = page.evaluate("[Reveal.getTotalSlides(), Reveal.getHorizontalSlides().length]")
    assert (slides, stacks) == (page.locator(".slides section:not(:has(section))").count(), _count_stacks(workshop))

    shown = page.locator("figure[data-step=layers-digest] .terminal").text_content()
    *layers, last = re.findall(r"sha256:[0-9a-f]{64}", shown)
    assert layers == _ask_a_registry(lease, workshop)
    assert last == layers[-1]
    page.evaluate("Reveal.getSlides().forEach(slide => Reveal.slide(...Object.values(Reveal.getIndices(slide))))")
    assert page.wrong == []


def _count_stacks(workshop: Path) -> int:
    """The stacks of the deck: those of its sources, and one each for the title, the agenda and the summary."""
    deck = yaml.safe_load((workshop / "slides" / "container-images.yaml").read_text("utf-8"))
    paths = [entry for key in ("pre_slides", "slides", "post_slides") for entry in deck[key] if isinstance(entry, str)]
    texts = [(workshop / "slides" / path).read_text("utf-8") for path in paths]
    stacks = [re.split(r"^---$", text, flags=re.MULTILINE) for text in texts]
    return sum(map(len, stacks)) + 1 + ("agenda" in deck) + ("summary" in deck)


def _ask_a_registry(lease: RunLease, workshop: Path) -> list[str]:
    """The digests of the workshop's layers, from a registry to which its image has just been pushed."""
    project = load_project(workshop)
    demo = Catalogue(project, Problems()).find_demo("layers")
    assert demo is not None
    with open_stage(project, lease) as stage:
        place_files(stage, demo, DemoInputs(project))
        assert stage.run("bash", "-c", demo.steps[0].script, workdir=working_folder(stage, demo))[0] == 0
        address = "http://localhost:5000/v2/hello/manifests/latest"
        accept = "Accept: application/vnd.docker.distribution.manifest.v2+json"
        _, answer = stage.run("curl", "--silent", "--fail", "--header", accept, address)
    return [layer["digest"] for layer in json.loads(answer)["layers"]]
