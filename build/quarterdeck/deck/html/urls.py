"""URLs as browsers resolve them: which are files of the project, and which lead to another machine."""

from __future__ import annotations

import re
from urllib.parse import unquote

_IGNORED = re.compile(r"\A[\x00-\x20]+|[\t\n\r]|[\x00-\x20]+\Z")
"""What browsers drop from a URL before they read it."""
_REMOTE = re.compile(
    r"[/\\]{2}|file:(?:[/\\]{2}[^/\\]|[/\\]{4})"
    r"|(?!(?:about|blob|data|file|javascript|mailto|tel):)[a-z][a-z0-9+.-]*:",
    re.IGNORECASE,
)
_NO_FILE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}|#|\?|\Z")
_HARMLESS_DATA = r"(?i)data:(?:image/(?!svg)|audio/|video/|font/|application/pdf|text/plain|text/css,\Z)"


def clean(url: str) -> str:
    """*url* without what browsers ignore in it."""
    return _IGNORED.sub("", url)


def is_remote(url: str) -> bool:
    """Whether a browser that loads *url* sends a request to another machine, or starts another program."""
    return _REMOTE.match(clean(url)) is not None


def is_file(url: str) -> bool:
    """Whether *url* refers to a file of the project."""
    return _NO_FILE.match(clean(url)) is None


def is_data_document(url: str) -> bool:
    """Whether *url* is a data URI with a document or a style sheet, which can load anything."""
    url = clean(url)
    return url[:5].lower() == "data:" and not re.match(_HARMLESS_DATA, url)


def path_of(url: str) -> str:
    """The path in *url*, without query and fragment, decoded."""
    return unquote(re.split("[?#]", url, maxsplit=1)[0])
