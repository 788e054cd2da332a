"""Stages of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from quarterdeck.base.project import Project, load_project
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.protocol import Stage
from support.projects import holding_port


@pytest.fixture(scope="module", params=["container", "host"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of stage passes the tests that use this."""
    return str(request.param)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, kind: str) -> Project:
    """A project whose stage has no engine: these tests are about the shell."""
    root = tmp_path_factory.mktemp("project")
    (root / "slides").mkdir()
    (root / "commands").mkdir()
    (root / "commands" / "notes.txt").write_text("a file of the demo's folder\n")
    (root / "quarterdeck.toml").write_text(f'[stage]\nengine = false\nkind = "{kind}"\n')
    return load_project(root)


@pytest.fixture(scope="module")
def stage(lease: RunLease, stage_image: str, project: Project) -> Iterator[Stage]:
    """One stage of each kind for all tests of a module; each runs a demo of its own on it."""
    with holding_port() if project.stage.kind == "host" else nullcontext(), open_stage(project, lease) as stage:
        yield stage
