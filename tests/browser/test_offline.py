"""No request leaves a deck, and none fails: from the file system and over HTTP, for decks of every kind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from support.browser import READY
from support.building import build
from support.projects import MakeProject

FAR = "https://far.example"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'><path d='M0 0h30v20H0z'/></svg>"
FILES = {
    "slides/talk.yaml": f"""\
metadata:
  title: A talk
  favicon: {FAR}/icon.png
  background: {FAR}/sea.jpg
  logo: p.svg
event: {{name: E, link: {FAR}, logo: "{FAR}/logo.svg", logo_style: "background: url({FAR}/logo.png)"}}
date: 2026-11-23
custom_style: |
  @import url({FAR}/style.css);
  @font-face {{ font-family: F; src: url({FAR}/f.woff2) }}
  /* </style><img src={FAR}/style.png> */
  .reveal h2 {{ font-family: F, sans-serif; background: url("p.svg") }}
agenda: [{{icon: p.svg, text: '<img src="{FAR}/i.png"> one'}}, two]
events: [{{date: soon, title: T, link: {FAR}}}]
slides: [a.md]
reveal: {{parallaxBackgroundImage: "{FAR}/parallax.png", dependencies: [{{src: "{FAR}/x.js"}}]}}
""",
    "slides/a.md": f"""\
## Pictures

![]({FAR}/a.png) ![](p.svg) <img srcset="{FAR}/b.png 2x, p.svg 1x"> <i style="background: url({FAR}/c.png)">x</i>

--

<!-- .slide: data-background-image="{FAR}/bg.png" -->

## Backgrounds

--

<!-- .slide: data-background="{FAR}/bg" -->

--

<!-- .slide: data-background-video="{FAR}/v.mp4" -->

--

<!-- .slide: data-background-iframe="{FAR}/page" -->

---

## Frames and scripts

<iframe src="{FAR}/page"></iframe><iframe data-src="{FAR}/page"></iframe>

<script src="{FAR}/x.js"></script><link rel="stylesheet" href="{FAR}/x.css">
<style>h3 {{ background: url({FAR}/y) }}</style>

<video src="{FAR}/v.mp4" poster="{FAR}/p.png" data-autoplay></video><object data="{FAR}/o.svg"></object>

<svg><image href="{FAR}/s.png"/><use xlink:href="{FAR}/s.svg#a"/></svg>

[a link]({FAR})
""",
    "slides/p.svg": SVG,
    "slides/2019-05-06_old.html": f"""\
<html><head><title>Old</title>
<link rel="stylesheet" href="{FAR}/reveal.js/css/reveal.css"><link rel="stylesheet" href="own.css">
<link href="https://fonts.example/css?family=Lato" rel="stylesheet"><link rel="preload" href="{FAR}/p" as="font">
<style>@import url({FAR}/z.css); body {{ background: url(gone.png) }}</style><script src="{FAR}/jquery.js"></script>
</head><body><div class="reveal"><div class="slides">
<section data-background="gone.jpg"><h1>Old</h1><img src="gone.png"><img data-src="{FAR}/lazy.png"></section>
<section data-markdown="a.md" data-separator="^---$" data-separator-vertical="^--$"></section>
<section data-markdown="gone.md"></section>
<section data-markdown><textarea data-template>![](gone.svg) ![](p.svg)</textarea></section>
</div></div><script src="reveal.js/js/reveal.js"></script>
<script>Reveal.initialize({{dependencies: [{{src: 'gone.js', async: true}}], history: true}});</script>
</body></html>
""",
    "slides/own.css": "@import 'https://far.example/more.css'; h1 { background: url(p.svg) }",
    "slides/alone.md": f"# Alone\n\n![]({FAR}/a.png)",
}


@pytest.fixture(params=[False, True], ids=["with assets", "single file"])
def site(request: pytest.FixtureRequest, make_project: MakeProject) -> Path:
    """A site with decks of every kind, all of which ask for things from elsewhere."""
    root = make_project(FILES)
    for names in ((), ("slides/alone.md",)):
        build(load_project(root), names, single_file=request.param, problems=Problems())
    return root / "site"


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The address of that site, served over HTTP."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def walk(browser: Any, base: str) -> tuple[int, list[str]]:
    """Open every page below *base* and every slide of it; how many slides, and the requests that left or failed."""
    context = browser.new_context(offline=base.startswith("file:"))
    bad: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith((f"{base}/", "data:", "blob:", "about:")):
            bad.append(request.url)

    context.on("request", note)
    context.on("requestfailed", lambda request: bad.append(f"failed: {request.url}"))
    context.on("response", lambda response: bad.append(f"{response.status}") if response.status >= 400 else None)
    context.route(f"{FAR}/**", lambda route: route.abort())
    slides = 0
    for name in ("index", "talk", "2019-05-06_old", "alone"):
        page = context.new_page()
        page.goto(f"{base}/{name}.html")
        if name != "index":
            page.wait_for_function(READY)
            slides += page.evaluate("Reveal.getTotalSlides()")
            while not page.evaluate("Reveal.isLastSlide()"):
                page.evaluate("Reveal.next()")
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.wait_for_load_state("networkidle")
        page.close()
    context.close()
    return slides, bad


def test_nothing_is_asked_from_the_file_system(site: Path, browser: Any) -> None:
    """With the network off; every slide was shown."""
    assert walk(browser, site.as_uri()) == (9 + 8 + 2, [])


@pytest.mark.alone
def test_nothing_is_asked_over_http(served: str, browser: Any) -> None:
    """Not even for an icon: only files of the site are."""
    assert walk(browser, served) == (9 + 8 + 2, [])
