"""Which addresses are those of files, and which lead to another machine, as browsers resolve them."""

from __future__ import annotations

import re

_IGNORED = re.compile(r"\A[\x00-\x20]+|[\t\n\r]|[\x00-\x20]+\Z")
"""What browsers drop from an address before they read it."""
_REMOTE = re.compile(
    r"[/\\]{2}|file:(?:[/\\]{2}[^/\\]|[/\\]{4})"
    r"|(?!(?:about|blob|data|file|javascript|mailto|tel):)[a-z][a-z0-9+.-]*:",
    re.IGNORECASE,
)
_NO_FILE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}|#|\?|\Z")
_HARMLESS_DATA = re.compile(r"data:(?:image/(?!svg)|audio/|video/|font/|application/pdf|text/plain|text/css,\Z)", re.I)


def clean(url: str) -> str:
    """*url* without what browsers ignore in it."""
    return _IGNORED.sub("", url)


def is_remote(url: str) -> bool:
    """Whether a browser that loads *url* asks another machine, or a program other than itself."""
    return _REMOTE.match(clean(url)) is not None


def is_file(url: str) -> bool:
    """Whether *url* is the address of a file of the project."""
    return _NO_FILE.match(clean(url)) is None


def is_data_document(url: str) -> bool:
    """Whether *url* holds a document or a style sheet, which may load anything itself."""
    url = clean(url)
    return url[:5].lower() == "data:" and not _HARMLESS_DATA.match(url)
