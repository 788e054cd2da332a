"""Addresses that open a file in an editor at a line: the setting `editor`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from quarterdeck.base.errors import Place
from quarterdeck.base.project import Project


def edit_address(at: Place, project: Project) -> str | None:
    """The address that opens *at* in the editor of the settings; None without one."""
    if not project.editor or not at.path:
        return None
    path = quote(str(Path(project.root, at.path).resolve()))
    return project.editor.replace("{path}", path).replace("{line}", str(max(1, at.line)))
