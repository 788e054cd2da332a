"""How soon a deck is ready in Chromium: `python tests/benchmarks/browser_speed.py`.

Three pages of the same slides are opened from `file://`, in turn, each in a fresh context: the built deck, the same
page with a bare `Reveal.initialize` in place of `deck.js`, and the Markdown rendered there by reveal.js's own plugin.
Medians and ratios are printed; nothing but the ratios is judged.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from build_speed import ROOT, Case, make_project, measure

sys.path.insert(0, str(ROOT / "build"))

from npm_packages import fetch_packages

CASES = (Case(1, 1000, 300, 0), Case(1, 2000, 600, 0))
MOST_OF_CLIENT = 0.6
"""A deck of 1,000 slides may take this part of the time of the one that the browser renders."""
MOST_OF_BARE = 1.1
"""It may take that many times as long as with a bare `Reveal.initialize`."""

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
  if (!(window.Reveal && Reveal.isReady && Reveal.isReady())) return;
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

    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next((path for name in names if (path := shutil.which(name))), None)
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        pages = make_pages(Path(name), case, reveal)
        chromium = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
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
    of_client, of_bare = (median["quarterdeck"] / median[kind] for kind in ("client", "bare"))
    print(f"{case.name}: ready after {median['quarterdeck']:.0f} ms; ", end="")
    print(f"rendered by the client {median['client']:.0f} ms, ratio {of_client:.2f} (limit {MOST_OF_CLIENT}); ", end="")
    print(f"bare Reveal.initialize {median['bare']:.0f} ms, ratio {of_bare:.2f} (limit {MOST_OF_BARE})")
    return of_client <= MOST_OF_CLIENT and of_bare <= MOST_OF_BARE


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
