"""How soon a saved slide is seen in Chromium: `python tests/benchmarks/save_and_see.py`.

A slide near the middle of a deck is changed while the browser shows it from `quarterdeck serve`. Measured is the time
from the end of the write to the changed DOM, the wait for other changes included, on the clock of this machine. Prints
medians.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from build_speed import ROOT, Case, make_slides

sys.path.insert(0, str(ROOT / "build"))
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import ARGUMENTS, find_chromium, watched_page
from support.serving import open_served, serving, wait_for


class Limit(NamedTuple):
    """A deck, and how soon a change in it is to be seen."""

    case: Case
    sources: int
    """The number of slide sources that the slides are in."""
    limit_ms: float


LIMITS = (Limit(Case(1, 50, 15, 0), 1, 60), Limit(Case(1, 1000, 300, 0), 20, 120), Limit(Case(1, 1000, 300, 0), 1, 120))
MARK = "The mark of this benchmark:"
WATCH = f"""() => {{
  window.seen = {{}};
  new MutationObserver(() => {{
    const text = document.querySelector(".slides section.present:not(.stack)")?.textContent ?? "";
    const mark = text.match(/{MARK} (\\d+)/)?.[1];
    if (mark) window.seen[mark] ??= performance.timeOrigin + performance.now();
  }}).observe(document.querySelector(".slides"), {{ subtree: true, childList: true, characterData: true }});
}}"""


def make_project(root: Path, limit: Limit) -> Path:
    """The deck of *limit* in *root*; returns the slide source that changes, with the mark in one slide."""
    (root / "slides").mkdir(parents=True)
    texts = make_slides(limit.case.slides, limit.case.blocks).split("\n\n---\n\n")
    middle = len(texts) // 2
    texts[middle] += f"\n\n{MARK} 0"
    share = -(-len(texts) // limit.sources)
    names = []
    for number in range(limit.sources):
        names.append(f"{number}.md")
        part = texts[number * share : (number + 1) * share]
        (root / "slides" / names[-1]).write_text("\n\n---\n\n".join(part) + "\n")
    (root / "slides" / "deck.yaml").write_text(f"slides: [{', '.join(names)}]\n")
    return root / "slides" / names[middle // share]


def measure(limit: Limit, rounds: int) -> bool:
    """Print how long it takes, and say whether the median is within the limit."""
    from playwright.sync_api import sync_playwright

    times = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        source = make_project(Path(name) / "project", limit)
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        with serving(Path(name) / "project") as server, watched_page(chromium, offline=False) as page:
            open_served(page, server, "deck.html")
            page.evaluate(f"""() => {{
              const slide = Reveal.getSlides().find((section) => section.textContent.includes("{MARK}"));
              const {{ h, v }} = Reveal.getIndices(slide);
              Reveal.slide(h, v);
            }}""")
            page.evaluate(WATCH)
            for number in range(1, rounds + 1):
                time.sleep(random.uniform(0.2, 0.4))  # a save happens at any time
                text = source.read_text().replace(f"{MARK} {number - 1}", f"{MARK} {number}")
                source.write_text(text)
                saved = time.time() * 1000
                wait_for(page, f"window.seen[{number}]")
                times.append(page.evaluate(f"window.seen[{number}]") - saved)
            if page.wrong:
                raise RuntimeError(str(page.wrong))
        chromium.close()
    median, high = statistics.median(times), statistics.quantiles(times, n=10)[8]
    print(f"{limit.case.slides:,} slides in {limit.sources} sources: ", end="")
    print(f"{median:.0f} ms (limit {limit.limit_ms:.0f}), 90 % within {high:.0f} ms, quickest {min(times):.0f} ms")
    return median <= limit.limit_ms


def main() -> int:
    """0 when every median is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="the number of saves")
    rounds = parser.parse_args().rounds
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "build" / "quarterdeck")], check=True)
    results = [measure(limit, rounds) for limit in LIMITS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
