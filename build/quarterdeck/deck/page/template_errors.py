"""Errors in templates, reported at their lines. Imported only after an error."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateNotFound, TemplateSyntaxError

from quarterdeck.base.errors import Place, SourceError, UsageError, did_you_mean
from quarterdeck.base.files import shown_path

if TYPE_CHECKING:
    from jinja2 import Environment

_NO_SUCH = re.compile(r"No (?P<kind>filter|test) named '(?P<name>.*)'")
_UNDEFINED = re.compile(r"'(?P<name>.*)' is undefined")
_NO_ATTRIBUTE = re.compile(r"'(?P<module>quarterdeck\.[\w.]+)\.(?P<type>\w+) object' has no attribute '(?P<name>.*)'")
_CODE = str(Path(__file__).resolve().parents[2])


def find_mistake(
    error: Exception, environment: Environment, names: Iterable[str], folders: Sequence[Path], root: Path
) -> SourceError | UsageError | None:
    """The mistake in a template that caused *error*, at its line; None if *error* comes from our own code.

    *names* are those of the values that the template was given; *root* is the project's, for paths in messages.
    """
    at = _find_place(error, root)
    if isinstance(error, TemplateNotFound):
        templates = [path.name for folder in folders for path in folder.glob("*.j2")]
        what, hint = f"no template '{error.name}'", did_you_mean(str(error.name), templates)
        return SourceError(at, what, hint) if at else UsageError(what, "install quarterdeck again")
    if at is None:
        return None
    if isinstance(error, UsageError):
        return SourceError(at, error.what, "put it into templates/, or ask for what is there")
    what = str(getattr(error, "message", None) or error).strip().removesuffix(".")
    what = _NO_ATTRIBUTE.sub(r"no attribute '\g<name>'", what[:1].lower() + what[1:])
    if isinstance(error, RecursionError):
        what = "includes, extends or calls itself without end"
    elif not type(error).__module__.startswith("jinja2"):
        what = f"{type(error).__name__}: {what}"
    return SourceError(at, what, _hint(str(error), environment, names))


def _find_place(error: Exception, root: Path) -> Place | None:
    if isinstance(error, TemplateSyntaxError):
        return Place(shown_path(Path(error.filename), root) if error.filename else str(error.name), error.lineno)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [row for row, frame in enumerate(frames) if frame.filename.endswith(".j2")]
    if not lines:
        return None
    called = (frame.filename.startswith(_CODE) for frame in frames[lines[-1] :])
    if any(called) and not isinstance(error, UsageError | RecursionError):
        return None
    return Place(shown_path(Path(frames[lines[-1]].filename), root), frames[lines[-1]].lineno or 0)


def _hint(message: str, environment: Environment, names: Iterable[str]) -> str:
    if match := _NO_SUCH.search(message):
        return did_you_mean(match["name"], environment.filters if match["kind"] == "filter" else environment.tests)
    if match := _UNDEFINED.search(message):
        return did_you_mean(match["name"], (*names, *environment.globals))
    if match := _NO_ATTRIBUTE.search(message):
        return did_you_mean(match["name"], getattr(sys.modules[match["module"]], match["type"])._fields)
    return "fix it, or delete the file to use the built-in template"
