"""Documents of the project that a page shows in frames: they load nothing from other machines either.

HTML is published without its remote addresses. XML (a drawing in an `<object>`) is only read: browsers parse it like
expat, and a drawing with a missing part would be wrong.
"""

from __future__ import annotations

import codecs
import mimetypes
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePath
from xml.parsers.expat import ExpatError, ParserCreate

from quarterdeck.deck.html.addresses import Link, link_attribute, link_css, link_html

_XML = frozenset({".svg", ".xht", ".xhtml", ".xml"})
_LOAD_NOTHING = frozenset({"application/pdf", "text/css", "text/plain"})
_NAMESPACES = {"": "", "http://www.w3.org/1999/xlink": "xlink:", "http://www.w3.org/XML/1998/namespace": "xml:"}
"""Namespaces whose attributes may load something, and the prefixes that attributes have in HTML."""


def is_xml(path: PurePath) -> bool:
    """Whether browsers read the file at *path* as XML."""
    return path.suffix.lower() in _XML


def may_load(path: PurePath) -> bool:
    """Whether a frame that shows the file at *path* may load more: any file that could be taken for a document."""
    kind = mimetypes.guess_type(path.name)[0] or ""
    return is_xml(path) or not (kind.startswith(("audio/", "image/", "video/")) or kind in _LOAD_NOTHING)


def link_html_document(data: bytes, refuse: Callable[[str, int], None]) -> bytes:
    """*data*, an HTML document, without the remote addresses that it loads; *refuse* takes each and its line."""
    text, encoding = _decode(data)
    linked = link_html(text, Link(str, lambda url: refuse(url, text.count("\n", 0, max(text.find(url), 0)) + 1)))
    return data if linked == text else linked.encode(encoding, "xmlcharrefreplace")


def _decode(data: bytes) -> tuple[str, str]:
    """*data* as text, and an encoding in which browsers read that text whatever its `<meta>` says."""
    if data.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        return data.decode("utf-16", "replace"), "utf-8-sig"
    try:
        return data.decode("utf-8-sig"), "utf-8-sig"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"  # whatever its encoding: no byte changes


def read_xml_document(data: bytes) -> list[tuple[str, int]]:
    """The remote addresses that *data*, an XML document, loads, and their lines.

    Entities are expanded. The document ends where it is not well-formed, as in browsers.
    """
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    remote: list[tuple[str, int]] = []
    link = Link(str, lambda url: remote.append((url, parser.CurrentLineNumber)))
    style: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        element = element.rpartition(" ")[2]
        if element == "base" or (element == "meta" and "http-equiv" in attributes):
            link.refuse(attributes.get("href") or attributes.get("content", ""))
        for name, value in attributes.items():
            namespace, _, local = name.rpartition(" ")
            if (prefix := _NAMESPACES.get(namespace)) is not None:
                link_attribute(f"{prefix}{local.lower()}", value, link, element)
        style.clear()

    def end(element: str) -> None:
        if element.rpartition(" ")[2] == "style":
            link_css("".join(style), link)
        style.clear()

    def instruct(target: str, text: str) -> None:
        if target == "xml-stylesheet":
            link_html(f"<link {text}>", link)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.ProcessingInstructionHandler = style.append, instruct
    with suppress(ExpatError):
        parser.Parse(data, True)
    return remote
