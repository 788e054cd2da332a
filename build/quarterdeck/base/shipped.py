"""Where the templates are that quarterdeck brings along; a project's own file of the same name wins."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quarterdeck.base.files import load_text
from quarterdeck.base.project import Project


@cache
def shipped_templates() -> Path:
    """The shipped `templates/`: inside the package in a wheel, at the root of the repository otherwise."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent.parent / "templates"


def template_folders(project: Project) -> tuple[Path, ...]:
    """Where templates are looked for: the project's own first, then the shipped ones."""
    return tuple(dict.fromkeys((project.templates, shipped_templates())))


def template_file(project: Project, name: str) -> Path:
    """The template called *name*, such as `stage/Dockerfile`: the project's own, else the shipped one."""
    found = [folder / name for folder in template_folders(project) if (folder / name).is_file()]
    return found[0] if found else shipped_templates() / name


def load_template(path: Path, project: Project) -> str:
    """The text of a template or of a style sheet, one of *project* or a shipped one.

    Raises:
        SourceError: It cannot be read, is not UTF-8, or leads out of the folder that it may stand in.
    """
    return load_text(path, project.root if path.is_relative_to(project.root) else shipped_templates())
