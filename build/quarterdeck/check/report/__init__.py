"""The reports on a run, by name: for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quarterdeck.check.report.json_report import render_json, render_markdown
from quarterdeck.check.report.text_report import render_terminal, render_text
from quarterdeck.check.verdict import RunVerdicts

REPORTS: Mapping[str, Callable[[RunVerdicts], str]] = {
    "text": render_text,
    "terminal": render_terminal,
    "json": render_json,
    "markdown": render_markdown,
}
"""Annotations of GitHub Actions are not here: `json_report.render_annotations` needs a path."""
