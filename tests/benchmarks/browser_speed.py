"""How soon a deck is ready in Chromium: `python tests/benchmarks/browser_speed.py`.

Three pages of the same slides are opened from `file://`, in turn, each in a new context: the built deck, the same page
with only `Reveal.initialize` instead of `deck.js`, and the Markdown rendered in the browser by the plugin of reveal.js.
A page is ready when the handlers of reveal.js's event `ready` are done. Prints medians and ratios; only ratios have
limits.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from build_speed import ROOT, Case, make_project, measure

sys.path.insert(0, str(ROOT / "build"))
sys.path.insert(0, str(ROOT / "tests"))

from npm_packages import fetch_packages
from support.browser import ARGUMENTS, find_chromium

CASES = (Case(1, 1000, 300, 0), Case(1, 2000, 600, 0))
LIMITS = {("client", 1000): 0.6, ("bare", 1000): 1.1, ("bare", 2000): 1.1}
"""The longest time of the built deck as a multiple of that of another page, for a number of slides."""

BARE = """<script>Reveal.initialize({width: 1920, height: 1080, margin: 0, center: false, controls: false, hash: true,
transition: "none", backgroundTransition: "none", slideNumber: "c/t", scrollLayout: "compact", minScale: 0.05,
maxScale: 4, pdfSeparateFragments: false, plugins: [RevealNotes]})</script>"""
CLIENT = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><link rel="stylesheet" href="{reveal}/reveal.css">
<link rel="stylesheet" href="{reveal}/theme/serif.css">
<link rel="stylesheet" href="{reveal}/plugin/highlight/monokai.css">
</head><body><div class="reveal"><div class="slides">
<section data-markdown data-separator="\\r?\\n---\\r?\\n" data-separator-vertical="\\r?\\n--\\r?\\n">
<textarea data-template>{text}</textarea></section></div></div>
<script src="{reveal}/reveal.js"></script><script src="{reveal}/plugin/markdown.js"></script>
<script src="{reveal}/plugin/highlight.js"></script><script src="{reveal}/plugin/notes.js"></script>
<script>Reveal.initialize({{plugins: [RevealMarkdown, RevealHighlight, RevealNotes]}})</script></body></html>
"""
READY = """
const clock = setInterval(() => {
  if (!document.querySelector(".reveal.ready")) return;
  clearInterval(clock);
  window.readyAfter = performance.now();
}, 1);
"""


def make_pages(folder: Path, case: Case, reveal: Path) -> dict[str, Path]:
    """The three pages of the slides of *case*."""
    make_project(folder, case)
    measure([sys.executable, "-m", "quarterdeck", "build", "--quiet"], folder)
    built = folder / "site" / "deck0.html"
    bare, count = re.subn(r'<script src="assets/deck\.[^"]*"></script>', lambda _: BARE, built.read_text("utf-8"))
    if count != 1:
        raise RuntimeError("deck.js is not where this benchmark looks for it")
    (built.parent / "bare.html").write_text(bare, "utf-8")
    text = (folder / "slides" / "deck0.md").read_text("utf-8")
    client = folder / "client.html"
    client.write_text(CLIENT.format(reveal=reveal.as_uri(), text=escape(text, quote=False)), "utf-8")
    return {"quarterdeck": built, "bare": built.parent / "bare.html", "client": client}


def compare(case: Case, reveal: Path, rounds: int) -> bool:
    """Print how long each page takes, and say whether the ratios are within their limits."""
    from playwright.sync_api import sync_playwright

    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        pages = make_pages(Path(name), case, reveal)
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for _ in range(rounds):
            for kind, path in pages.items():
                context = chromium.new_context(viewport={"width": 1920, "height": 1080})
                page = context.new_page()
                page.add_init_script(READY)
                page.goto(path.as_uri())
                page.wait_for_function("window.readyAfter")
                times.setdefault(kind, []).append(page.evaluate("window.readyAfter"))
                if page.evaluate("Reveal.getTotalSlides()") < case.slides:
                    raise RuntimeError(f"{path.name} has too few slides")
                context.close()
        chromium.close()
    median = {kind: statistics.median(values) for kind, values in times.items()}
    print(f"{case.name}: ready after {median['quarterdeck']:.0f} ms")
    within = True
    for kind in ("client", "bare"):
        ratio, limit = median["quarterdeck"] / median[kind], LIMITS.get((kind, case.slides))
        print(f"  {kind} {median[kind]:.0f} ms, ratio {ratio:.2f} ({f'limit {limit}' if limit else 'no limit'})")
        within = within and (limit is None or ratio <= limit)
    return within


def main() -> int:
    """0 when every ratio is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each page is opened")
    rounds = parser.parse_args().rounds
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "build" / "quarterdeck")], check=True)
    with tempfile.TemporaryDirectory(prefix="browser-speed-") as name:
        reveal = fetch_packages(ROOT / "tests" / "packages", Path(name)) / "reveal.js" / "dist"
        results = [compare(case, reveal, rounds) for case in CASES]
        return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
