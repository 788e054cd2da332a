"""Decks in one file."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from support.building import build
from support.projects import MakeProject

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'/>"
FILES = {
    "slides/talk.yaml": (
        "slides: [a.md]\nmetadata: {title: One, logo: p.svg, background: p.svg}\n"
        "custom_style: 'h1 { background: url(p.svg#x) }'\n"
        "reveal: {parallaxBackgroundImage: p.svg}\n"
    ),
    "slides/a.md": (
        "![](p.svg) `assets/x`\n\n[paper](paper.pdf) [other](other.html) <script>let a = '</' + 'script>';</script>\n\n"
        '---\n\n<!-- .slide: data-background="p.svg" -->\n\n# B\n\n'
        '---\n\n<!-- .slide: data-background-image="p.svg, p.svg" -->\n\n# C\n\n'
        '---\n\n<!-- .slide: data-background-video="v.webm" -->\n\n# D\n'
    ),
    "slides/other.yaml": "slides: []",
    "slides/p.svg": SVG,
    "slides/paper.pdf": "a paper",
    "slides/v.webm": "a video",
}
PICTURE = f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"


def build_one(root: Path, **options: bool) -> tuple[str, list[str]]:
    """The page of the talk in one file, and the warnings."""
    problems = Problems()
    build(load_project(root), [], single_file=True, problems=problems, **options)  # type: ignore[arg-type]
    return (root / "site" / "talk.html").read_text("utf-8"), [str(warning) for warning in problems.warnings]


def test_everything_is_inside(make_project: MakeProject) -> None:
    """Scripts, styles, fonts, pictures and downloads; there is no other file but the index, which is the same."""
    root = make_project(FILES)
    page, warnings = build_one(root)
    assert warnings == []
    assert sorted(path.name for path in (root / "site").iterdir()) == ["index.html", "other.html", "talk.html"]
    assert re.findall(r"assets/[^\"')\s]*", page) == ["assets/x</code></p>"]
    assert f'<img src="{PICTURE}" alt="">' in page
    assert f"url('{PICTURE}#x')".replace("'", '"') in page
    assert f'<section data-background-image="{PICTURE}" id="b">' in page
    assert '<a href="data:application/pdf;base64,YSBwYXBlcg==" download="paper.' in page
    assert '<a href="other.html">other</a>' in page
    assert page.count("data:font/woff2;base64,") >= 10
    assert "<script src" not in page
    assert '<link rel="stylesheet"' not in page
    index = (root / "site" / "index.html").read_text("utf-8")
    assert "assets/" not in index
    assert PICTURE in index


def test_scripts_cannot_end_early(make_project: MakeProject) -> None:
    """What would end or hide a script or a style is escaped where it stands in a string."""
    root = make_project(
        {
            "slides/talk.yaml": "slides: [a.md]",
            "slides/a.md": '<script src="a.js"></script>\n<link rel="stylesheet" href="a.css">',
            "slides/a.js": "const a = '<!-- <script></SCRIPT>' + '</scripts';",
            "slides/a.css": "a::before { content: '</style>' }",
        }
    )
    page, _ = build_one(root)
    assert "const a = '<\\!-- <script><\\/SCRIPT>' + '<\\/scripts';" in page
    assert "a::before { content: '<\\/style>' }" in page


def test_large_files_are_warned_about(make_project: MakeProject) -> None:
    """A video of more than 20 MB is inside nevertheless, unless warnings are errors."""
    root = make_project(FILES)
    (root / "slides" / "v.webm").write_bytes(bytes(21 << 20))
    page, warnings = build_one(root)
    assert warnings == ["slides/v.webm: 21 MB, in every deck that shows it\n  hint: link to it, or show a smaller one"]
    assert len(page) > 28 << 20


def test_it_opens_offline(make_project: MakeProject, browser: Any, tmp_path: Path) -> None:
    """From a folder of its own, without a network: reveal.js runs, fonts, pictures and backgrounds are there."""
    build_one(make_project(FILES))
    alone = tmp_path / "mailed" / "talk.html"
    alone.parent.mkdir()
    (tmp_path / "site" / "talk.html").rename(alone)
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(alone.as_uri() + "#/c")
    page.wait_for_function("Reveal.isReady() && [...document.fonts].some((one) => one.status === 'loaded')")
    background = "getComputedStyle(document.querySelectorAll('.backgrounds .present .slide-background-content')[0])"
    assert page.evaluate(f"{background}.backgroundImage.match(/blob:/g).length") == 2
    video = "document.querySelector('section[data-background-video]').dataset.backgroundVideo"
    assert page.evaluate(video).startswith("blob:")
    assert page.evaluate("document.querySelector('p > img').naturalWidth") == 30
    assert errors == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob"}
    assert [url for url in asked if url.startswith("file:")] == [alone.as_uri()]
    context.close()
