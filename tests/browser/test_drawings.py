"""Drawings of the project: their published copies have the deck's fonts, so that `<img>` shows them in these."""

from __future__ import annotations

import re
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.deck.assets.drawings import embed_fonts
from support.building import build
from support.projects import MakeProject

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 100" width="800" height="100">%s</svg>'
RULE = re.compile(
    r'font-family: "(\w)[^}]*font-weight: (\d+);\s*font-style: (\w)[^}]*base64,[\w+/]{99}[^}]*unicode-range: U\+0(\d)00'
)
TEXTS = {
    "named": '<text y="80" font-size="60" font-family="Source Sans 3, monospace">iiiiiiiiiiiiiiiiiiii</text>',
    "inherited": '<text y="80" font-size="60">iiiiiiiiiiiiiiiiiiii</text>',
    "fallback": '<text y="80" font-size="60" font-family="monospace">iiiiiiiiiiiiiiiiiiii</text>',
}
"""Text that is wider than half of the drawing in a monospaced font, and narrower in the deck's."""


def faces(copy: bytes | None) -> str:
    """The faces in a published drawing: S or J for the family, weight, n or i for the style, 0 or 1 for the subset."""
    return " ".join(sorted("".join(face) for face in RULE.findall((copy or b"").decode())))


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ('<text font-family="Source Sans 3">a</text>', "S400n0"),
        ("<text style=\"font: bold 9px 'jetbrains mono'\">a</text>", "J400n0 J700n0"),
        ("<style>a { font-family: JetBrains Mono; font-style: italic }</style><text>a</text>", "J400i0 J400n0"),
        ('<text font-family="Source Sans 3" font-weight="500">ř</text>', "S400n0 S400n1 S600n0 S600n1"),
        ('<text font-family="Source Sans 3" font-weight="900">&#x159;†</text>', "S400n0 S400n1 S700n0 S700n1"),
        ('<text font-family="Source Sans 3">†</text>', "S400n0"),
        ("<text>a</text>", "S400n0"),
        ('<text font-family="sans-serif">a</text>', ""),
        ('<path id="Source Sans 3" d="M0 0"/>', ""),
        ("<style>@font-face { font-family: Source Sans 3; src: url(data:,) }</style><text>a</text>", ""),
    ],
)
def test_faces_of_a_drawing(contents: str, expected: str) -> None:
    """Families that are named, or the first if none is; weights, styles and subsets that the text may use."""
    assert faces(embed_fonts((SVG % contents).encode())) == expected


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\ufeff",
        '<?xml version="1.0"?>\n<?xml-stylesheet href="a>b"?>\n<!-- <svg> -->\n',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [\n<!ENTITY a ">">\n]>\n',
    ],
)
def test_where_the_faces_stand(head: str) -> None:
    """First in the root, whatever is before it; nothing else changes."""
    drawing = f"{head}<s:svg xmlns:s='http://www.w3.org/2000/svg' id='a>b'><s:text>a</s:text></s:svg>"
    copy = embed_fonts(drawing.encode())
    assert copy is not None
    before, style, after = re.split(
        r"(<style xmlns=\"http://www.w3.org/2000/svg\">.*</style>)", copy.decode(), flags=re.S
    )
    assert (before + after, before[-6:], faces(style.encode()) == "S400n0") == (drawing, "'a>b'>", True)


@pytest.mark.parametrize("drawing", [SVG.replace("http", "ä") % "<text>ä</text>", "<html><text>a</text></html>"])
def test_other_files_stay(drawing: str) -> None:
    """Those in other encodings, and those that are no drawings."""
    assert embed_fonts(drawing.encode("latin-1")) is None


def test_a_drawing_is_shown_in_the_fonts_of_the_deck(make_project: MakeProject, page: Any) -> None:
    """As `<img>`, offline: narrow letters are narrow, where the fallback would make them as wide as all others."""
    drawings = {**TEXTS, "empty": ""}
    files = {f"slides/{name}.svg": SVG % text for name, text in drawings.items()}
    slides = "\n\n---\n\n".join(f"![]({name}.svg)" for name in drawings)
    site = make_project({**files, "slides/a.yaml": "slides: [a.md]\n", "slides/a.md": slides}) / "site"
    build(load_project(site.parent), ["a"], problems=Problems())
    halves = {}
    for name in drawings:
        image = next((site / "assets").glob(f"{name}.*.svg"))
        (site / "image.html").write_text(f"<body style='margin: 0'><img src='assets/{image.name}'>", "utf-8")
        page.goto((site / "image.html").as_uri())
        page.evaluate("document.querySelector('img').decode()")
        halves[name] = [page.screenshot(clip={"x": x, "y": 0, "width": 400, "height": 100}) for x in (0, 400)]
    assert [halves[name][0] != halves["empty"][0] for name in TEXTS] == [True, True, True]
    assert [halves[name][1] != halves["empty"][1] for name in TEXTS] == [False, False, True]
    assert page.wrong == []
