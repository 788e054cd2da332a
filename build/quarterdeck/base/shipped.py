"""The templates that come with quarterdeck; a project's file of the same name takes precedence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quarterdeck.base.files import load_text
from quarterdeck.base.project import Project


@cache
def shipped_templates() -> Path:
    """The shipped `templates/`: in the package (wheel), or at the root of the repository (editable install)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent.parent / "templates"


def template_folders(project: Project) -> tuple[Path, ...]:
    """The folders of templates: the project's first, then the shipped folder."""
    return tuple(dict.fromkeys((project.templates, shipped_templates())))


def template_file(project: Project, name: str) -> Path:
    """The template *name*, such as `stage/Dockerfile`: the project's, else the shipped file."""
    paths = [folder / name for folder in template_folders(project)]
    return next((path for path in paths if path.is_file()), paths[-1])


def load_template(path: Path, project: Project) -> str:
    """The text of a template or a style sheet, of *project* or shipped.

    Raises:
        SourceError: It cannot be read, is not UTF-8, or leads out of its folder.
    """
    return load_text(path, project.root if path.is_relative_to(project.root) else shipped_templates())
