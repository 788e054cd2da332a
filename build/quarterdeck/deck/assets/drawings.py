"""Drawings (SVG files): `<img>` shows them without the fonts of the page, so their published copies contain them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import NamedTuple

from quarterdeck.base.shipped import shipped_templates

_RULE = r"@font-face\s*\{[^}]*\}"
_VALUE = r"([\w-]+):\s*([^;]+);"
_URL = r"url\(\"([^\"]+)\"\)"
_RANGE = r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?"
_START = (
    r"(?s)\ufeff?(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*"
    r"<(?:[\w-]+:)?svg\b(?:[^<>\"'/]|/(?!>)|\"[^\"]*\"|'[^']*')*>"
)
"""A file up to the end of its root's start tag."""
_TEXT = r"<(?:[\w-]+:)?(?:text|foreignObject)\b"
_FONT = r"\bfont(?:-family|-weight|-style)?\s*[:=]\s*(\"[^\"]*\"|'[^']*'|[^;\"'}]*)"
_WEIGHT = r"\bbold(?:er)?\b|\b[1-9]00\b"
_NORMAL, _BOLD = 400, 700


class _Face(NamedTuple):
    """A `@font-face` rule of the deck's fonts."""

    rule: str
    path: Path
    """Its font file."""
    family: str
    weight: int
    """100 to 900."""
    italic: bool
    ranges: tuple[range, ...]
    """The characters that it is used for."""


def embed_fonts(svg: bytes) -> bytes | None:
    """The drawing *svg* with the deck's fonts inside that its text uses; text without any font gets the first of them.

    None if it stays unchanged: without text, with font faces of its own, or in another encoding than UTF-8.
    """
    try:
        text = svg.decode("utf-8")
    except UnicodeDecodeError:
        return None
    start = re.match(_START, text)
    if start is None or not re.search(_TEXT, text) or "@font-face" in text:
        return None
    faces = _shipped_faces()
    families = [family for family in dict.fromkeys(face.family for face in faces) if family.lower() in text.lower()]
    default = ""
    if not re.search(r"\bfont(?:-family)?\s*[:=]", text):
        families = [faces[0].family]
        default = f':root {{ font-family: "{families[0]}", sans-serif }}\n'
    used = [face for family in families for face in _used([face for face in faces if face.family == family], text)]
    if not used:
        return None
    style = f'<style xmlns="http://www.w3.org/2000/svg">\n{default}{"".join(map(_embed, used))}</style>'
    return f"{text[: start.end()]}{style}{text[start.end() :]}".encode()


@cache
def _shipped_faces() -> tuple[_Face, ...]:
    """The faces that `fonts.css` declares, in its order."""
    sheet = shipped_templates() / "vendor" / "fonts.css"
    faces = []
    for rule in re.findall(_RULE, sheet.read_text("utf-8")):
        values = dict(re.findall(_VALUE, rule))
        bounds = re.findall(_RANGE, values["unicode-range"])
        ranges = tuple(range(int(first, 16), int(last or first, 16) + 1) for first, last in bounds)
        path = sheet.parent / re.findall(_URL, values["src"])[0]
        family, weight = values["font-family"].strip('"'), int(values["font-weight"])
        faces.append(_Face(rule, path, family, weight, values["font-style"] == "italic", ranges))
    return tuple(faces)


def _used(faces: Sequence[_Face], text: str) -> Iterator[_Face]:
    """The *faces* of a family that the drawing *text* may use. Selectors are not resolved: these may be too many."""
    fonts = re.findall(_FONT, text)
    words = {word for font in fonts for word in re.findall(_WEIGHT, font)}
    weights = {_NORMAL, *(_BOLD if word.startswith("bold") else int(word) for word in words)}
    available = {face.weight for face in faces}
    nearest = {min(available, key=lambda weight: (abs(weight - other), -weight)) for other in weights}
    slanted = any("italic" in font or "oblique" in font for font in fonts)
    characters = {ord(character) for character in unescape(text)}
    claimed: dict[tuple[int, bool], set[int]] = {}
    for face in reversed(faces):  # the last rule for a character counts
        if face.weight not in nearest or (face.italic and not slanted):
            continue
        earlier = claimed.setdefault((face.weight, face.italic), set())
        covered = {code for code in characters - earlier if any(code in part for part in face.ranges)}
        earlier |= covered
        if covered:
            yield face


def _embed(face: _Face) -> str:
    data = base64.b64encode(face.path.read_bytes()).decode()
    return re.sub(_URL, f'url("data:font/woff2;base64,{data}")', face.rule) + "\n"
