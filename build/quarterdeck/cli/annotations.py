"""Workflow commands for GitHub Actions, when run in one of its jobs: see "Workflow commands" in its documentation."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import uuid4

from quarterdeck.base.errors import SourceError
from quarterdeck.base.project import Project
from quarterdeck.check.report.json_report import (
    mute_commands,
    render_annotations,
    render_error_annotations,
    render_markdown,
)
from quarterdeck.check.report.summary import Judged
from quarterdeck.cli.common import echo


def annotate(report: str, judged: Sequence[Judged], took_s: float, project: Project) -> str:
    """*report* as a job prints it: nothing in it is obeyed, and annotations follow. Elsewhere, *report* as it is.

    The job's summary is written to the file that GitHub names for it.
    """
    if not _in_job():
        return report
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(render_markdown(judged, took_s))
    return "\n".join((mute_commands(report, uuid4().hex), *render_annotations(judged, _prefix(project))))


def annotate_errors(errors: Iterable[SourceError], project: Project) -> None:
    """Print an annotation for each of *errors*, in a job."""
    if _in_job():
        echo("\n".join(render_error_annotations(errors, _prefix(project))))


def _in_job() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _prefix(project: Project) -> str:
    """What leads from the repository that GitHub checked out to the project in it."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace or not project.root.is_relative_to(Path(workspace).resolve()):
        return ""
    inside = project.root.relative_to(Path(workspace).resolve()).as_posix()
    return "" if inside == "." else f"{inside}/"
