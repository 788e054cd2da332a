"""Where the templates are that quarterdeck brings along; a project's own file of the same name wins."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quarterdeck.project import Project


@cache
def shipped_templates() -> Path:
    """The shipped `templates/`: beside the package in a wheel, at the root of the repository otherwise."""
    package = Path(__file__).resolve().parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent.parent / "templates"


def template_file(project: Project, name: str) -> Path:
    """The template called *name*, such as `stage/Dockerfile`: the project's own, else the shipped one."""
    own = project.templates / name
    return own if own.is_file() else shipped_templates() / name
