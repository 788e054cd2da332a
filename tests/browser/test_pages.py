"""Every slide of our own decks, and of the specimen with every kind of slide, in both themes and in a browser.

Nothing overflows, nothing is asked of any other machine, and axe finds nothing serious.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from support.browser import open_deck, watched_page
from support.building import build
from support.front_end import fetch_packages
from support.projects import ROOT

THEMES = ("night-watch", "day-watch")
SPECIMEN = ROOT / "tests" / "specimen"
DECKS = (("own", "container-images"), ("own", "quarterdeck"), ("specimen", "kinds"), ("specimen", "plain"))

PREPARE = """() => {
  Reveal.configure({transition: 'none', backgroundTransition: 'none', autoAnimate: false});
  window.slideAt = (index) => {
    const {h, v} = Reveal.getIndices(Reveal.getSlides()[index]);
    Reveal.slide(h, v, -1);
  };
  window.withoutOthers = async (look) => {
    const now = Reveal.getCurrentSlide();
    const others = [...document.querySelectorAll('.slides section, .backgrounds *')].filter(
      (one) => !one.contains(now) && !one.matches('.present'));
    const marks = others.map((one) => one.replaceWith(one.mark = document.createComment('')) ?? one.mark);
    try { return await look(); } finally { others.forEach((one, index) => marks[index].replaceWith(one)); }
  };
  window.overflow = () => {
    const slide = Reveal.getCurrentSlide();
    const what = (one) => `${slide.id || slide.innerText.slice(0, 20)}: ${one.localName}.${one.className} `;
    const found = [];
    const margin = 96;
    const scrollers = 'pre, .output';
    for (const one of slide.querySelectorAll('*')) {
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      if (!box.width || !box.height || style.visibility === 'hidden') continue;
      if (one.closest('aside, .folder, .facts, .logo, svg *, .katex') || one.parentElement.closest(scrollers)) continue;
      for (const [side, by] of Object.entries({
        left: margin - box.left, right: box.right - (1920 - margin),
        top: margin - box.top, bottom: box.bottom - (1080 - margin),
      })) if (by > 1) found.push(what(one) + `${side} ${Math.round(by)}`);
    }
    for (const one of slide.querySelectorAll('pre, td, th, p, li, figcaption, .output')) {
      if (!one.offsetParent || one.closest('aside')) continue;
      if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth) found.push(what(one) + 'is cut off on the right');
      const high = one.scrollHeight > one.clientHeight + 3 && getComputedStyle(one).overflowY !== 'visible';
      if (high && !one.matches('.overflowing')) found.push(what(one) + 'is cut off below');
    }
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) found.push(what(slide) + 'the page scrolls');
    return found;
  };
}"""


ENDED = (
    "Promise.allSettled(document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < Infinity)"
    ".map(one => one.finished))"
)
"""Waits for everything that moves to come to rest or to be cancelled, but for what never does: icons that spin."""


@pytest.fixture(scope="module", params=THEMES)
def sites(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Our own project and the specimen, built in one theme: the folder `site` of each."""
    built = {}
    for name, origin in (("own", ROOT), ("specimen", SPECIMEN)):
        root = tmp_path_factory.mktemp(name)
        for part in ("slides", "commands"):
            shutil.copytree(origin / part, root / part)
        for deck in (root / "slides").glob("*.yaml"):
            deck.write_text(re.sub(r"(?m)^theme: .*$", f"theme: {request.param}", deck.read_text("utf-8")), "utf-8")
        (root / "quarterdeck.toml").write_text(f'theme = "{request.param}"\n', "utf-8")
        problems = Problems()
        build(load_project(root), [], problems=problems)
        problems.raise_if_any()
        built[name] = root / "site"
    return built


@pytest.fixture
def serve() -> Iterator[Any]:
    """A function that serves a folder over HTTP and gives its address."""
    servers = []

    def start(folder: Path) -> str:
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def open_still(page: Any, address: str) -> int:
    """Open a deck without its transitions; how many slides it has."""
    open_deck(page, address)
    page.evaluate(PREPARE)
    return int(page.evaluate("Reveal.getSlides().length"))


def walk_slide(page: Any, index: int) -> Iterator[None]:
    """Each state of a slide, as a person who presses the space bar sees it."""
    page.evaluate("index => slideAt(index)", index)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    yield
    while page.evaluate("Reveal.availableFragments().next && Reveal.nextFragment()"):
        yield


@pytest.mark.alone
@pytest.mark.parametrize(("project", "deck"), DECKS)
def test_no_request_fails_or_leaves_over_http(
    sites: dict[str, Path], online_page: Any, serve: Any, project: str, deck: str
) -> None:
    """Served as it is, a deck asks for its own files only, and all of them are there."""
    slides = open_still(online_page, f"{serve(sites[project])}/{deck}.html")
    for _ in range(slides):
        online_page.evaluate("Reveal.next()")
    online_page.wait_for_load_state("networkidle")
    assert (slides > 0, online_page.wrong) == (True, [])


FAULTS = """async () => {
  const all = await axe.run({exclude: [['iframe']]}, {preload: false, resultTypes: ['violations']});
  return all.violations.filter((one) => ['serious', 'critical'].includes(one.impact)).flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ''}`));
}"""
"""What axe finds serious or critical in what is shown now."""


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    """axe-core's script."""
    assert request.config.cache is not None
    return str(fetch_packages(request.config.cache) / "axe-core" / "axe.min.js")


@dataclass
class Walk:
    """What was found on the way through a deck from file://."""

    overflow: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Requests and errors, as `page.wrong`."""
    slides: int = 0


@pytest.fixture(scope="module", params=DECKS, ids="-".join)
def walked(request: pytest.FixtureRequest, sites: dict[str, Path], browser: Any, axe: str) -> Walk:
    """One walk through all states of all slides of a deck; axe looks at the last state of each."""
    project, deck = request.param
    found = Walk()
    with watched_page(browser) as page:
        found.slides = open_still(page, (sites[project] / f"{deck}.html").as_uri())
        page.add_script_tag(path=axe)
        for index in range(found.slides):
            for _ in walk_slide(page, index):
                found.overflow += page.evaluate("overflow()")
            page.evaluate(ENDED)
            slide = page.evaluate("Reveal.getCurrentSlide().id")
            # axe takes as long as the page is large, hidden slides included: these are seen with the first one only.
            look = FAULTS if index == 0 else f"withoutOthers({FAULTS})"
            found.axe += [f"{index} {slide}: {fault}" for fault in page.evaluate(look)]
        found.wrong = list(page.wrong)
    return found


def test_nothing_overflows(walked: Walk) -> None:
    """From file://: all contents lie within the margins in every state of every slide, and no text is cut off."""
    assert (walked.slides > 0, walked.overflow, walked.wrong) == (True, [], [])


def test_axe_finds_nothing_serious(walked: Walk) -> None:
    """On each slide with all its fragments, and once on all of the page: contrast, names, roles, texts, focus."""
    assert (walked.slides > 0, walked.axe) == (True, [])


@pytest.mark.parametrize("project", ["own", "specimen"])
def test_axe_finds_nothing_serious_on_the_index(sites: dict[str, Path], page: Any, axe: str, project: str) -> None:
    """The list of decks, which is all of the page."""
    page.goto((sites[project] / "index.html").as_uri())
    page.add_script_tag(path=axe)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert (page.evaluate(FAULTS), wide, page.wrong) == ([], False, [])


def test_the_documentation_lists_the_differences_that_the_readme_lists() -> None:
    """Row by row, with the reasons."""

    def rows(path: Path) -> list[str]:
        table = [line for line in path.read_text("utf-8").split("\n") if line.startswith("|")]
        return [line for line in table if not re.match(r"\| (here|---) ", line)]

    shown = rows(ROOT / "slides" / "documentation" / "070_differences" / "differences.md")
    assert shown == rows(ROOT / "build" / "quarterdeck" / "deck" / "README.md")
